"""What tells the files of one kind of data from all others."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
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
        opener: Opens one, on disk or in memory; what that gives is a context manager.
    """

    plural: str
    examples: str
    suffixes: frozenset[str]
    columns: tuple[str, ...]
    feature: str
    largest_bytes: int
    opener: Callable[[Path | BytesIO], Any]

    def open_file(self, path: Path) -> Any:
        """Opens a file; what it holds is decoded when it is needed."""
        if path.stat().st_size == 0:
            raise ValueError("it is empty")
        return self.opener(path)

    def open_bytes(self, content: bytes) -> Any:
        """Opens a file's content."""
        if not content:
            raise ValueError("it is empty")
        return self.opener(BytesIO(content))
