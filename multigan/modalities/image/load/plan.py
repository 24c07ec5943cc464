"""Which size and which colors a set of images will have, from what all headers say."""

from collections import Counter

from multigan.data.readers import Reader
from multigan.data.reading import refuse, scan
from multigan.errors import DataError
from multigan.modalities.image.load.decode import Canvas, read_header, reason
from multigan.modalities.image.load.options import SIZE_STEP, ImageOptions

SIZES_SHOWN = 3


def plan(reader: Reader, options: ImageOptions) -> tuple[Canvas, int]:
    """Returns what every picture is brought to, and how many there are.

    That is what was asked for, else what most of them are.

    Raises:
        DataError: No size was asked for and the pictures do not share a usable one.
    """
    if options.shape is not None and options.channels is not None:
        return Canvas(*options.shape, options.channels, options.fit, options.bits), reader.count
    headers, unreadable = scan(reader, read_header, reason)
    refuse(unreadable, reader, options, "images")
    sizes, channels = Counter[tuple[int, int]](), Counter[int]()
    for header, count in headers.items():
        sizes[header.height, header.width] += count
        channels[header.channels] += count
    height, width = options.shape or _shared_size(sizes, reader.where)
    # On a tie the more colorful wins: colors can be taken away later.
    commonest = max(channels, key=lambda c: (channels[c], c))
    chosen = options.channels or commonest
    return Canvas(height, width, chosen, options.fit, options.bits), reader.count


def as_they_are(reader: Reader, options: ImageOptions) -> Canvas | None:
    """Returns what images in memory are, (N, C, H, W), if that is what was asked for.

    They may have as many channels as they like.
    """
    if reader.rows is None:
        return None
    _, channels, *size = reader.rows.shape
    if options.shape not in (None, tuple(size)) or options.channels not in (None, channels):
        return None
    height, width = size
    _require_usable(height, width, reader.where)
    return Canvas(height, width, channels, options.fit)


def _require_usable(height: int, width: int, where: str) -> None:
    """Raises DataError for a size that generators cannot build up."""
    if height % SIZE_STEP or width % SIZE_STEP or not height or not width:
        near = max(SIZE_STEP, round(min(height, width) / SIZE_STEP) * SIZE_STEP)
        raise DataError(
            f"The images in {where} are {width}x{height} (width x height); both must be multiples "
            f"of {SIZE_STEP}. State a size to resize them, e.g. --set data.size={near}."
        )


def _shared_size(sizes: Counter[tuple[int, int]], where: str) -> tuple[int, int]:
    if len(sizes) > 1:
        shown = ", ".join(
            f"{width}x{height} ({count} images)"
            for (height, width), count in sizes.most_common(SIZES_SHOWN)
        )
        more = len(sizes) - SIZES_SHOWN
        raise DataError(
            f"The images in {where} have {len(sizes)} different sizes (width x height): "
            f"{shown}{f' and {more} more sizes' if more > 0 else ''}. State one size for all, e.g. "
            "--set data.size=64; data.fit says whether they are cropped, padded or stretched."
        )
    (height, width) = next(iter(sizes))
    _require_usable(height, width, where)
    return height, width
