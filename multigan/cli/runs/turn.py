"""`multigan runs set`: turn a run's knobs while it trains."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_run, find_folder

if TYPE_CHECKING:
    from multigan.core.run import RunFolder

SUMMARY = "Turn a run's knobs, e.g. learning_rate=1e-4."

PATIENCE_SECONDS = 2.0


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run and the new values."""
    add_run(parser)
    parser.add_argument("values", nargs="+", metavar="KNOB=VALUE", help="see `multigan runs show`")


def run(args: Namespace) -> None:
    """Asks for the values, and prints what the run says to them if it is at work.

    Raises:
        ConfigError: There is no such knob, or a value is no number.
    """
    from multigan.config import parse_changes
    from multigan.core.run import AT_WORK

    folder = find_folder(args)
    status = folder.status()
    values = parse_changes(args.values)
    check_values(values, status.get("knobs", {}))
    heard = len(folder.metrics())
    folder.request(set=values)
    if status["state"] not in AT_WORK:
        print(f"Run {folder.name} is not being trained; it will take these over when it goes on.")
        return
    for answer in _answers(folder, heard) or ["Asked; the run has not answered yet."]:
        print(answer)


def check_values(values: Mapping[str, Any], knobs: Iterable[str]) -> None:
    """Refuses values for knobs that the run does not have. Their ranges only the trainer knows.

    "learning_rate" stands for that of every player.

    Raises:
        ConfigError: There is no such knob, or a value is no number.
    """
    from multigan.errors import ConfigError, UnknownNameError

    known = {*knobs, *(knob.rpartition(".")[2] for knob in knobs if knob.endswith("learning_rate"))}
    for name, value in values.items():
        if known and name not in known:
            raise UnknownNameError("knob", name, known)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ConfigError(f"{name} is a number, not {value!r}.")


def _answers(folder: "RunFolder", heard: int) -> list[str]:
    """Returns what the run has written about the values, as soon as it has written anything."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        rows = folder.metrics()[heard:]
        answers = [_sentence(row) for row in rows if "set" in row or "refused" in row]
        if answers:
            return answers
        time.sleep(0.05)
    return []


def _sentence(row: Mapping[str, Any]) -> str:
    if "refused" in row:
        return f"Refused at step {row['step']}: {row['refused']}"
    values = ", ".join(f"{name} = {value:g}" for name, value in row["set"].items())
    return f"Set at step {row['step']}: {values}"
