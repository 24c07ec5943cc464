"""What a person may ask of a run, from a button or a magic."""

from collections.abc import Mapping
from typing import Any

from multigan.cli.runs.requests import CHECKPOINT, CONTINUE, PAUSE, check_at_work
from multigan.cli.runs.turn import check_values
from multigan.notebook.background import find_training
from multigan.runs.folder import RunFolder

REQUESTS = {"pause": PAUSE, "continue": CONTINUE, "checkpoint": CHECKPOINT}


def ask(run: RunFolder, action: str) -> None:
    """Asks a run to stop, pause, continue or save a checkpoint; asking twice is harmless.

    Raises:
        RunError: Nobody is training the run.
        KeyError: There is no such action.
    """
    check_at_work(run)
    training = find_training(run.path)
    if action == "stop" and training is not None:
        training.stop()
    elif action == "stop":
        run.stop()
    else:
        run.request(**REQUESTS[action].asks)


def turn(run: RunFolder, values: Mapping[str, Any]) -> None:
    """Asks a run to set knobs; None gives one back to its schedule.

    Raises:
        ConfigError: There is no such knob, or a value is out of its range.
    """
    status = run.status()
    check_values(values, status.get("knobs", {}), status.get("knob_ranges", {}))
    run.request(set=values)
