"""A first look at all pictures' headers: which size and which colors the set will have."""

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from multigan.data.parallel import chunks, map_in_order
from multigan.data.readers import Item, Reader
from multigan.data.report import Unreadable, describe_unreadable
from multigan.errors import DataError
from multigan.modalities.image.load.decode import Canvas, Header, read_header, reason
from multigan.modalities.image.load.options import SIZE_STEP, ImageOptions

ITEMS_AT_ONCE = 16  # few, so that an interrupted program waits for few
SIZES_SHOWN = 3


@dataclass
class Survey:
    """How many pictures have which height and width, and which channels."""

    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    channels: Counter[int] = field(default_factory=Counter)
    unreadable: list[Unreadable] = field(default_factory=list)


def plan(reader: Reader, options: ImageOptions) -> Canvas:
    """Returns what every picture is brought to: what was asked for, else what most of them are.

    Raises:
        DataError: No size was asked for and the pictures do not share a usable one.
    """
    if options.shape is not None and options.channels is not None:
        return Canvas(*options.shape, options.channels, options.fit)
    survey = take(reader)
    refuse_unreadable(survey.unreadable, reader, options)
    height, width = options.shape or _shared_size(survey, reader.where)
    # On a tie the more colorful wins: colors can be taken away later.
    commonest = max(survey.channels, key=lambda c: (survey.channels[c], c))
    return Canvas(height, width, options.channels or commonest, options.fit)


def take(reader: Reader) -> Survey:
    """Looks at every picture's header."""
    survey = Survey()
    with quiet(), closing(map_in_order(_headers, chunks(reader.items(), ITEMS_AT_ONCE))) as parts:
        for headers, unreadable in parts:
            survey.sizes.update((header.height, header.width) for header in headers)
            survey.channels.update(header.channels for header in headers)
            survey.unreadable += unreadable
    return survey


def refuse_unreadable(unreadable: list[Unreadable], reader: Reader, options: ImageOptions) -> None:
    """Raises DataError if more pictures are unreadable than `options.max_unreadable` allows."""
    if len(unreadable) == reader.count:
        raise DataError(
            f"None of the {reader.count} images in {reader.where} can be read: "
            f"{describe_unreadable(unreadable)}"
        )
    if len(unreadable) > options.max_unreadable * reader.count:
        raise DataError(
            f"At least {len(unreadable)} of {reader.count} images in {reader.where} cannot be "
            f"read, more than the {options.max_unreadable:.2%} that are tolerated: "
            f"{describe_unreadable(unreadable)} Repair or remove them, or leave them out with a "
            "larger share, e.g. --set data.max_unreadable=0.1."
        )


def require_usable(height: int, width: int, where: str) -> None:
    """Raises DataError for a size that generators cannot build up."""
    if height % SIZE_STEP or width % SIZE_STEP or not height or not width:
        near = max(SIZE_STEP, round(min(height, width) / SIZE_STEP) * SIZE_STEP)
        raise DataError(
            f"The images in {where} are {width}x{height} (width x height); both must be multiples "
            f"of {SIZE_STEP}. State a size to resize them, e.g. --set data.size={near}."
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Silences Pillow's warnings: they tell of oddities that the report counts or that are none."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield


def _headers(items: list[Item]) -> tuple[list[Header], list[Unreadable]]:
    headers, unreadable = [], []
    for name, opened in items:
        try:
            with opened() as image:
                headers.append(read_header(image))
        except Exception as error:  # Pillow's readers raise nearly everything on a damaged file
            unreadable.append(Unreadable(name, reason(error)))
    return headers, unreadable


def _shared_size(survey: Survey, where: str) -> tuple[int, int]:
    if len(survey.sizes) > 1:
        shown = ", ".join(
            f"{width}x{height} ({count} images)"
            for (height, width), count in survey.sizes.most_common(SIZES_SHOWN)
        )
        more = len(survey.sizes) - SIZES_SHOWN
        raise DataError(
            f"The images in {where} have {len(survey.sizes)} different sizes (width x height): "
            f"{shown}{f' and {more} more sizes' if more > 0 else ''}. State one size for all, e.g. "
            "--set data.size=64; data.fit says whether they are cropped, padded or stretched."
        )
    (height, width) = next(iter(survey.sizes))
    require_usable(height, width, where)
    return height, width
