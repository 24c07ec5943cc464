"""Tables of numbers as a picture: one colored square a cell, with its number in it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from multigan.files import write_atomic

CELL, LABEL, TOP, GAP = (92, 40), 190, 64, 28  # pixels
SIZE = 15
DARK, LIGHT, MISSING = (24, 24, 32), (255, 255, 255), (200, 200, 200)
# From worst to best: a few points of the "viridis" color map, readable by the color-blind.
COLORS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))


@dataclass(frozen=True)
class Square:
    """One cell.

    Attributes:
        value: In [0, 1]; decides the color.
        text: What stands in it.
    """

    value: float
    text: str


@dataclass(frozen=True)
class HeatMap:
    """One table.

    Attributes:
        title: Stands above it.
        rows, columns: Their names, in order.
        squares: By (row, column); what is missing stays grey.
    """

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    squares: Mapping[tuple[str, str], Square]


def write_heat_maps(path: Path, maps: Sequence[HeatMap]) -> Path:
    """Draws tables one below the other into a PNG, and returns its path."""
    heights = [TOP + CELL[1] * len(one.rows) + GAP for one in maps]
    width = LABEL + CELL[0] * max(len(one.columns) for one in maps) + GAP
    picture = Image.new("RGB", (width, sum(heights)), LIGHT)
    top = 0
    for one, height in zip(maps, heights, strict=True):
        _draw(ImageDraw.Draw(picture), one, top)
        top += height
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return write_atomic(path, buffer.getvalue())


def color(value: float) -> tuple[int, int, int]:
    """Returns the color of a value in [0, 1], from dark to bright."""
    place = min(max(value, 0.0), 1.0) * (len(COLORS) - 1)
    index = min(int(place), len(COLORS) - 2)
    share = place - index
    low, high = COLORS[index], COLORS[index + 1]
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(low, high, strict=True))
    return red, green, blue


def _draw(draw: ImageDraw.ImageDraw, one: HeatMap, top: int) -> None:
    font, small = ImageFont.load_default(SIZE), ImageFont.load_default(SIZE - 3)
    draw.text((GAP // 2, top + 10), one.title, DARK, font)
    for index, column in enumerate(one.columns):
        middle = LABEL + CELL[0] * index + CELL[0] // 2
        draw.text((middle, top + TOP - 14), column.replace("_", "\n"), DARK, small, anchor="mm")
    for number, row in enumerate(one.rows):
        y = top + TOP + CELL[1] * number
        draw.text((LABEL - 8, y + CELL[1] // 2), row, DARK, font, anchor="rm")
        for index, column in enumerate(one.columns):
            _draw_square(draw, one.squares.get((row, column)), LABEL + CELL[0] * index, y, font)


def _draw_square(
    draw: ImageDraw.ImageDraw,
    square: Square | None,
    x: int,
    y: int,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    box = (x + 1, y + 1, x + CELL[0] - 2, y + CELL[1] - 2)
    draw.rectangle(box, MISSING if square is None else color(square.value))
    if square is not None:
        ink = DARK if square.value > 0.6 else LIGHT
        draw.text((x + CELL[0] // 2, y + CELL[1] // 2), square.text, ink, font, anchor="mm")
