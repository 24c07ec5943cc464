"""Training on a thread of its own, so that the cell which asked for it returns at once."""

import atexit
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from multigan.errors import MultiganError

if TYPE_CHECKING:  # a dashboard is there before torch is
    from multigan.runs.run import Run
    from multigan.runs.session import Session

SECONDS_TO_SAVE = 4.0  # after a kernel is told to end, before Jupyter kills it (5 s)

_AT_WORK: dict[Path, "Training"] = {}


class Training:
    """A session that trains on its own thread.

    Every method may be called from any thread.

    Args:
        session: What `multigan.runs.session.start` or `resume` returned.

    Attributes:
        run: Its run.
        error: What ended it, if that was an error; the run's status has it in one sentence.
    """

    def __init__(self, session: "Session") -> None:
        self.run: Run = session.run
        self.error: BaseException | None = None
        self.session: Session | None = session  # given up at the end, with networks and data
        self._thread = threading.Thread(
            target=self._fit, name=f"multigan-{self.run.name}", daemon=True
        )

    def start(self) -> "Training":
        """Begins, and returns when the run can be seen to be at work."""
        _AT_WORK[self._key] = self
        self._thread.start()
        while self._thread.is_alive() and not self.run.is_busy():
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Ends the training after the step in progress; does not wait for it."""
        self.run.stop()  # leaves a trace
        session = self.session
        if session is not None:
            session.trainer.stop("asked to")  # need not wait until control.json is looked at

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Returns whether the thread has ended, as soon as it has or the time is up."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    @property
    def steps_done(self) -> int | None:
        """How far it is now, between two rows of the log; None after the end."""
        session = self.session
        return None if session is None else session.trainer.steps_done

    @property
    def traceback(self) -> str:
        """The traceback of an error that multigan does not raise on purpose, for a bug report."""
        return "" if self.error is None else traceback_of(self.error)

    @property
    def _key(self) -> Path:
        return self.run.path.resolve()

    def _fit(self) -> None:
        assert self.session is not None
        try:
            self.session.fit()
        except BaseException as error:
            self.error = error
        finally:
            self.session = None
            if _AT_WORK.get(self._key) is self:
                del _AT_WORK[self._key]


def sentence(error: BaseException) -> str:
    """Returns an error in one line."""
    said = str(error) if isinstance(error, MultiganError) else f"{type(error).__name__}: {error}"
    return " ".join(said.split())


def traceback_of(error: BaseException) -> str:
    """Returns the traceback of an error that multigan does not raise on purpose."""
    if isinstance(error, MultiganError):
        return ""
    return "".join(traceback.format_exception(error))


def find_training(path: Path) -> Training | None:
    """Returns the training of the run at `path`, if it is at work in this process."""
    return _AT_WORK.get(path.resolve())


@atexit.register
def _stop_all() -> None:
    """Lets what is at work save a checkpoint before the kernel is gone."""
    trainings = list(_AT_WORK.values())
    for training in trainings:
        training.stop()
    give_up = time.monotonic() + SECONDS_TO_SAVE
    for training in trainings:
        training.wait(max(give_up - time.monotonic(), 0))
