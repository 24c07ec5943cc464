"""A remedy that needs a new run, from a button."""

import time

from multigan.errors import RunError
from multigan.healing import begin_again, suggested
from multigan.notebook.background import Training
from multigan.notebook.steering import ask
from multigan.runs import Run

SECONDS_TO_STOP = 120.0  # a step in progress, and its checkpoint


def cure(run: Run, name: str) -> Training:
    """Begins a new run with what a remedy changes; the sick one is stopped, and stays as it is.

    Args:
        run: The sick run.
        name: The remedy's, as in health.json.

    Raises:
        RunError: Nobody suggests that remedy any more, or the run does not stop.
        MultiganError: Whatever is wrong with the recipe or the data.
    """
    _, remedy = suggested(run, name)
    if run.is_busy():
        ask(run, "stop")
    give_up = time.monotonic() + SECONDS_TO_STOP
    while run.is_busy():
        if time.monotonic() > give_up:
            raise RunError(f"Run {run.name} has not stopped within {SECONDS_TO_STOP:.0f} s.")
        time.sleep(0.05)
    return Training(begin_again(run, remedy)).start()
