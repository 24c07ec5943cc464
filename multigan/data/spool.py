"""Pictures that can be gone through only once, kept in a temporary file for a second look.

Reading pictures takes two looks: one at their sizes, one at their pixels. A stream from the
network or a data set that computes its samples should be read once, so its pictures wait here.
"""

import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path

from PIL import Image

from multigan.data.decode import open_bytes
from multigan.data.readers import Item


class Spool:
    """Encoded pictures in a temporary file of `folder`, which vanishes when it is closed."""

    def __init__(self, folder: Path) -> None:
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
        """Keeps the file of one more picture."""
        self._spans.append((self._file.tell(), len(content)))
        self._file.write(content)
        self._hash.update(len(content).to_bytes(8, "big") + content)

    def items(self) -> Iterator[Item]:
        """Yields what was added, in order."""
        for index in range(len(self)):
            yield f"image {index}", partial(self._open, index)

    def close(self) -> None:
        """Removes the file."""
        self._file.close()

    def _open(self, index: int) -> Image.Image:
        start, length = self._spans[index]
        with self._lock:
            self._file.seek(start)
            content = self._file.read(length)
        return open_bytes(content)
