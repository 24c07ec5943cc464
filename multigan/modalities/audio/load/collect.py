"""The second look: every sound decoded, fitted, and kept.

Shapes: K clips of a chunk, C channels, T samples.
"""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from multigan.data.parallel import chunks, map_in_order
from multigan.data.readers import Item, Reader
from multigan.data.report import Unreadable, describe_unreadable
from multigan.data.store import Store
from multigan.errors import DataError, MultiganError
from multigan.modalities.audio.load.decode import Target, decode, reason
from multigan.modalities.audio.load.options import AudioOptions

ITEMS_AT_ONCE = 16


@dataclass
class Tally:
    """What became of the sounds.

    Attributes:
        used: For each clip, the position of its file in the reader's order.
        unreadable: Files that gave none.
        changes: How many files had each change made to them.
        left_out: Samples that were cut off.
    """

    used: list[int] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)
    left_out: int = 0


def collect(reader: Reader, target: Target, store: Store, options: AudioOptions) -> Tally:
    """Decodes every sound into `store`; stops at the first one too many that is unreadable."""
    tally = Tally()
    inputs = chunks(enumerate(reader.items()), ITEMS_AT_ONCE)
    with closing(map_in_order(partial(_decode_all, target), inputs)) as parts:
        for clips, part in parts:
            store.append(clips)
            tally.used += part.used
            tally.unreadable += part.unreadable
            tally.changes += part.changes
            tally.left_out += part.left_out
            refuse_unreadable(tally.unreadable, reader, options)
    return tally


def refuse_unreadable(unreadable: list[Unreadable], reader: Reader, options: AudioOptions) -> None:
    """Raises DataError if more sounds are unreadable than `options.max_unreadable` allows."""
    if unreadable and len(unreadable) == reader.count:
        raise DataError(
            f"None of the {reader.count} sounds in {reader.where} can be read: "
            f"{describe_unreadable(unreadable)}"
        )
    if len(unreadable) > options.max_unreadable * reader.count:
        raise DataError(
            f"At least {len(unreadable)} of {reader.count} sounds in {reader.where} cannot be "
            f"used, more than the {options.max_unreadable:.2%} that are tolerated: "
            f"{describe_unreadable(unreadable)} Repair or remove them, or leave them out with a "
            "larger share, e.g. --set data.max_unreadable=0.1."
        )


def _decode_all(target: Target, items: list[tuple[int, Item]]) -> tuple[np.ndarray, Tally]:
    tally = Tally()
    clips = [np.empty((0, *target.shape), dtype=np.int16)]
    for index, (name, opened) in items:
        try:
            with opened() as sound:
                decoded = decode(sound, target)
        except MultiganError:
            raise  # a package is missing
        except Exception as error:  # libsndfile and files on disks can raise nearly anything
            tally.unreadable.append(Unreadable(name, reason(error)))
            continue
        clips.append(decoded.clips)
        tally.used += [index] * len(decoded.clips)
        tally.changes.update(decoded.changes)
        tally.left_out += decoded.left_out
    return np.concatenate(clips), tally
