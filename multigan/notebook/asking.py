"""What a person may ask of a run, from a button or a magic."""

from collections.abc import Mapping
from typing import Any

from multigan.notebook.background import Training, find_training
from multigan.runs.folder import RunFolder
from multigan.runs.steering import REQUESTS, check_at_work, knob_values


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
    else:
        run.request(**REQUESTS[action])


def resume(run: RunFolder) -> Training:
    """Goes on with a run that nobody trains, on a thread of this kernel.

    Raises:
        MultiganError: It has done all its steps, or its data is not what it was.
    """
    from multigan.runs.run import Run
    from multigan.runs.session import resume as opened

    return Training(opened(Run(run.path))).start()


def turn(run: RunFolder, values: Mapping[str, Any]) -> None:
    """Asks a run to set knobs; None gives one back to its schedule.

    Raises:
        ConfigError: There is no such knob, or a value is out of its range.
    """
    run.request(set=knob_values(run, values))
