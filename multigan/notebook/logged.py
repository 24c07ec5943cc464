"""What a run has logged: its curves, as its curves.json has them, and what happened besides."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from multigan.files import parse_json, plain_file
from multigan.runs.curves import Points
from multigan.runs.folder import RunFolder
from multigan.runs.records import sensible_row
from multigan.runs.steering import sentence

EVENTS = ("set", "refused")
TELLING = tuple(f'"{word}":'.encode() for word in (*EVENTS, "rollback"))


TAIL_BYTES = 1 << 16


def latest_rows(path: Path) -> list[dict[str, Any]]:
    """Returns the last rows of a file of JSON lines, newest first, whatever they say."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return []
    return list(_parsed(reversed(lines)))


class Tail:
    """Reads what has been added to a file of JSON lines since it was last read.

    Args:
        path: The file, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = 0
        self._offset = 0

    def read(self) -> tuple[bool, bool, list[dict[str, Any]]]:
        """Reads what is new: a log of 200,000 rows is looked through, and not parsed.

        Returns:
            Whether the file began anew, as a resumed run's does; whether there are new rows; and
            those of them that tell what happened.
        """
        try:
            with plain_file(self.path).open("rb") as file:
                stat = self.path.stat()
                anew = stat.st_ino != self._file or stat.st_size < self._offset
                if anew:
                    self._file, self._offset = stat.st_ino, 0
                file.seek(self._offset)
                added = file.read()
        except OSError:
            return False, False, []
        whole = added[: added.rfind(b"\n") + 1]  # a row that is being written can wait
        self._offset += len(whole)
        return anew, bool(whole), list(_rows(whole))


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
        anew, has_more, rows = self._tail.read()
        self.events = [*([] if anew else self.events), *_events(rows)]
        seen = _version(self.run.curves.path)
        is_new = seen != self._seen or (seen is None and has_more)
        if is_new:
            self._seen, self._points = seen, self.run.read_curves()
        changed = is_new or anew or has_more
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
    telling = (line for line in text.splitlines() if any(word in line for word in TELLING))
    return _parsed(telling)


def _parsed(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            row = sensible_row(parse_json(line))
        except ValueError:  # the line that a crash, or the beginning of the tail, cut off
            continue
        if row is not None:
            yield row
