"""Points in the plane as a picture, for data so small that one can see all of it."""

from collections.abc import Sequence

from PIL import Image, ImageDraw
from torch import Tensor

SIZE = 360  # pixels
DOT = 1.6  # pixels, the radius
BACKGROUND, AXIS = (255, 255, 255), (225, 225, 225)
COLORS = ((150, 150, 150, 110), (217, 98, 15, 150), (31, 119, 208, 150))  # with how opaque


def scatter(*clouds: Tensor, limit: float = 1.6) -> Image.Image:
    """Returns a picture of clouds of points, each in its color, the first one grey.

    Args:
        clouds: (N, 2) each, drawn in this order.
        limit: The picture shows both coordinates from -limit to limit.
    """
    picture = Image.new("RGB", (SIZE, SIZE), BACKGROUND)
    draw = ImageDraw.Draw(picture, "RGBA")
    draw.line([(0, SIZE / 2), (SIZE, SIZE / 2)], AXIS)
    draw.line([(SIZE / 2, 0), (SIZE / 2, SIZE)], AXIS)
    for index, cloud in enumerate(clouds):
        color = COLORS[index % len(COLORS)]
        for x, y in cloud.detach().cpu().tolist():
            place = _place(x, limit), SIZE - _place(y, limit)
            draw.ellipse(_around(place), fill=color)
    return picture


def _place(value: float, limit: float) -> float:
    return (value / limit + 1) * SIZE / 2


def _around(place: Sequence[float]) -> tuple[float, float, float, float]:
    x, y = place
    return x - DOT, y - DOT, x + DOT, y + DOT
