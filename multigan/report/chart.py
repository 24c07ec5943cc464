"""Line charts as HTML with SVG in it, small enough to stand inside a page."""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

Point = tuple[float, float]

WIDTH, HEIGHT = 720, 230
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 8, 40  # the margins around the lines
COLORS = 6  # the page names as many: var(--series-0) ...
MAX_POINTS = 300


def line_chart(title: str, series: Mapping[str, Sequence[Point]], *, x_label: str = "step") -> str:
    """Returns a chart of some lines over one axis, each with its name.

    Args:
        title: Stands above the lines and is what a screen reader reads.
        series: Points (x, y) by the line's name, in order of x. Values that are not finite are
            left out.
        x_label: What x counts.
    """
    lines = {name: decimated(_finite(points)) for name, points in series.items()}
    points = [point for line in lines.values() for point in line]
    if not points:
        return ""
    xs = _Scale([x for x, _ in points], LEFT, WIDTH - RIGHT, padding=0.0)
    ys = _Scale([y for _, y in points], HEIGHT - BOTTOM, TOP, padding=0.05)
    parts = [
        *(_y_tick(value, ys(value)) for value in ys.ticks(5)),
        *(_x_tick(value, xs(value)) for value in xs.ticks(7)),
        f'<text class=tick x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor=end>'
        f"{escape(x_label)}</text>",
        *(_line(index, line, xs, ys) for index, line in enumerate(lines.values())),
    ]
    return (
        f"<h3>{escape(title)}</h3>{_legend(list(lines))}"
        f'<svg class=chart viewBox="0 0 {WIDTH} {HEIGHT}" role=img aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def decimated(points: Sequence[Point], limit: int = MAX_POINTS) -> list[Point]:
    """Returns at most `limit` of the points: of each stretch its lowest and its highest.

    A chart of those looks as one of all would, with every spike.
    """
    if len(points) <= limit:
        return list(points)
    stretches = limit // 2
    kept: list[Point] = []
    for index in range(stretches):
        start = index * len(points) // stretches
        stretch = points[start : (index + 1) * len(points) // stretches]
        lowest, highest = (pick(stretch, key=lambda point: point[1]) for pick in (min, max))
        kept += sorted({lowest, highest})
    return kept


def nice_ticks(low: float, high: float, count: int) -> list[float]:
    """Returns about `count` round numbers within [low, high]: multiples of 1, 2 or 5 times 10^k."""
    power = 10 ** math.floor(math.log10((high - low) / count))
    steps = (multiple * power for multiple in (1, 2, 5, 10))
    step = min(steps, key=lambda step: abs((high - low) / step - count))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


class _Scale:
    """A linear map from values to places on the chart."""

    def __init__(self, values: Sequence[float], start: float, end: float, padding: float) -> None:
        low, high = min(values), max(values)
        margin = padding * (high - low) if low < high else abs(high) / 10 or 1.0
        self.low, self.high = low - margin, high + margin
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, count: int) -> list[float]:
        return nice_ticks(self.low, self.high, count)


def _finite(points: Iterable[Point]) -> list[Point]:
    return [(x, y) for x, y in points if math.isfinite(y)]


def _line(index: int, points: Sequence[Point], xs: _Scale, ys: _Scale) -> str:
    color = f"var(--series-{index % COLORS})"
    if len(points) == 1:
        (x, y) = points[0]
        return f'<circle cx="{xs(x)}" cy="{ys(y)}" r="3" style="fill:{color}"/>'
    path = " ".join(f"{xs(x)},{ys(y)}" for x, y in points)
    return f'<polyline points="{path}" style="stroke:{color}"/>'


def _y_tick(value: float, place: float) -> str:
    return (
        f'<line class=grid x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{place}" y2="{place}"/>'
        f'<text class=tick x="{LEFT - 8}" y="{place + 4}" text-anchor=end>{value:.4g}</text>'
    )


def _x_tick(value: float, place: float) -> str:
    bottom = HEIGHT - BOTTOM
    return (
        f'<line class=axis x1="{place}" x2="{place}" y1="{bottom}" y2="{bottom + 4}"/>'
        f'<text class=tick x="{place}" y="{bottom + 18}" text-anchor=middle>{value:.6g}</text>'
    )


def _legend(names: Sequence[str]) -> str:
    """Returns the lines' names in their colors; one line alone is named by the title."""
    if len(names) == 1:
        return ""
    keys = (
        f'<span><i style="background:var(--series-{index % COLORS})"></i>{escape(name)}</span>'
        for index, name in enumerate(names)
    )
    return f"<p class=legend>{''.join(keys)}</p>"
