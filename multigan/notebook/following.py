"""A run as its files show it, looked at a few times a second for next to nothing."""

from pathlib import Path
from typing import Any

from multigan.notebook.background import find_training
from multigan.notebook.logged import Curves
from multigan.notebook.previews import SamplePreviews
from multigan.runs.folder import AT_WORK, RunFolder

DELETED = "deleted"  # the state of a run whose folder is gone; what was read of it stays


class Follower:
    """Follows one run, whoever trains it: this kernel, a shell, another machine.

    Args:
        run: The run.

    Attributes:
        curves: Its losses and metrics.
        status: What status.json says.
        health: What the collapse doctor says; empty where there is none.
        previews: Its sample previews.
    """

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.curves = Curves(run)
        self.status: dict[str, Any] = {"state": "created", "step": 0}
        self.health: dict[str, Any] = {}
        self.previews = SamplePreviews(run.samples)
        self._seen: dict[Path, tuple[int, int, int]] = {}

    def refresh(self) -> None:
        """Reads what has changed."""
        if not self.run.path.is_dir():
            gone = {"message": f"Its folder {self.run.path} is gone.", "knobs": {}}
            self.status = {**self.status, "state": DELETED, **gone}
            return
        self.status = self._read_status()
        self.curves.refresh()
        # A clock of a few milliseconds could hide the last look of a run that ends.
        if self._has_changed(self.run.samples) or not self.is_at_work:
            self.previews.refresh()
        if self._has_changed(self.run.health_file):
            self.health = self.run.health()

    @property
    def is_at_work(self) -> bool:
        """Whether somebody was training the run when it was last looked at."""
        return self.status["state"] in AT_WORK

    def _read_status(self) -> dict[str, Any]:
        training = find_training(self.run.path)
        # A run of another process may end without a word: only its lock tells.
        is_new = self._has_changed(self.run.status_file)
        status = self.run.status() if is_new or training is None else dict(self.status)
        if training is not None and status["state"] in AT_WORK and training.steps_done is not None:
            status["step"] = training.steps_done  # status.json is as old as the last logged row
        return status

    def _has_changed(self, path: Path) -> bool:
        try:
            stat = path.stat()
        except OSError:
            return False
        now = stat.st_mtime_ns, stat.st_size, stat.st_ino
        before, self._seen[path] = self._seen.get(path), now
        return before != now
