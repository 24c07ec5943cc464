"""Which image sizes the networks take, and how often they can halve them."""

from multigan.errors import ShapeError

ImageShape = tuple[int, int, int]


def check_image_shape(shape: tuple[int, ...], *, who: str) -> ImageShape:
    """Returns `shape` as (C, H, W) if networks can be built for it.

    Raises:
        ShapeError: It is not (C, H, W), or a side is not a positive multiple of 4.
    """
    if len(shape) != 3 or shape[0] < 1:
        raise ShapeError(
            f"{who} makes images of shape (channels, height, width), but got {tuple(shape)}. "
            "Use networks made for this kind of data, or add the missing axis."
        )
    channels, height, width = shape
    if any(side < 4 or side % 4 for side in (height, width)):
        raise ShapeError(
            f"{who} needs a height and width that are multiples of 4, but got {height} x {width}. "
            f"Resize or pad the images, e.g. to {_next_multiple(height)} x {_next_multiple(width)}."
        )
    return channels, height, width


def halvings(height: int, width: int, *, smallest: int = 4) -> int:
    """Returns how often both sides can be halved exactly with neither going below `smallest`.

    Example:
        >>> halvings(32, 32), halvings(28, 28), halvings(20, 28), halvings(4, 4)
        (3, 2, 2, 0)
    """
    count = 0
    while height % 2 == 0 and width % 2 == 0 and min(height, width) // 2 >= smallest:
        height, width, count = height // 2, width // 2, count + 1
    return count


def _next_multiple(side: int) -> int:
    return max(4, -(-side // 4) * 4)
