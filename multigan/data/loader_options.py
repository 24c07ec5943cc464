"""What loaders of several kinds of data take, each option once; see `multigan.typed`."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from multigan.data.store import available_memory, cache_root
from multigan.errors import DataError
from multigan.typed import AtLeast, Share


@dataclass(frozen=True)
class LoaderOptions:
    """Options of every loader."""

    split: str = "train"
    """Which part of data that has parts: train, test, validation, or all, as far as it has them.
    Other data has none but train and all, which are all of it."""

    limit: Annotated[int | None, AtLeast(1)] = None
    """Use this many, spread evenly over all of them (of a stream, the first)."""

    max_unreadable: Share = 0.01
    """The share of files or texts that may be unreadable; they are left out and listed."""

    known_classes: tuple[str, ...] = ()
    """Classes that a generator knows, which is tuned to these data: theirs are numbered after them.
    Data without classes are then one, called new."""

    streaming: bool = False
    """Read from the Hub without storing the whole data set first."""


@dataclass(frozen=True)
class StoredOptions(LoaderOptions):
    """Options of loaders that decode what they read, once, and store it."""

    label_column: str | tuple[str, ...] | None = None
    """Of a table or of metadata.csv, where the classes are; null looks for it. A column of floats
    or of lists of numbers holds numbers instead; several columns hold one each."""

    memory_bytes: Annotated[int | None, AtLeast(0)] = None
    """How much the decoded data may take in memory; more than that goes to a memory-mapped file in
    `cache`. Null means half of the memory that is available."""

    cache: Path | None = None
    """The folder for such files. Null means $MULTIGAN_CACHE, or ~/.cache/multigan."""

    @cached_property
    def room(self) -> int:
        """`memory_bytes`, or what this machine has."""
        return available_memory() // 2 if self.memory_bytes is None else self.memory_bytes

    @property
    def folder(self) -> Path:
        """`cache`, or what this user has."""
        return cache_root(self.cache)

    @property
    def content_column(self) -> str | None:
        """Of a table, where the samples are; None looks for it."""
        return None

    @property
    def one_label_column(self) -> str | None:
        """The column that tables outside of Parquet files take labels from.

        Raises:
            DataError: There are several.
        """
        if isinstance(self.label_column, tuple):
            raise DataError(
                "Only Parquet files take their labels from several columns. Name one column, or "
                "save the data set as Parquet."
            )
        return self.label_column
