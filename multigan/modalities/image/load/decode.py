"""From whatever a picture file holds to uint8 (C, H, W): one path, every change counted.

Shapes: C channels (1 grey, 3 RGB, 4 RGBA), H height, W width.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from multigan.data.file_kind import FileKind

Fit = Literal["crop", "pad", "stretch"]

MODE_OF = {1: "L", 3: "RGB", 4: "RGBA"}
CHANNELS_OF = {mode: channels for channels, mode in MODE_OF.items()}
FEW_BITS = (8, 10, 12, 14)  # that cameras and scanners put into 16
DARK = " bits in 16 to 8"  # a change, after how many bits are used
COLORS_CUT = "16-bit colors to 8-bit"
NAME_OF = {"L": "grey", "LA": "grey with alpha", "P": "palette", "1": "black and white"}

# Pillow reads more, but one of those (EPS) starts another program and others are not pictures.
Image.init()
FORMATS = tuple(
    name
    for name in ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "TGA", "JPEG2000", "AVIF"]
    if name in Image.OPEN
)

# How to undo each value of the EXIF orientation tag. Source: EXIF 2.32, tag 0x0112.
ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Header:
    """What a picture will be, known before its pixels are decoded."""

    height: int
    width: int
    channels: int


@dataclass(frozen=True)
class Canvas:
    """What every picture is brought to."""

    height: int
    width: int
    channels: int
    fit: Fit = "crop"
    bits: int | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.channels, self.height, self.width


def read_header(image: Image.Image) -> Header:
    """Returns the size, upright, and the channels that a picture's own colors need."""
    width, height = image.size
    if _orientation(image) >= 5:  # lies on its side
        width, height = height, width
    return Header(height, width, CHANNELS_OF[_own_mode(image)])


def decode(image: Image.Image, canvas: Canvas | None) -> tuple[np.ndarray, list[str]]:
    """Decodes a picture, brings it to `canvas`, and names what was changed.

    Returns:
        The pixels, uint8 (C, H, W), and the changes in the words that the report counts.
    """
    changes = ["first frame taken"] if getattr(image, "is_animated", False) else []
    turn = UPRIGHT.get(_orientation(image))
    image = _to_own_mode(image, changes, None if canvas is None else canvas.bits)
    if turn is not None:
        image = image.transpose(turn)
        changes.append("turned upright")
    if canvas is not None:
        image = _to_mode(image, MODE_OF[canvas.channels], changes)
        image = _to_size(image, canvas, changes)
    pixels = np.asarray(image)
    return (pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)), changes


@contextmanager
def quiet() -> Iterator[None]:
    """Silences Pillow's warnings: they tell of oddities that the report counts or that are none."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield


def reason(error: BaseException) -> str:
    """Says in a few words why a picture could not be read."""
    if isinstance(error, UnidentifiedImageError):
        return "not a picture in a known format"
    return str(error).split("\n")[0] or type(error).__name__


def _open(file: Path | BytesIO) -> Image.Image:
    image = Image.open(file, formats=FORMATS)
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and image.width * image.height > limit:
        image.close()
        raise ValueError(
            f"a decompression bomb? It would have {image.width}x{image.height} pixels, more than "
            f"PIL.Image.MAX_IMAGE_PIXELS = {limit}"
        )
    return image


def _orientation(image: Image.Image) -> int:
    # Pillow turns TIFFs by itself. Asking a PNG for its EXIF data would decode it.
    if "exif" not in image.info or image.format == "TIFF":
        return 1
    value = image.getexif().get(ORIENTATION_TAG, 1)
    return value if isinstance(value, int) else 1


def _own_mode(image: Image.Image) -> str:
    """Returns the mode that holds a picture's own colors without loss, of L, RGB and RGBA."""
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return "L"
    if "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        return "RGBA"
    return "L" if image.mode in ("1", "L") else "RGB"


