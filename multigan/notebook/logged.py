"""What a run has logged: its curves, as its curves.json has them, and what happened besides."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from multigan.files import parse_json, plain_file
from multigan.runs.curves import Points
from multigan.runs.folder import RunFolder
from multigan.runs.records import sensible_row
from multigan.runs.steering import sentence

EVENTS = ("set", "refused")


class Tail:
    """Reads what has been added to a file of JSON lines since it was last read.

    Args:
        path: The file, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = 0
        self._offset = 0

    def read(self) -> tuple[bool, list[dict[str, Any]]]:
        """Returns whether the file began anew, as a resumed run's does, and the new rows."""
        try:
            with plain_file(self.path).open("rb") as file:
                stat = self.path.stat()
                anew = stat.st_ino != self._file or stat.st_size < self._offset
                if anew:
                    self._file, self._offset = stat.st_ino, 0
                file.seek(self._offset)
                added = file.read()
        except OSError:
            return False, []
        whole = added[: added.rfind(b"\n") + 1]  # a row that is being written can wait
        self._offset += len(whole)
        return anew, list(_rows(whole))


class Curves:
    """The curves of a run: each loss and metric by step.

    Args:
        run: The run.

    Attributes:
        events: What happened besides, oldest first: (step, sentence).
        version: Changes whenever something was added.
    """

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self._tail = Tail(run.metrics_file)
        self._seen: tuple[int, ...] | None = None
        self._points: dict[str, Points] = {}
        self.events: list[tuple[int, str]] = []
        self.version = 0

    def refresh(self) -> bool:
        """Reads what is new; returns whether anything was."""
        anew, rows = self._tail.read()
        self.events = [*([] if anew else self.events), *_events(rows)]
        seen = _version(self.run.curves.path)
        is_new = seen != self._seen or (seen is None and bool(rows))
        if is_new:
            self._seen, self._points = seen, self.run.read_curves()
        changed = is_new or anew or bool(rows)
        self.version += changed
        return changed

    def names(self) -> list[str]:
        """Returns the curves' names, in the order of their first appearance."""
        return [name for name in self._points if "/" in name]

    def points(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Returns a curve's steps and values, both float32."""
        steps, values = np.array(self._points[name], "<f4").reshape(-1, 2).T
        return steps.copy(), values.copy()


def _events(rows: list[dict[str, Any]]) -> Iterator[tuple[int, str]]:
    for row in rows:
        if "rollback" in row:
            yield row["step"], str(row["rollback"])
        elif any(event in row for event in EVENTS):
            yield row["step"], sentence(row)


def _version(path: Path) -> tuple[int, ...] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _rows(text: bytes) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            row = sensible_row(parse_json(line))
        except ValueError:  # the line that a crash cut off
            continue
        if row is not None:
            yield row
