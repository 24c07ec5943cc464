"""Line charts as HTML with SVG in it, small enough to stand inside a page."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from multigan.report.rendering import render

Point = tuple[float, float]
Dot = tuple[float, float, str]

WIDTH, HEIGHT = 720, 230
LEFT, RIGHT, TOP, BOTTOM = 64, WIDTH - 24, 8, HEIGHT - 40  # within which the lines lie
_FRAME: dict[str, Any] = {
    "left": LEFT,
    "right": RIGHT,
    "bottom": BOTTOM,
    "width": WIDTH,
    "height": HEIGHT,
}
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
        **_FRAME,
    )


def scatter_chart(
    title: str,
    groups: Mapping[str, Sequence[Dot]],
    *,
    line: Sequence[Point] = (),
    x_ticks: Sequence[tuple[str, float]],
    x_label: str,
) -> str:
    """Returns a chart of dots, a color for each group, and a line behind them; "" without a dot.

    Args:
        title: Stands above the dots and is what a screen reader reads.
        groups: Dots (x, y, what they are) by the group's name.
        line: Points (x, y), in order of x.
        x_ticks: What stands under the axis, and where.
        x_label: What x is.
    """
    dots = [dot for group in groups.values() for dot in group]
    if not dots:
        return ""
    xs = _Scale([*(x for x, _, _ in dots), *(x for _, x in x_ticks)], LEFT, RIGHT, padding=0.05)
    ys = _Scale([y for _, y, _ in dots], BOTTOM, TOP, padding=0.08)
    return render(
        "scatter.html.j2",
        title=title,
        x_label=x_label,
        groups=[
            {
                "name": name,
                "color": index % COLORS,
                "points": [(xs(x), ys(y), told) for x, y, told in group],
            }
            for index, (name, group) in enumerate(groups.items())
        ],
        line=[(xs(x), ys(y)) for x, y in line],
        x_ticks=[(text, xs(value)) for text, value in x_ticks],
        y_ticks=[(f"{value:.4g}", ys(value)) for value in ys.ticks(5)],
        **_FRAME,
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
