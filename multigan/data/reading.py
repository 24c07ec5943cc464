"""The one way from files to a source: scan -> plan -> decode -> store -> report.

A kind of data whose files are decoded once says in a `Format` what differs. One that has its
samples in memory anyway needs none of it: a `Loaded` of a `TensorSource` and a `LoadReport` do.

Shapes: N samples, K of them at a time, S the shape of one.
"""

import time
from collections import Counter
from collections.abc import Callable, Hashable
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from math import prod
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch

from multigan.data.fingerprint import content_fingerprint
from multigan.data.labels import condition_spec
from multigan.data.loaded import (
    Loaded,
    StoredReport,
    Unreadable,
    describe_unreadable,
    refuse_unreadable,
)
from multigan.data.loader_options import StoredOptions
from multigan.data.origins import Origins
from multigan.data.parallel import chunks, map_in_order
from multigan.data.readers import Item, Reader, digest
from multigan.data.source import MappedSource, TensorSource
from multigan.data.store import (
    FileStore,
    MemoryStore,
    Store,
    read_cached,
    rows_file,
    write_cached,
)
from multigan.errors import DataError, MultiganError
from multigan.files import atomic_folder, building_alone

ITEMS_AT_ONCE = 16  # few, so that an interrupted program waits for few
BYTES_AT_ONCE = 2 << 20  # in one chunk; a few chunks for each processor are under way
NAMES_KEPT = 100  # of ignored files; their number is reported in any case


class Target(Protocol):
    """What every item is brought to."""

    @property
    def shape(self) -> tuple[int, ...]:
        """S."""


@dataclass
class Decoded:
    """What came of one item.

    Attributes:
        rows: (K, *S), one sample or several.
        changes: In the words that the report counts.
        left_out: How much was cut off, e.g. in samples of sound.
    """

    rows: np.ndarray
    changes: list[str] = field(default_factory=list)
    left_out: int = 0


@dataclass
class Tally:
    """What became of the items.

    Attributes:
        used: For each sample, the position of its item in the reader's order.
        unreadable: Items that gave none.
        changes: How many items had each change made to them.
        left_out: How much was cut off.
    """

    used: list[int] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)
    left_out: int = 0


H = TypeVar("H", bound=Hashable)
Opt = TypeVar("Opt", bound=StoredOptions)
T = TypeVar("T", bound=Target)
L = TypeVar("L", bound=Loaded)


@dataclass(frozen=True)
class Format(Generic[Opt, T, L]):
    """What differs between kinds of data that are decoded once and stored.

    Attributes:
        name: Begins the names of its folders in the cache.
        origins: Where it may come from.
        loaded: The class of a set of it.
        report: The class of its report.
        dtype: Of stored samples, as numpy writes it.
        settings: What else a decoded set depends on than its files.
        plan: Returns what every item is brought to, and how many samples there can be at most.
        decode: Brings an open item to that; raises for what it cannot use.
        reason: Says in a few words why it, or opening, raised.
        facts: Returns the report's own fields.
        ready: Returns what rows in memory are, (N, *S), if they can be used as they are.
        verb: What cannot be done with items that are left out.
    """

    name: str
    origins: Origins[Opt]
    loaded: type[L]
    report: type[StoredReport]
    dtype: str
    settings: Callable[[Opt], object]
    plan: Callable[[Reader, Opt], tuple[T, int]]
    decode: Callable[[Any, T], Decoded]
    reason: Callable[[BaseException], str]
    facts: Callable[[T, Tally], dict[str, Any]]
    ready: Callable[[Reader, Opt], T | None] = lambda reader, options: None
    verb: str = "read"

    @property
    def plural(self) -> str:
        """What people call the items."""
        return self.origins.files.plural

    def bytes(self, count: int, shape: tuple[int, ...]) -> int:
        """Returns what `count` samples take, of shape S."""
        return count * prod(shape) * np.dtype(self.dtype).itemsize


def load(data: Any, options: Opt, form: Format[Opt, T, L]) -> L:
    """Reads data: from the cache if it is there, else decoded anew.

    Raises:
        DataError: It cannot be read as asked; the message says what to do.
    """
    started = time.perf_counter()
    with form.origins.open(data, options) as reader:
        loaded = _read(reader, options, form)
    seconds = round(time.perf_counter() - started, 3)
    return replace(loaded, report=replace(loaded.report, seconds=seconds))


def scan(
    reader: Reader, header: Callable[[Any], H], reason: Callable[[BaseException], str]
) -> tuple[Counter[H], list[Unreadable]]:
    """Looks at every item's header, and returns how often there is each, and what has none."""
    headers, unreadable = Counter[H](), []
    look = partial(_headers, header, reason)
    with closing(map_in_order(look, chunks(reader.items(), ITEMS_AT_ONCE))) as parts:
        for found, bad in parts:
            headers.update(found)
            unreadable += bad
    return headers, unreadable


def refuse(
    unreadable: list[Unreadable],
    reader: Reader,
    options: StoredOptions,
    plural: str,
    verb: str = "read",
) -> None:
    """Raises DataError if more items are unreadable than `options.max_unreadable` allows."""
    what, most = f"{plural} in {reader.where}", options.max_unreadable
    if len(unreadable) == reader.count:
        raise DataError(
            f"None of the {reader.count} {what} can be read: {describe_unreadable(unreadable)}"
        )
    refuse_unreadable(unreadable, reader.count, what, most, at_least="At least ", verb=verb)


