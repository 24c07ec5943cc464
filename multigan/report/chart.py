"""Line charts as HTML with SVG in it, small enough to stand inside a page."""

import math
from collections.abc import Iterable, Mapping, Sequence

from multigan.report.rendering import render

Point = tuple[float, float]

WIDTH, HEIGHT = 720, 230
LEFT, RIGHT, TOP, BOTTOM = 64, WIDTH - 24, 8, HEIGHT - 40  # within which the lines lie
COLORS = 6  # the page names as many: var(--series-0) ...


def line_chart(title: str, series: Mapping[str, Sequence[Point]], *, x_label: str = "step") -> str:
    """Returns a chart of some lines over one axis, each with its name; "" without a point.

    Args:
        title: Stands above the lines and is what a screen reader reads.
        series: Points (x, y) by the line's name, in order of x. Values that are not finite are
            left out.
        x_label: What x counts.
    """
    lines = {name: _finite(points) for name, points in series.items()}
    points = [point for line in lines.values() for point in line]
    if not points:
        return ""
    xs = _Scale([x for x, _ in points], LEFT, RIGHT, padding=0.0)
    ys = _Scale([y for _, y in points], BOTTOM, TOP, padding=0.05)
    drawn = [
        {"name": name, "color": index % COLORS, "points": [(xs(x), ys(y)) for x, y in line]}
        for index, (name, line) in enumerate(lines.items())
    ]
    return render(
        "chart.html.j2",
        title=title,
        x_label=x_label,
        lines=[line for line in drawn if line["points"]],
        x_ticks=[(f"{value:.6g}", xs(value)) for value in xs.ticks(7)],
        y_ticks=[(f"{value:.4g}", ys(value)) for value in ys.ticks(5)],
        left=LEFT,
        right=RIGHT,
        bottom=BOTTOM,
        width=WIDTH,
        height=HEIGHT,
    )


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
