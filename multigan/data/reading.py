"""The one way from files to a source: scan -> plan -> decode -> store -> report.

A kind of data whose files are decoded once says in a `Format` what differs. One that has its
samples in memory anyway needs none of it: a `Loaded` of a `TensorSource` and a `LoadReport` do.

Shapes: N samples, K of them at a time, S the shape of one.
"""

import time
from collections import Counter
from collections.abc import Callable, Generator, Hashable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import prod
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor

from multigan.data.fingerprint import content_fingerprint
from multigan.data.loaded import (
    Loaded,
    LoadReport,
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
X = TypeVar("X")

# What came of items by position, and the unreadable ones.
Attempted = tuple[list[tuple[int, X]], list[Unreadable]]


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
        decode: `(item, target) -> Decoded` brings an open item to that; raises for what it cannot
            use.
        reason: Says in a few words why it, or opening, raised.
        facts: Returns the report's own fields.
        ready: Returns what rows in memory are, (N, *S), if they can be used as they are.
        verb: What cannot be done with items that are left out.
    """

    name: str
    origins: Origins[Opt]
    loaded: type[L]
    report: type[LoadReport]
    dtype: str
    settings: Callable[[Opt], object]
    plan: Callable[[Reader, Opt], tuple[T, int]]
    decode: Callable[..., Decoded]
    reason: Callable[[BaseException], str]
    facts: Callable[[T, Tally], dict[str, Any]]
    ready: Callable[[Reader, Opt], T | None] = lambda reader, options: None
    verb: str = "read"


def load(data: Any, options: Opt, form: Format[Opt, T, L]) -> L:
    """Reads data: from the cache if it is there, else decoded anew.

    Raises:
        DataError: It cannot be read as asked; the message says what to do.
    """
    started = time.perf_counter()
    with form.origins.open(data, options) as reader:
        loaded = Reading(reader, options, form).load()
    seconds = round(time.perf_counter() - started, 3)
    return replace(loaded, report=replace(loaded.report, seconds=seconds))


def scan(
    reader: Reader, header: Callable[[Any], H], reason: Callable[[BaseException], str]
) -> tuple[Counter[H], list[Unreadable]]:
    """Looks at every item's header, and returns how often there is each, and what has none."""
    headers, unreadable = Counter[H](), []
    with closing(_attempts(reader, header, reason, ITEMS_AT_ONCE)) as parts:
        for found, bad in parts:
            headers.update(one for _, one in found)
            unreadable += bad
    return headers, unreadable


def refuse(
    unreadable: Sequence[Unreadable],
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


@dataclass(frozen=True)
class Reading(Generic[Opt, T, L]):
    """One reader's items on their way into a set."""

    reader: Reader
    options: Opt
    form: Format[Opt, T, L]

    def load(self) -> L:
        """Returns the set: as it is in memory, or from the cache, or decoded anew."""
        reader, options, form = self.reader, self.options, self.form
        if reader.count == 0:
            raise DataError(
                f"There are no {self._plural} in {reader.where}. Check how it was made."
            )
        given = form.ready(reader, options)
        if given is not None and reader.rows is not None:
            return self._in_memory(given, reader.rows, Tally(list(range(reader.count))))
        stored = self._cached()
        if stored is not None:
            return stored
        target, most = form.plan(reader, options)
        if self._bytes(most, target.shape) > options.room:
            return self._mapped(target, most)
        store = MemoryStore(most, target.shape, form.dtype)
        tally = self.decode(target, store)
        return self._in_memory(target, store.rows, tally)

    def decode(self, target: T, store: Store) -> Tally:
        """Decodes every item into `store`; stops at the first one too many that is unreadable."""
        tally, decode = Tally(), partial(self.form.decode, target=target)
        at_once = max(1, min(ITEMS_AT_ONCE, BYTES_AT_ONCE // self._bytes(1, target.shape)))
        with closing(_attempts(self.reader, decode, self.form.reason, at_once)) as parts:
            for found, unreadable in parts:
                for index, one in found:
                    store.append(one.rows)
                    tally.used += [index] * len(one.rows)
                    tally.changes.update(one.changes)
                    tally.left_out += one.left_out
                tally.unreadable += unreadable
                self._refuse(tally.unreadable)
        return tally

    @property
    def _plural(self) -> str:
        return self.form.origins.files.plural

    @cached_property
    def _folder(self) -> Path:
        reader, form = self.reader, self.form
        values, classes, numbers = reader.labels
        # The same files can have other labels: another field of their names, or new annotations.
        labels = digest(*map(str, values), *classes, *numbers)
        key = digest(reader.identity, labels, repr(form.settings(self.options)))
        return self.options.folder / f"{form.name}-{key}"

    def _bytes(self, count: int, shape: tuple[int, ...]) -> int:
        return count * prod(shape) * np.dtype(self.form.dtype).itemsize

    def _refuse(self, unreadable: Sequence[Unreadable]) -> None:
        refuse(unreadable, self.reader, self.options, self._plural, self.form.verb)

    def _mapped(self, target: T, most: int) -> L:
        """Returns the set from the cache, where one process at a time makes it."""
        with building_alone(self._folder):
            stored = self._cached()  # another process may just have made it
            if stored is None:
                self._write_cache(target, most)
                stored = self._cached()
        if stored is None:
            raise DataError(
                f"The {self._plural} written to {self._folder} cannot be read back. Is it full?"
            )
        return stored

    def _write_cache(self, target: T, most: int) -> None:
        with atomic_folder(self._folder) as folder:
            with closing(
                FileStore(rows_file(folder), most, target.shape, self.form.dtype)
            ) as store:
                tally = self.decode(target, store)
            storage = f"memory-mapped at {self._folder}"
            report = replace(self._report(target, tally), storage=storage)
            write_cached(folder, self.reader.labels.at(tally.used), report)

    def _cached(self) -> L | None:
        stored = read_cached(self._folder, self.form.report)
        if stored is None:
            return None
        source, report = stored
        self._refuse(report.unreadable)
        if self._bytes(len(source), source.sample_shape) > self.options.room:
            return self._set(source, report)
        rows, _ = source.read(torch.arange(len(source)))  # there is more room now
        held = TensorSource(rows, source.labels, source.condition)
        return self._set(held, replace(report, storage="memory"))

    def _in_memory(self, target: T, rows: Tensor, tally: Tally) -> L:
        labels, condition = self.reader.labels.at(tally.used).tensors()
        return self._set(TensorSource(rows, labels, condition), self._report(target, tally))

    def _set(self, source: TensorSource | MappedSource, report: LoadReport) -> L:
        names = report.classes + report.numbers
        fingerprint = content_fingerprint(
            source, report.sample_shape, source.labels, names, self.reader.files
        )
        return self.form.loaded(source, report, fingerprint)

    def _report(self, target: T, tally: Tally) -> LoadReport:
        return self.form.report(
            where=self.reader.where,
            found=self.reader.count,
            used=len(tally.used),
            unreadable=tuple(tally.unreadable),
            ignored=self.reader.ignored[:NAMES_KEPT],
            num_ignored=len(self.reader.ignored),
            classes=self.reader.labels.classes,
            numbers=self.reader.labels.numbers,
            notes=self.reader.notes,
            **self.form.facts(target, tally),
        )


def _attempts(
    reader: Reader, use: Callable[[Any], X], reason: Callable[[BaseException], str], at_once: int
) -> Generator[Attempted[X], None, None]:
    """Opens and uses all items in threads, a few at once, in order."""
    return map_in_order(partial(_attempt, use, reason), chunks(enumerate(reader.items()), at_once))


def _attempt(
    use: Callable[[Any], X], reason: Callable[[BaseException], str], items: list[tuple[int, Item]]
) -> Attempted[X]:
    found, unreadable = [], []
    for index, (name, opened) in items:
        try:
            with opened() as item:
                found.append((index, use(item)))
        except MultiganError:
            raise  # a package is missing
        except Exception as error:  # Pillow, libsndfile and disks can raise nearly anything
            unreadable.append(Unreadable(name, reason(error)))
    return found, unreadable