def _headers(
    header: Callable[[Any], H], reason: Callable[[BaseException], str], items: list[Item]
) -> tuple[list[H], list[Unreadable]]:
    headers, unreadable = [], []
    for name, opened in items:
        try:
            with opened() as item:
                headers.append(header(item))
        except MultiganError:
            raise  # a package is missing
        except Exception as error:  # Pillow, libsndfile and disks can raise nearly anything
            unreadable.append(Unreadable(name, reason(error)))
    return headers, unreadable


def _read(reader: Reader, options: Opt, form: Format[Opt, T, L]) -> L:
    if reader.count == 0:
        raise DataError(f"There are no {form.plural} in {reader.where}. Check how it was made.")
    given = form.ready(reader, options)
    if given is not None and reader.rows is not None:
        tally = Tally(list(range(reader.count)))
        return _in_memory(reader, given, TensorSource(reader.rows), tally, form)
    # The same files can have other labels: another field of their names, or new annotations.
    labels = digest(*map(str, reader.labels.values), *reader.labels.classes, *reader.labels.numbers)
    key = digest(reader.identity, labels, repr(form.settings(options)))
    folder = options.folder / f"{form.name}-{key}"
    cached = partial(_cached, folder, reader, options, form)
    stored = cached()
    if stored is not None:
        return stored
    target, most = form.plan(reader, options)
    if form.bytes(most, target.shape) > options.room:
        with building_alone(folder):
            stored = cached()  # another process may just have made it
            if stored is None:
                _build_cache(folder, reader, target, most, options, form)
                stored = cached()
        if stored is None:
            raise DataError(
                f"The {form.plural} written to {folder} cannot be read back. Is it full?"
            )
        return stored
    store = MemoryStore(most, target.shape, form.dtype)
    tally = decode_all(reader, target, store, options, form)
    return _in_memory(reader, target, TensorSource(store.rows), tally, form)


def decode_all(
    reader: Reader, target: T, store: Store, options: Opt, form: Format[Opt, T, L]
) -> Tally:
    """Decodes every item into `store`; stops at the first one too many that is unreadable."""
    tally = Tally()
    at_once = max(1, min(ITEMS_AT_ONCE, BYTES_AT_ONCE // form.bytes(1, target.shape)))
    inputs = chunks(enumerate(reader.items()), at_once)
    with closing(map_in_order(partial(_decode_chunk, form, target), inputs)) as parts:
        for rows, part in parts:
            store.append(rows)
            tally.used += part.used
            tally.unreadable += part.unreadable
            tally.changes += part.changes
            tally.left_out += part.left_out
            refuse(tally.unreadable, reader, options, form.plural, form.verb)
    return tally


def _decode_chunk(
    form: Format[Opt, T, L], target: T, items: list[tuple[int, Item]]
) -> tuple[np.ndarray, Tally]:
    tally, parts = Tally(), []
    for index, (name, opened) in items:
        try:
            with opened() as item:
                decoded = form.decode(item, target)
        except MultiganError:
            raise  # a package is missing
        except Exception as error:  # Pillow, libsndfile and disks can raise nearly anything
            tally.unreadable.append(Unreadable(name, form.reason(error)))
            continue
        parts.append(decoded.rows)
        tally.used += [index] * len(decoded.rows)
        tally.changes.update(decoded.changes)
        tally.left_out += decoded.left_out
    rows = np.empty((len(tally.used), *target.shape), form.dtype)
    return np.concatenate(parts, out=rows) if parts else rows, tally


def _build_cache(
    folder: Path, reader: Reader, target: T, most: int, options: Opt, form: Format[Opt, T, L]
) -> None:
    with atomic_folder(folder) as building:
        with closing(FileStore(rows_file(building), most, target.shape, form.dtype)) as store:
            tally = decode_all(reader, target, store, options, form)
        report = _report(reader, target, tally, form)
        report = replace(report, storage=f"memory-mapped at {folder}")
        write_cached(building, reader.labels.at(tally.used), report)


def _cached(folder: Path, reader: Reader, options: Opt, form: Format[Opt, T, L]) -> L | None:
    stored = read_cached(folder, form.report)
    if stored is None:
        return None
    mapped, report = stored
    refuse(list(report.unreadable), reader, options, form.plural, form.verb)
    if form.bytes(len(mapped), mapped.sample_shape) > options.room:
        return _loaded(mapped, report, reader, form)
    rows, _ = mapped.read(torch.arange(len(mapped)))  # there is more room now
    source = TensorSource(rows, mapped.labels, mapped.condition)
    return _loaded(source, replace(report, storage="memory"), reader, form)


def _in_memory(
    reader: Reader, target: T, rows: TensorSource, tally: Tally, form: Format[Opt, T, L]
) -> L:
    found = reader.labels.at(tally.used)
    labels = found.tensor()
    condition = condition_spec(found.classes, found.numbers, labels)
    source = replace(rows, labels=labels, condition=condition)
    return _loaded(source, _report(reader, target, tally, form), reader, form)


def _loaded(
    source: TensorSource | MappedSource,
    report: StoredReport,
    reader: Reader,
    form: Format[Opt, T, L],
) -> L:
    names = report.classes + report.numbers
    fingerprint = content_fingerprint(
        source, report.sample_shape, source.labels, names, reader.files
    )
    return form.loaded(source, report, fingerprint)


def _report(reader: Reader, target: T, tally: Tally, form: Format[Opt, T, L]) -> StoredReport:
    return form.report(
        where=reader.where,
        found=reader.count,
        used=len(tally.used),
        unreadable=tuple(tally.unreadable),
        ignored=reader.ignored[:NAMES_KEPT],
        num_ignored=len(reader.ignored),
        classes=reader.labels.classes,
        numbers=reader.labels.numbers,
        notes=reader.notes,
        **form.facts(target, tally),
    )
