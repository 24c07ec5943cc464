"""What a run has logged, as curves that grow with its file and stay small to send."""

import json
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from multigan.cli.runs.turn import sentence

MAX_POINTS = 400  # of a curve that is sent
EVENTS = ("rollback", "set", "refused")

Row = Mapping[str, Any]


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
            with self.path.open("rb") as file:
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
        metrics_file: The run's metrics.jsonl.

    Attributes:
        events: What happened besides, oldest first: (step, sentence).
        version: Changes whenever something was added.
    """

    def __init__(self, metrics_file: Path) -> None:
        self._tail = Tail(metrics_file)
        self._steps: dict[str, array[float]] = {}
        self._values: dict[str, array[float]] = {}
        self.events: list[tuple[int, str]] = []
        self.version = 0

    def refresh(self) -> bool:
        """Reads what is new; returns whether anything was."""
        anew, rows = self._tail.read()
        if anew:
            self._steps, self._values, self.events = {}, {}, []
        for row in rows:
            self._add(row)
        self.version += bool(rows) or anew
        return bool(rows) or anew

    def names(self) -> list[str]:
        """Returns the curves' names, in the order of their first appearance."""
        return list(self._values)

    def newest(self) -> dict[str, float]:
        """Returns the last value of each curve."""
        return {name: values[-1] for name, values in self._values.items()}

    def points(self, name: str, limit: int = MAX_POINTS) -> tuple[np.ndarray, np.ndarray]:
        """Returns a curve's steps and values, both float32, at most `limit` of them.

        Of a longer curve each stretch keeps its lowest and its highest point, so that the curve
        looks as the whole one would.
        """
        steps = np.frombuffer(self._steps[name], dtype=np.float64)
        values = np.frombuffer(self._values[name], dtype=np.float64)
        kept = extremes(values, limit)
        return steps[kept].astype("<f4"), values[kept].astype("<f4")

    def _add(self, row: Row) -> None:
        step = row["step"]
        for name, value in row.items():
            if "/" in name and isinstance(value, int | float):
                self._steps.setdefault(name, array("d")).append(step)
                self._values.setdefault(name, array("d")).append(value)
        if "rollback" in row:
            self.events.append((step, str(row["rollback"])))
        elif any(event in row for event in EVENTS):
            self.events.append((step, sentence(row)))


def extremes(values: np.ndarray, limit: int) -> np.ndarray:
    """Returns the indices of at most `limit` values, in order: each stretch's two extremes."""
    count = len(values)
    if count <= limit:
        return np.arange(count)
    length = -(-count // (limit // 2))
    whole = values[: count - count % length].reshape(-1, length)
    starts = np.arange(len(whole)) * length
    kept = [starts + whole.argmin(1), starts + whole.argmax(1)]
    if count % length:
        rest = values[whole.size :]
        kept += [[whole.size + rest.argmin()], [whole.size + rest.argmax()]]
    return np.unique(np.concatenate(kept))


def _rows(text: bytes) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:  # the line that a crash cut off
            continue
        if isinstance(row, dict) and isinstance(row.get("step"), int):
            yield row
