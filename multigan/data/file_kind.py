"""What tells the files of one kind of data from all others."""

import stat
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any


def not_plain(path: Path) -> str:
    """Returns what a path leads to that could be read for ever or never; "" for a plain file."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        kind = "a link that leads nowhere" if path.is_symlink() else "a path that cannot be read"
        return f"{kind} ({error.strerror})"
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder"}
    return "" if stat.S_ISREG(mode) else kinds.get(stat.S_IFMT(mode), "a device")


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
        if reason := not_plain(path):
            raise ValueError(f"it is {reason}")
        if path.stat().st_size == 0:
            raise ValueError("it is empty")
        return self.opener(path)

    def open_bytes(self, content: bytes) -> Any:
        """Opens a file's content."""
        if not content:
            raise ValueError("it is empty")
        return self.opener(BytesIO(content))
