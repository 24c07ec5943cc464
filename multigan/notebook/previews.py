"""A run's sample previews, by step, as they come."""

import os
from pathlib import Path

from multigan.runs.folder import look_step


class SamplePreviews:
    """What lies in a run's folder of samples, read anew for little.

    A preview is one file or a few: sounds have a picture of them all and a sound of them all.

    Args:
        folder: The run's `samples`, which need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: set[str] = set()
        self._by_step: dict[int, list[str]] = {}

    def refresh(self) -> bool:
        """Reads which files there are; returns whether that has changed."""
        try:
            names = {name for name in os.listdir(self._folder) if look_step(name) is not None}
        except OSError:
            names = set()
        if names == self._names:
            return False
        if not self._names <= names:  # a resumed run makes its last previews again
            self._by_step.clear()
            self._names.clear()
        for name in sorted(names - self._names):  # zero-padded, so by step
            self._by_step.setdefault(look_step(name) or 0, []).append(name)
        self._names = names
        return True

    @property
    def steps(self) -> list[int]:
        """The steps that have previews, in order."""
        return sorted(self._by_step)

    def files(self, step: int) -> list[Path]:
        """Returns the files of a step's preview, a picture before a sound; none without one."""
        paths = (self._folder / name for name in sorted(self._by_step.get(step, ())))
        return [
            path for path in paths if path.is_file()
        ]  # what a reader could wait for is left out

    def newest(self) -> list[Path]:
        """Returns the files of the latest preview; none before the first."""
        return self.files(max(self._by_step)) if self._by_step else []
