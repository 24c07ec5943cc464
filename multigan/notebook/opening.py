"""A run on its way: loaded on a thread, so that a cell returns before torch is even imported."""

import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from multigan.notebook.background import Training

if TYPE_CHECKING:
    from multigan.runs.session import Session

LOOK_SECONDS = 0.05


class Opening:
    """A session that is being prepared, and then trains.

    Args:
        name: What is shown until the run has its own name.
        prepare: Opens the session: `start` or `resume`, given all but how to talk.

    Attributes:
        said: What is being loaded, for people.
        notes: What was said of the data, and of checkpoints that were passed over.
        training: The training, once it has begun.
        error: What kept it from beginning.
    """

    def __init__(self, name: str, prepare: "Callable[..., Session]") -> None:
        self.name, self._prepare = name, prepare
        self.said = "Loading torch …"
        self.notes: list[str] = []
        self.training: Training | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._open, name=f"multigan-{name}", daemon=True)

    def start(self) -> "Opening":
        """Begins to load."""
        self._thread.start()
        return self

    @property
    def is_over(self) -> bool:
        """Whether the training has begun, or will not."""
        return self.training is not None or self.error is not None

    def wait(self) -> Training:
        """Returns the training when it has begun.

        Raises:
            Exception: What kept it from beginning.
        """
        while not self.is_over:
            time.sleep(LOOK_SECONDS)
        if self.training is None:
            assert self.error is not None
            raise self.error
        return self.training

    def _open(self) -> None:
        try:
            import_module("multigan.runs.session")
            self.said = "Loading the data …"
            session = self._prepare(on_note=self._hear)
            self.notes += session.notes
            self.training = Training(session).start()
        except BaseException as error:
            self.error = error

    def _hear(self, note: str) -> None:
        self.notes.append(note)
        self.said = "Building the networks …"


_PENDING: list[tuple[Any, Opening, Callable[[Training], None]]] = []


def hold_when_open(shell: Any, opening: Opening, take: Callable[[Training], None]) -> None:
    """Lets the next cell find what this one began: it waits until the run is there.

    Args:
        shell: IPython's.
        opening: What was begun.
        take: Binds the run to its variable.
    """
    if not _PENDING:
        shell.events.register("pre_run_cell", _wait_for_pending)
    _PENDING.append((shell, opening, take))
    threading.Thread(target=_take_soon, args=(opening, take), daemon=True).start()


def _take_soon(opening: Opening, take: Callable[[Training], None]) -> None:
    while not opening.is_over:
        time.sleep(LOOK_SECONDS)
    if opening.training is not None:
        take(opening.training)


def _wait_for_pending(*_: Any) -> None:
    """Waits before a cell runs; an interrupt ends the waiting, not the run."""
    waited, _PENDING[:] = _PENDING[:], []
    try:
        for _, opening, take in waited:
            while not opening.is_over:
                time.sleep(LOOK_SECONDS)
            if opening.training is not None:
                take(opening.training)
    except KeyboardInterrupt:
        pass
    for shell in {id(shell): shell for shell, _, _ in waited}.values():
        shell.events.unregister("pre_run_cell", _wait_for_pending)
