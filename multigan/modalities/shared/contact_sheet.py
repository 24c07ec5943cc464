"""A contact sheet: many images on one, for a person to look at."""

from collections.abc import Sequence

from PIL import Image

from multigan.errors import DataError

GAP = 2  # pixels between images
VISIBLE = 64  # pixels: smaller images are enlarged to about this
BACKGROUND = (64, 64, 64)
CHECKS = (153, 204)  # the two greys behind transparent images


def draw_sheet(images: Sequence[Image.Image], *, columns: int) -> Image.Image:
    """Returns `images`, all of one size, row by row on an RGB sheet with `columns` columns."""
    if not images or columns < 1:
        raise DataError(
            f"A sheet needs images and columns, but got {len(images)} and {columns}. "
            "Ask for at least one of each."
        )
    scale = max(1, VISIBLE // max(images[0].size))
    width, height = (scale * side for side in images[0].size)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", _extent(columns, rows, width, height), BACKGROUND)
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        place = GAP + column * (width + GAP), GAP + row * (height + GAP)
        # Nearest: a person should see the pixels that the generator made.
        sheet.paste(opaque(image.resize((width, height), Image.Resampling.NEAREST)), place)
    return sheet


def opaque(image: Image.Image) -> Image.Image:
    """Returns `image` in RGB; a transparent one lies on a checkerboard, so holes show."""
    if image.mode not in ("LA", "RGBA"):
        return image.convert("RGB")
    board = checkerboard(image.size)
    return Image.alpha_composite(board, image.convert("RGBA")).convert("RGB")


def checkerboard(size: tuple[int, int], square: int = 8) -> Image.Image:
    """Returns an opaque grey RGBA checkerboard of `size` (width, height) in pixels."""
    width, height = size
    rows = [
        bytes(CHECKS[(x // square + y // square) % 2] for x in range(width)) for y in range(height)
    ]
    return Image.frombytes("L", size, b"".join(rows)).convert("RGBA")


def _extent(columns: int, rows: int, width: int, height: int) -> tuple[int, int]:
    return GAP + columns * (width + GAP), GAP + rows * (height + GAP)
