"""What tells the files of one kind of data from all others."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class FileKind:
    """Files that a reader looks for.

    Attributes:
        plural: What people call them, e.g. "images".
        examples: Two of their suffixes, as a sentence has them.
        suffixes: All of them, in lower case, with the dot.
        columns: What a table's column of them is usually called, likeliest first.
        feature: What `datasets` calls the type of such a column.
        largest_bytes: A longer entry of a zip is none of them.
        open_file: Opens one from disk; what that gives is a context manager.
        open_bytes: Opens one in memory.
    """

    plural: str
    examples: str
    suffixes: frozenset[str]
    columns: tuple[str, ...]
    feature: str
    largest_bytes: int
    open_file: Callable[[Path], Any]
    open_bytes: Callable[[bytes], Any]
