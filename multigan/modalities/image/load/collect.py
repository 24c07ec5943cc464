"""The second look: every picture decoded, brought to one size, and kept.

Shapes: K pictures of a chunk that could be read, C channels, H height, W width.
"""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from math import prod

import numpy as np

from multigan.data.parallel import chunks, map_in_order
from multigan.data.readers import Item, Reader
from multigan.data.report import Unreadable
from multigan.data.store import Store
from multigan.modalities.image.load.decode import Canvas, decode, reason
from multigan.modalities.image.load.options import ImageOptions
from multigan.modalities.image.load.survey import ITEMS_AT_ONCE, quiet, refuse_unreadable

BYTES_AT_ONCE = 2 << 20  # in one chunk; a few chunks for each processor are under way


@dataclass
class Tally:
    """What became of the pictures.

    Attributes:
        used: Positions, in the reader's order, of those that were kept.
        unreadable: The others.
        changes: How many had each change made to them.
    """

    used: list[int] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)


def collect(reader: Reader, canvas: Canvas, store: Store, options: ImageOptions) -> Tally:
    """Decodes every picture into `store`; stops at the first one too many that is unreadable."""
    tally = Tally()
    at_once = max(1, min(ITEMS_AT_ONCE, BYTES_AT_ONCE // prod(canvas.shape)))
    inputs = chunks(enumerate(reader.items()), at_once)
    with quiet(), closing(map_in_order(partial(_decode_all, canvas), inputs)) as parts:
        for pixels, part in parts:
            store.append(pixels)
            tally.used += part.used
            tally.unreadable += part.unreadable
            tally.changes += part.changes
            refuse_unreadable(tally.unreadable, reader, options)
    return tally


def _decode_all(canvas: Canvas, items: list[tuple[int, Item]]) -> tuple[np.ndarray, Tally]:
    tally = Tally()
    pixels = np.empty((len(items), *canvas.shape), dtype=np.uint8)
    for index, (name, opened) in items:
        try:
            with opened() as image:
                decoded, changes = decode(image, canvas)
        except Exception as error:  # Pillow's readers raise nearly everything on a damaged file
            tally.unreadable.append(Unreadable(name, reason(error)))
            continue
        pixels[len(tally.used)] = decoded
        tally.used.append(index)
        tally.changes.update(changes)
    return pixels[: len(tally.used)], tally
