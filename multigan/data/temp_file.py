"""Files that can be gone through only once, kept in a temporary file for a second look.

Reading takes two looks: one at the headers, one at the contents. A stream from the network or a
data set that computes its samples should be read once, so its files wait here.
"""

import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from multigan.data.file_kind import FileKind
from multigan.data.labels import Labels
from multigan.data.readers import Item, Reader


class TempFile:
    """Encoded files in a temporary file of `folder`, which vanishes when it is closed."""

    def __init__(self, folder: Path, kind: FileKind) -> None:
        self._kind = kind
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed by `close`
        self._spans: list[tuple[int, int]] = []
        self._lock = threading.Lock()
        self._hash = blake2b(digest_size=12)

    def __len__(self) -> int:
        return len(self._spans)

    @property
    def identity(self) -> str:
        """Depends on all bytes that were added."""
        return self._hash.hexdigest()

    def add(self, content: bytes) -> None:
        """Keeps the content of one more file."""
        self._spans.append((self._file.tell(), len(content)))
        self._file.write(content)
        self._hash.update(len(content).to_bytes(8, "big") + content)

    def reader(self, where: str, labels: Labels, notes: tuple[str, ...] = ()) -> Reader:
        """Returns a reader of what was added, which closes the file."""
        identity, count = self.identity, len(self)
        return Reader(
            where, identity, self.items, count, labels, (), notes, identity, close=self.close
        )

    def items(self) -> Iterator[Item]:
        """Yields what was added, in order."""
        for index in range(len(self)):
            yield f"{self._kind.plural}[{index}]", partial(self._open, index)

    def close(self) -> None:
        """Removes the file."""
        self._file.close()

    def _open(self, index: int) -> Any:
        start, length = self._spans[index]
        with self._lock:
            self._file.seek(start)
            content = self._file.read(length)
        return self._kind.open_bytes(content)
