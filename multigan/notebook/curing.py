"""A remedy that needs a new run, from a button."""

import threading
import time
from pathlib import Path

from multigan.errors import RunError
from multigan.notebook.asking import ask
from multigan.notebook.background import Training
from multigan.runs.folder import RunFolder

SECONDS_TO_STOP = 120.0  # a step in progress, and its checkpoint
_lock = threading.Lock()
_being_cured: set[Path] = set()


def cure(sick: RunFolder, name: str) -> Training:
    """Begins a new run with what a remedy changes; the sick one is stopped, and stays as it is.

    Args:
        sick: The sick run.
        name: The remedy's, as in health.json.

    Raises:
        RunError: Nobody suggests that remedy any more, or the run does not stop.
        MultiganError: Whatever is wrong with the recipe or the data.
    """
    from multigan.runs.heal import begin_again, check_remedy, suggested
    from multigan.runs.run import Run

    run = Run(sick.path)
    _, remedy = suggested(run, name)
    check_remedy(run, remedy)  # before anything is stopped
    with _lock:
        if run.path in _being_cured:
            raise RunError(f"A remedy of run {run.name} is already being tried.")
        _being_cured.add(run.path)
    try:
        _stop(run)
        return Training(begin_again(run, remedy)).start()
    finally:
        with _lock:
            _being_cured.discard(run.path)


def _stop(run: RunFolder) -> None:
    if run.is_busy():
        ask(run, "stop")
    give_up = time.monotonic() + SECONDS_TO_STOP
    while run.is_busy():
        if time.monotonic() > give_up:
            raise RunError(f"Run {run.name} has not stopped within {SECONDS_TO_STOP:.0f} s.")
        time.sleep(0.05)
