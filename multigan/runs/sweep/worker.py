"""The process of one run of a sweep: `python -m multigan.runs.sweep.worker FOLDER TITLE STEP cpu`.

It trains to that step, measures, saves and ends; begun again, it goes on exactly. It ends likewise,
after a whole step, when nobody holds the other end of its input any more: the sweep was killed.
"""

import os
import signal
import sys
import threading

from multigan.core import heap
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.errors import MultiganError, refusal
from multigan.modalities.kind import kind_of
from multigan.runs.callbacks import Evaluate
from multigan.runs.evaluate import WHILE_TRAINING, training_metrics
from multigan.runs.run import Run
from multigan.runs.session import Session, resume, start
from multigan.runs.sweep.outcomes import measured_at
from multigan.runs.sweep.sweep_folder import SweepFolder, open_sweep

NOT_THERE = "its sweep has ended"


class Until(Callback):
    """Measures a run at a step, and stops it there if it goes further.

    Args:
        session: The run's.
        metric: What has to be measured.
        step: When.
    """

    def __init__(self, session: Session, metric: str, step: int) -> None:
        self.session, self.metric, self.step = session, metric, step

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Measures and stops, when it is time."""
        if trainer.steps_done >= self.step:
            self.measure(trainer)
            if self.step < self.session.recipe.steps:
                trainer.stop(f"the sweep decides at step {self.step} who goes on")

    def measure(self, trainer: Trainer) -> None:
        """Measures, unless that was done at this step."""
        if measured_at(self.session.run, self.metric, trainer.steps_done) is None:
            evaluate = next(one for one in trainer.callbacks if isinstance(one, Evaluate))
            evaluate.write_row(trainer)


class Leash:
    """Stops the run once the process that began this one is gone.

    Nothing is lost before there is a run to stop: then this process just ends.
    """

    def __init__(self) -> None:
        self.trainer: Trainer | None = None
        self._over = threading.Event()

    def watch(self) -> None:
        """Begins to watch, on a thread."""
        threading.Thread(target=self._watch, daemon=True).start()

    def hold(self, trainer: Trainer) -> None:
        """Names what to stop; does so if it is too late already."""
        self.trainer = trainer
        if self._over.is_set():
            trainer.stop(NOT_THERE)

    def _watch(self) -> None:
        while os.read(0, 1):  # nobody writes: it waits, until there is nobody who could
            pass
        self._over.set()
        if self.trainer is None:
            os._exit(1)
        self.trainer.stop(NOT_THERE)


def train(sweep: SweepFolder, title: str, step: int, leash: Leash, device: str) -> None:
    """Trains a run of a sweep to a step and measures it.

    Raises:
        MultiganError: Whatever ends the training of any run.
    """
    member = sweep.entry(title).member
    found = sweep.run_of(member)
    if found is not None and found.status()["state"] == "finished":
        return
    if found is None:
        command = f"multigan sweep --resume {sweep.path}"
        recipe = sweep.plan.recipe_of(member)
        session = start(recipe, out=sweep.path, command=command, device=device, on_note=print)
    else:
        session = resume(Run(found.path), device=device, on_note=print)
    _check(session)
    until = Until(session, sweep.plan.metric, step)
    session.trainer.callbacks.append(until)
    if session.trainer.steps_done >= step:  # killed before the sweep heard of it
        until.measure(session.trainer)
        if step < session.recipe.steps:
            session.engine.close()
            return
    leash.hold(session.trainer)
    session.fit()
    for text in session.notes:
        print(text)


def _check(session: Session) -> None:
    """Refuses what could not be measured in the end, before anything is trained."""
    pipeline = session.parts.pipeline(session.trainer.average["generator"])
    evaluator = kind_of(session.recipe.modality).evaluator
    evaluator.check(pipeline, session.parts.data, training_metrics(session.recipe), WHILE_TRAINING)


def main(arguments: list[str]) -> int:
    """Trains, and returns 0, or 1 with the reason on stderr."""
    folder, title, step, device = arguments
    leash = Leash()
    leash.watch()
    heap.keep_freed_memory()
    try:
        train(open_sweep(folder), title, int(step), leash, device)
    except MultiganError as error:
        return _refused(" ".join(str(error).split()))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:
        said = refusal(error)
        if said is None:
            raise
        return _refused(said)
    return 0


def _refused(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
