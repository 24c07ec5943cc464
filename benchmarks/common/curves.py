"""Curves and points of several models in one picture, as PNG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from multigan.files import write_atomic

# Okabe & Ito (2008): told apart with any color vision.
COLORS = (
    (0, 0, 0), (230, 159, 0), (86, 180, 233), (0, 158, 115), (213, 94, 0), (204, 121, 167),
    (0, 114, 178),
)  # fmt: skip


@dataclass(frozen=True)
class Curve:
    """A line through points in their order; one point is a mark alone.

    Attributes:
        points: (x, y).
        dashed: Whether it is something to compare with rather than a measurement of ours.
    """

    points: Sequence[tuple[float, float]]
    dashed: bool = False


def write_curves(
    path: Path, title: str, curves: Mapping[str, Curve], *, x_label: str, y_label: str
) -> Path:
    """Draws curves by name into a PNG of 900 x 620 with a legend, and returns the path."""
    figure = Figure(figsize=(9, 6.2), dpi=100, layout="constrained")
    axes = figure.add_subplot(title=title, xlabel=x_label, ylabel=y_label)
    for index, (name, curve) in enumerate(curves.items()):
        axes.plot(
            *zip(*curve.points, strict=True),
            color=[part / 255 for part in COLORS[index % len(COLORS)]],
            linestyle="--" if curve.dashed else "-",
            marker=None if curve.dashed and len(curve.points) > 1 else "o",
            label=name,
        )
    axes.grid(color="0.87")
    axes.legend(loc="upper right")
    content = BytesIO()
    figure.savefig(content, format="png")
    return write_atomic(path, content.getvalue())
