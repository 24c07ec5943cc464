"""Curves and points of several models in one picture, as PNG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from multigan.files import write_atomic
from multigan.report.chart import Point, nice_ticks

WIDTH, HEIGHT = 900, 620
LEFT, RIGHT, TOP, BOTTOM = 76, 24, 52, 64
SMOOTH = 2  # drawn as many times larger, then reduced
INK, FAINT = (34, 34, 34), (222, 222, 222)
# Okabe & Ito (2008): told apart with any color vision.
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
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

    points: Sequence[Point]
    dashed: bool = False


def write_curves(
    path: Path, title: str, curves: Mapping[str, Curve], *, x_label: str, y_label: str
) -> Path:
    """Draws curves by name into a PNG with a legend, and returns the path."""
    canvas = _Canvas([point for curve in curves.values() for point in curve.points])
    canvas.axes(title, x_label, y_label)
    for index, curve in enumerate(curves.values()):
        canvas.curve(curve, COLORS[index % len(COLORS)])
    canvas.legend(curves)
    return canvas.write(path)


class _Canvas:
    def __init__(self, points: Sequence[Point]) -> None:
        self.image = Image.new("RGB", (WIDTH * SMOOTH, HEIGHT * SMOOTH), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.font = ImageFont.load_default(15 * SMOOTH)
        self.heading = ImageFont.load_default(19 * SMOOTH)
        (self.x_low, self.x_high), (self.y_low, self.y_high) = (
            _range([point[axis] for point in points]) for axis in (0, 1)
        )

    def place(self, point: Point) -> tuple[float, float]:
        """Returns where a point is, in pixels of the large image."""
        x = (point[0] - self.x_low) / (self.x_high - self.x_low)
        y = (point[1] - self.y_low) / (self.y_high - self.y_low)
        return (
            SMOOTH * (LEFT + x * (WIDTH - LEFT - RIGHT)),
            SMOOTH * (HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM)),
        )

    def axes(self, title: str, x_label: str, y_label: str) -> None:
        """Draws the grid, the numbers and what they count."""
        self.text((LEFT, 14), title, font=self.heading)
        for value in nice_ticks(self.x_low, self.x_high, 8):
            x = self.place((value, self.y_low))[0] / SMOOTH
            self.line([(x, TOP), (x, HEIGHT - BOTTOM)], FAINT)
            self.text((x, HEIGHT - BOTTOM + 8), f"{value:.4g}", anchor="ma")
        for value in nice_ticks(self.y_low, self.y_high, 8):
            y = self.place((self.x_low, value))[1] / SMOOTH
            self.line([(LEFT, y), (WIDTH - RIGHT, y)], FAINT)
            self.text((LEFT - 8, y), f"{value:.4g}", anchor="rm")
        self.text(((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 26), x_label, anchor="ma")
        self.sideways(y_label)

    def curve(self, curve: Curve, color: tuple[int, int, int]) -> None:
        """Draws a line and a mark for each of its points."""
        places = [self.place(point) for point in curve.points]
        for start, end in pairwise(places):
            self._stroke(start, end, color, dashed=curve.dashed)
        radius = 4 * SMOOTH
        for x, y in places if len(places) == 1 or not curve.dashed else []:
            self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)

    def legend(self, names: Mapping[str, Curve]) -> None:
        """Writes the curves' names in their colors into the upper right corner."""
        for index, name in enumerate(names):
            y = TOP + 14 + 22 * index
            color = COLORS[index % len(COLORS)]
            self.text((WIDTH - RIGHT - 34, y), name, anchor="rm")
            self.line([(WIDTH - RIGHT - 26, y), (WIDTH - RIGHT - 6, y)], color, width=4)

    def sideways(self, text: str) -> None:
        """Writes the y axis' label from below to above."""
        box = self.font.getbbox(text)
        label = Image.new("RGB", (int(box[2]) + 4, int(box[3]) + 8), "white")
        ImageDraw.Draw(label).text((2, 2), text, fill=INK, font=self.font)
        turned = label.rotate(90, expand=True)
        middle = SMOOTH * (TOP + HEIGHT - BOTTOM) // 2
        self.image.paste(turned, (6 * SMOOTH, middle - turned.height // 2))

    def text(
        self,
        place: Point,
        text: str,
        *,
        anchor: str = "la",
        font: Font | None = None,
    ) -> None:
        """Writes in pixels of the final image."""
        x, y = (SMOOTH * part for part in place)
        self.draw.text((x, y), text, fill=INK, font=font or self.font, anchor=anchor)

    def line(self, ends: Sequence[Point], color: tuple[int, int, int], width: int = 1) -> None:
        """Draws a straight line in pixels of the final image."""
        self.draw.line([(SMOOTH * x, SMOOTH * y) for x, y in ends], color, width * SMOOTH)

    def write(self, path: Path) -> Path:
        """Reduces the image and writes it."""
        content = BytesIO()
        self.image.resize((WIDTH, HEIGHT), Image.Resampling.BOX).save(content, "PNG", optimize=True)
        return write_atomic(path, content.getvalue())

    def _stroke(
        self, start: Point, end: Point, color: tuple[int, int, int], *, dashed: bool
    ) -> None:
        pieces = max(int(((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5 / 14), 1)
        for piece in range(0, pieces, 2 if dashed else 1):
            ends = [
                (
                    start[0] + (end[0] - start[0]) * share / pieces,
                    start[1] + (end[1] - start[1]) * share / pieces,
                )
                for share in (piece, piece + 1)
            ]
            self.draw.line(ends, color, 2 * SMOOTH)


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = 0.06 * (high - low) or abs(high) / 10 or 1.0
    return low - margin, high + margin
