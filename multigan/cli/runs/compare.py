"""`multigan runs compare`: where runs were asked different things, and what came of each."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_json, add_runs_root

if TYPE_CHECKING:
    from multigan.runs.folder import RunFolder

SUMMARY = "Compare runs: the recipe's values that differ, the last losses and metrics."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the runs."""
    parser.add_argument("first", metavar="RUN", help="its number, name or path")
    parser.add_argument("others", nargs="+", metavar="RUN", help="what to compare it with")
    add_runs_root(parser)
    add_json(parser)


def run(args: Namespace) -> None:
    """Prints a column for each run."""
    from multigan.runs.folder import find_run
    from multigan.terminal.output import print_json, print_table

    runs = [find_run(name, args.runs) for name in [args.first, *args.others]]
    asked = differing([_asked(one) for one in runs])
    came = _side_by_side([_came(one) for one in runs])
    if args.json:
        print_json({"runs": [str(one.path) for one in runs], "recipe": asked, "results": came})
        return
    rows = [[name, *values] for name, values in [*asked.items(), *came.items()]]
    print_table(["", *(one.name for one in runs)], rows)


def differing(tables: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Returns the names whose values are not the same in all tables, with those values.

    Example:
        >>> differing([{"seed": 0, "loss": "hinge"}, {"seed": 1, "loss": "hinge"}])
        {'seed': [0, 1]}
    """
    together = _side_by_side(tables)
    return {name: found for name, found in together.items() if any(v != found[0] for v in found)}


def _side_by_side(tables: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for table in tables for name in table)
    return {name: [table.get(name) for table in tables] for name in names}


def _asked(run: "RunFolder") -> dict[str, Any]:
    from multigan.errors import RunError
    from multigan.files import read_json
    from multigan.report.formatting import flat

    try:
        asked = read_json(run.recipe_file)
    except (OSError, ValueError) as error:
        raise RunError(f"The recipe of run {run.name} cannot be read: {error}") from None
    if not isinstance(asked, dict):
        raise RunError(f"The recipe of run {run.name} is not a table of names and values.")
    return flat(asked)


def _came(run: "RunFolder") -> dict[str, Any]:
    """Returns a run's state and the latest value of every loss and metric."""
    status = run.status()
    latest = {name: value for row in run.metrics() for name, value in row.items() if "/" in name}
    return {"state": status["state"], "step": status.get("step"), **latest}
