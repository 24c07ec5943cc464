"""What a person may ask of a run, from a shell, a button or a magic, and what the run answers."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from multigan.core.knobs import check_range
from multigan.errors import ConfigError, RunError, UnknownNameError
from multigan.runs.folder import AT_WORK, RunFolder

REQUESTS: Mapping[str, dict[str, Any]] = {  # what `RunFolder.request` is given
    "stop": {"want": "stop"},
    "pause": {"want": "pause"},
    "continue": {"want": "run"},
    "checkpoint": {"checkpoint": True},
}
SCHEDULE = "schedule"  # stands for: let the knob follow its schedule again
RATE = ".learning_rate"  # every player has one, and nobody else
PATIENCE_SECONDS = 2.0


def check_at_work(run: RunFolder) -> None:
    """Raises a `RunError` with the next thing to do if nobody is training the run."""
    status = run.status()
    if status["state"] not in AT_WORK:
        further = " --steps N" if status["state"] == "finished" else ""
        raise RunError(
            f"Run {run.name} is not being trained: it is {status['state']} at step "
            f"{status.get('step', 0)}. To go on: multigan resume {run.path}{further}"
        )


def knob_values(run: RunFolder, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Returns new values of a run's knobs, checked; None gives one back to its schedule.

    Raises:
        ConfigError: There is no such knob, or a value is no number or out of its range.
    """
    values = {name: None if value == SCHEDULE else value for name, value in asked.items()}
    status = run.status()
    check_values(values, status.get("knobs", {}), status.get("knob_ranges", {}))
    return values


def check_values(
    values: Mapping[str, Any],
    knobs: Iterable[str],
    ranges: Mapping[str, Sequence[float | None]] | None = None,
) -> None:
    """Refuses what the run would refuse.

    Args:
        values: The new values by knob; None gives one back to its schedule. "learning_rate" and
            "beta2" stand for those of every player.
        knobs: Those that the run has; none if it has not written them yet.
        ranges: The smallest and largest value by knob, None for no limit, where the run wrote them.

    Raises:
        ConfigError: There is no such knob, or a value is no number or out of its range.
    """
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


def answers(run: RunFolder, heard: int) -> list[str]:
    """Returns what the run has written of knobs after `heard` rows, as soon as it has."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        rows = run.metrics()[heard:]
        found = [sentence(row) for row in rows if "set" in row or "refused" in row]
        if found:
            return found
        time.sleep(0.05)
    return []


def sentence(row: Mapping[str, Any]) -> str:
    """Returns what a logged row says of knobs, for the person who asked."""
    if "refused" in row:
        return f"Refused at step {row['step']}: {row['refused']}"
    return f"Set at step {row['step']}: {in_words(row['set'])}"


def in_words(values: Mapping[str, float | None]) -> str:
    """Returns the values of knobs as people read them."""
    texts = {n: SCHEDULE if value is None else f"{value:g}" for n, value in values.items()}
    return ", ".join(f"{name} = {text}" for name, text in texts.items())
