"""curves.json: a run's curves, thinned to what a chart can show.

    {"steps": [50, 100], "series": {"generator/adversarial": [0.7, 0.6], ...}}

What a series does not have at a step is null. A long log is thinned to stretches of rows. Of each
stretch a series keeps its lowest and its highest value, in the order in which they came, so no
spike is lost; they stand at the first and the last step of the stretch.
"""

import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from multigan.files import write_atomic

Points = list[tuple[int, float]]  # (step, value), by step

MAX_POINTS = 500
LEAST_SECONDS = 1.0  # between two writes
LARGEST_SHARE = 0.01  # of the time that may go into writing


@dataclass
class Stretch:
    """Some consecutive logged steps.

    Attributes:
        first, last: The steps at its ends.
        count: How many steps were logged in it.
        values: One value of each series, or its lowest and highest in the order they came.
    """

    first: int
    last: int
    count: int
    values: dict[str, list[float]]

    def absorb(self, other: "Stretch") -> None:
        """Takes over a later stretch, or more values of its own last step."""
        self.count += other.count if other.last != self.last else 0
        self.last = other.last
        for name, values in other.values.items():
            self.values[name] = extremes(self.values.get(name, []) + values)

    def points(self) -> Iterator[tuple[int, dict[str, float]]]:
        """Yields the one or two points that stand for the stretch."""
        if self.first == self.last:
            yield self.first, {name: values[-1] for name, values in self.values.items()}
            return
        yield self.first, {name: values[0] for name, values in self.values.items()}
        later = {name: values[1] for name, values in self.values.items() if len(values) > 1}
        yield self.last, later


class Curves:
    """The series of a growing log, thinned as it grows.

    Args:
        limit: The most points there will be, at least 4.
    """

    def __init__(self, limit: int = MAX_POINTS) -> None:
        self.limit = limit
        self._stretches: list[Stretch] = []
        self._steps_each = 1

    def add(self, row: Mapping[str, Any]) -> None:
        """Adds a logged row; what is no series in it (events, clocks) is left out."""
        values = {name: [float(value)] for name, value in row.items() if _is_series(name, value)}
        if not values:
            return
        new = Stretch(row["step"], row["step"], 1, values)
        last = self._stretches[-1] if self._stretches else None
        if last and (last.count < self._steps_each or last.last == new.last):
            last.absorb(new)
        else:
            self._stretches.append(new)
        while self._num_points() > self.limit:
            self._halve()

    def to_json(self) -> dict[str, Any]:
        """Returns the steps, and of each series a value or None for each of them."""
        points = [point for stretch in self._stretches for point in stretch.points()]
        names = dict.fromkeys(name for _, values in points for name in values)
        series = {name: [_rounded(values.get(name)) for _, values in points] for name in names}
        return {"steps": [step for step, _ in points], "series": series}

    def _num_points(self) -> int:
        return sum(1 if s.first == s.last else 2 for s in self._stretches)

    def _halve(self) -> None:
        self._steps_each *= 2
        for earlier, later in zip(self._stretches[::2], self._stretches[1::2], strict=False):
            earlier.absorb(later)
        self._stretches = self._stretches[::2]


class CurvesFile:
    """A run's curves.json, kept up with its log by the process that trains.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._curves: Curves | None = None
        self._is_behind = False
        self._next_write = 0.0

    @property
    def is_loaded(self) -> bool:
        """Whether the rows that were logged before are known."""
        return self._curves is not None

    def load(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Starts over from all the rows that are logged."""
        self._curves = Curves()
        for row in rows:
            self._curves.add(row)
        self._is_behind = True
        self._next_write = 0.0

    def add(self, row: Mapping[str, Any]) -> None:
        """Adds a row, and writes the file unless that was done a moment ago."""
        if self._curves is None:
            raise RuntimeError("load() comes before add()")
        self._curves.add(row)
        self._is_behind = True
        if time.monotonic() >= self._next_write:
            self.flush()

    def flush(self) -> None:
        """Writes the file if it is behind the log."""
        if self._curves is None or not self._is_behind:
            return
        began = time.monotonic()
        write_atomic(self.path, json.dumps(self._curves.to_json(), allow_nan=False) + "\n")
        now = time.monotonic()
        self._next_write = now + max(LEAST_SECONDS, (now - began) / LARGEST_SHARE)
        self._is_behind = False


def thinned(rows: Iterable[Mapping[str, Any]], limit: int = MAX_POINTS) -> dict[str, Any]:
    """Returns what curves.json holds of some logged rows."""
    curves = Curves(limit)
    for row in rows:
        curves.add(row)
    return curves.to_json()


def points_of(found: Mapping[str, Any]) -> dict[str, Points]:
    """Returns the points of each series of a curves.json, without the gaps."""
    steps = found.get("steps", [])
    return {
        name: [(step, v) for step, v in zip(steps, values, strict=False) if v is not None]
        for name, values in found.get("series", {}).items()
    }


def extremes(values: list[float]) -> list[float]:
    """Returns the lowest and the highest value in the order in which they came.

    Example:
        >>> extremes([2.0, 9.0, 1.0, 3.0])
        [9.0, 1.0]
    """
    if len(values) <= 2:
        return values
    places = {values.index(min(values)), values.index(max(values))}
    return [values[place] for place in sorted(places)]


def _is_series(name: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return ("/" in name or name == "steps_per_second") and math.isfinite(value)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