def _to_own_mode(image: Image.Image, changes: list[str], bits: int | None) -> Image.Image:
    mode, own = image.mode, _own_mode(image)
    if mode in CHANNELS_OF and mode != "L" and _has_16_bits(image):
        changes.append(COLORS_CUT)  # Pillow keeps the upper half of each number
    if mode == own:
        return image
    if mode == "F":
        raise ValueError("its pixels are floats, whose range is not known; save it with integers")
    if mode.startswith("I"):
        return _to_8_bit(image, changes, bits)
    changes.append(f"{NAME_OF.get(mode, mode)} to {NAME_OF.get(own, own)}")
    return image.convert(own)


def _to_8_bit(image: Image.Image, changes: list[str], bits: int | None) -> Image.Image:
    """Returns 16 bits as 8, of which `bits` are used; 12 and fewer are dark where nobody says."""
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 0xFFFF:
        raise ValueError("its pixels have more than 16 bits; save it with 8 or 16")
    white = (1 << (bits or 16)) - 1
    if values.max() > white:
        raise ValueError(f"its pixels go up to {values.max()}, beyond the {bits} bits of data.bits")
    used = next((few for few in FEW_BITS if values.max() < 1 << few), None)
    changes.append("16-bit to 8-bit" if bits or used is None else f"{used}{DARK}")
    # White stays white. Pillow's own conversion would clip at 255.
    return Image.fromarray(((values * 255 + white // 2) // white).astype(np.uint8))


def _has_16_bits(image: Image.Image) -> bool:
    tiles = getattr(image, "tile", None) or ()
    return any(";16" in str(tile[3]) for tile in tiles)


def _to_mode(image: Image.Image, mode: str, changes: list[str]) -> Image.Image:
    if image.mode == mode:
        return image
    if image.mode == "RGBA":
        # What lies under transparent pixels was never meant to be seen.
        changes.append(f"RGBA to {NAME_OF.get(mode, mode)} on white")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert(mode)
    changes.append(f"{NAME_OF.get(image.mode, image.mode)} to {NAME_OF.get(mode, mode)}")
    return image.convert(mode)


def _to_size(image: Image.Image, canvas: Canvas, changes: list[str]) -> Image.Image:
    size = (canvas.width, canvas.height)
    if image.size == size:
        return image
    ratios = (canvas.width / image.width, canvas.height / image.height)
    scale = min(ratios) if canvas.fit == "pad" else max(ratios)
    if scale != 1:
        changes.append("shrunk" if scale < 1 else "enlarged")
    if canvas.fit == "stretch" or ratios[0] == ratios[1]:
        if ratios[0] != ratios[1]:
            changes.append("stretched")
        return _resample(image, size)
    if canvas.fit == "pad":
        changes.append("padded")
        return _padded(image, size, scale)
    changes.append("cropped")
    return _cropped(image, size, scale)


def _cropped(image: Image.Image, size: tuple[int, int], scale: float) -> Image.Image:
    width = min(size[0] / scale, image.width)
    height = min(size[1] / scale, image.height)
    # Whole pixels: half of one would blur a picture that is cropped and not scaled.
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return _resample(image, size, (left, top, left + width, top + height))


def _padded(image: Image.Image, size: tuple[int, int], scale: float) -> Image.Image:
    width = max(1, min(size[0], round(image.width * scale)))
    height = max(1, min(size[1], round(image.height * scale)))
    canvas = Image.new(image.mode, size)  # zeros: black, or transparent
    corner = ((size[0] - width) // 2, (size[1] - height) // 2)
    canvas.paste(_resample(image, (width, height)), corner)
    return canvas


def _resample(
    image: Image.Image,
    size: tuple[int, int],
    box: tuple[float, float, float, float] | None = None,
) -> Image.Image:
    # A reducing gap of 3 shrinks big pictures much faster and can hardly be told from none
    # (Pillow's documentation of Image.resize).
    return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


SIZE_CHANGES = frozenset({"shrunk", "enlarged", "stretched", "padded", "cropped"})

PICTURES = FileKind(
    plural="images",
    examples=".png and .jpg",
    suffixes=frozenset(
        {".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm"}
        | {".pgm", ".pbm", ".pnm", ".tga", ".jp2", ".avif"}
    ),
    columns=("image", "img", "images", "picture", "photo"),
    feature="Image",
    largest_bytes=256 << 20,
    opener=_open,
)
