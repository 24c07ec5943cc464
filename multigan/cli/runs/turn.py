"""`multigan runs set`: turn a run's knobs while it trains."""

import math
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_run, find_folder

if TYPE_CHECKING:
    from multigan.runs.folder import RunFolder

SUMMARY = "Turn a run's knobs, e.g. learning_rate=1e-4."

SCHEDULE = "schedule"  # stands for: let the knob follow its schedule again
RATE = ".learning_rate"  # every player has one, and nobody else
PATIENCE_SECONDS = 2.0


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run and the new values."""
    add_run(parser)
    parser.add_argument(
        "values",
        nargs="+",
        metavar="KNOB=VALUE",
        help="a knob, see `multigan runs show`, and a number; KNOB=schedule or KNOB=null gives it "
        "back to its schedule, or else to the recipe's value",
    )


def run(args: Namespace) -> None:
    """Asks for the values, and prints what the run says to them if it is at work.

    Raises:
        ConfigError: There is no such knob, or a value is no number or out of its range.
    """
    from multigan.config import parse_changes
    from multigan.runs.folder import AT_WORK

    folder = find_folder(args)
    status = folder.status()
    asked = parse_changes(args.values)
    values = {name: None if value == SCHEDULE else value for name, value in asked.items()}
    check_values(values, status.get("knobs", {}), status.get("knob_ranges", {}))
    heard = len(folder.metrics())
    folder.request(set=values)
    if status["state"] not in AT_WORK:
        print(f"Run {folder.name} is not being trained; it will take these over when it goes on.")
        return
    for answer in _answers(folder, heard) or ["Asked; the run has not answered yet."]:
        print(answer)


def check_values(
    values: Mapping[str, Any],
    knobs: Iterable[str],
    ranges: Mapping[str, Sequence[float | None]] | None = None,
) -> None:
    """Refuses what the run would refuse.

    Args:
        values: The new values by knob; None gives one back to its schedule. "learning_rate" and
            "beta2" stand for those of every player.
        knobs: Those that the run has; none if it has not told yet.
        ranges: The smallest and largest value by knob, None for no limit, where the run told them.

    Raises:
        ConfigError: There is no such knob, or a value is no number or out of its range.
    """
    from multigan.core.knobs import check_range
    from multigan.errors import ConfigError, UnknownNameError

    meant = _meant(knobs)
    for name, value in values.items():
        if meant and name not in meant:
            raise UnknownNameError("knob", name, meant)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ConfigError(f"{name} is a number, not {value!r}; or {SCHEDULE}, to give it back.")
        for knob in meant.get(name, [name]):
            least, most = (ranges or {}).get(knob, (None, None))
            check_range(
                knob,
                value,
                -math.inf if least is None else least,
                math.inf if most is None else most,
            )


def _meant(knobs: Iterable[str]) -> dict[str, list[str]]:
    """Returns the knobs that each name stands for: its own, or one of every player."""
    meant = {knob: [knob] for knob in knobs}
    players = [name.removesuffix(RATE) for name in meant if name.endswith(RATE)]
    for knob in list(meant):
        player, _, name = knob.partition(".")
        if player in players:
            meant.setdefault(name, []).append(knob)
    return meant


def _answers(folder: "RunFolder", heard: int) -> list[str]:
    """Returns what the run has written about the values, as soon as it has written anything."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        rows = folder.metrics()[heard:]
        answers = [sentence(row) for row in rows if "set" in row or "refused" in row]
        if answers:
            return answers
        time.sleep(0.05)
    return []


def sentence(row: Mapping[str, Any]) -> str:
    """Returns what a logged row says of knobs, for the person who asked."""
    if "refused" in row:
        return f"Refused at step {row['step']}: {row['refused']}"
    told = {n: SCHEDULE if value is None else f"{value:g}" for n, value in row["set"].items()}
    values = ", ".join(f"{name} = {value}" for name, value in told.items())
    return f"Set at step {row['step']}: {values}"
