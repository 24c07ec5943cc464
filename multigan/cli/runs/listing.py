"""`multigan runs list`: every run, and how far it is."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_json, add_runs_root

if TYPE_CHECKING:
    from multigan.runs.folder import RunFolder

SUMMARY = "List all runs."

COLUMNS = ["run", "state", "step", "of", "steps/s", "losses", "age"]


def add_arguments(parser: ArgumentParser) -> None:
    """Adds where runs are found."""
    add_runs_root(parser)
    add_json(parser)


def run(args: Namespace) -> None:
    """Prints a row for each run."""
    from multigan.runs.folder import find_runs
    from multigan.terminal.output import print_json, print_table, remark

    found = find_runs(args.runs)
    for one in found:
        for text in one.damage():
            remark(f"Run {one.name}: {text}")
    if args.json:
        print_json([facts(one) for one in found])
    elif found:
        print_table(COLUMNS, [_row(one) for one in found])
    else:
        print(f"There are no runs in {args.runs}. Make one: multigan demo")


def facts(run: "RunFolder") -> dict[str, Any]:
    """Returns what status.json says, with the run's name, number and path."""
    return {"run": run.name, "number": run.number, "path": str(run.path), **run.status()}


def _row(run: "RunFolder") -> list[Any]:
    from multigan.report.formatting import main_losses
    from multigan.terminal.output import age

    status = run.status()
    return [
        run.name,
        status["state"],
        status.get("step"),
        status.get("of"),
        status.get("steps_per_second"),
        main_losses(status.get("losses", {})),
        age(status.get("at")),
    ]
