"""Where decoded pictures are kept: in memory if they fit, else in a memory-mapped file.

Shapes: N images, K of them at a time, C channels, H height, W width.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from torch import Tensor

from multigan.data.report import LoadReport
from multigan.data.source import MappedSource
from multigan.errors import ConfigError, DataError
from multigan.files import write_json

VERSION = 1  # of the layout of a cached set; raising it makes all of them be built anew
FALLBACK_MEMORY = 4 << 30


class MemoryStore:
    """Room for `count` decoded pictures in one tensor."""

    def __init__(self, count: int, shape: tuple[int, int, int]) -> None:
        self._rows = torch.empty((count, *shape), dtype=torch.uint8)
        self._used = 0

    def append(self, pixels: np.ndarray) -> None:
        """Adds pictures (K, C, H, W) uint8."""
        self._rows[self._used : self._used + len(pixels)] = torch.from_numpy(pixels)
        self._used += len(pixels)

    @property
    def pixels(self) -> Tensor:
        """All pictures so far, (N, C, H, W) uint8."""
        return self._rows[: self._used]


class FileStore:
    """A `.npy` file that grows by the pictures appended to it."""

    def __init__(self, path: Path, count: int, shape: tuple[int, int, int]) -> None:
        needed, free = count * int(np.prod(shape)), shutil.disk_usage(path.parent).free
        if needed > free:
            raise DataError(
                f"Decoded, the images take {needed / 1e9:.1f} GB, which is neither free in memory "
                f"nor on the disk of {path.parent.parent} ({free / 1e9:.1f} GB). Set "
                "MULTIGAN_CACHE to a folder on a larger disk, or choose a smaller size."
            )
        self._shape = shape
        self._used = 0
        self._file: BinaryIO = path.open("wb")
        self._write_header(count)

    def append(self, pixels: np.ndarray) -> None:
        """Adds pictures (K, C, H, W) uint8."""
        self._file.write(np.ascontiguousarray(pixels).data)
        self._used += len(pixels)

    def close(self) -> None:
        """Ends the file, with the number of pictures it really holds."""
        # The header has room to spare, so it keeps its length when this number is another one.
        self._file.seek(0)
        self._write_header(self._used)
        self._file.close()

    def _write_header(self, count: int) -> None:
        shape = (count, *self._shape)
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)


def available_memory() -> int:
    """Returns how many bytes of memory this process could still take."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        fields = dict(line.split(":", 1) for line in lines)
        free = int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        free = _installed_memory()
    try:  # a container may have less than the machine
        return min(free, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    except (OSError, ValueError):
        return free


def cache_root(cache: Path | str | None) -> Path:
    """Returns the folder for decoded sets: `cache`, or $MULTIGAN_CACHE, or ~/.cache/multigan."""
    if not isinstance(cache, (str, Path, type(None))):
        raise ConfigError(f"cache is {cache!r}, but must be a folder, or null for the usual one.")
    return Path(cache or os.environ.get("MULTIGAN_CACHE") or Path.home() / ".cache" / "multigan")


def write_cached(folder: Path, labels: list[int], report: LoadReport) -> None:
    """Completes a cached set whose pixels are in `folder` already."""
    np.save(folder / "labels.npy", np.asarray(labels, dtype=np.int64))
    write_json(folder / "report.json", {"version": VERSION, **report.to_json()})


def read_cached(folder: Path) -> tuple[MappedSource, Tensor | None, LoadReport] | None:
    """Returns a cached set, or None if there is none or it is damaged: then it is made again."""
    try:
        stored: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        if stored["version"] != VERSION:
            return None
        report = LoadReport.from_json(stored)
        labels = torch.from_numpy(np.load(folder / "labels.npy", allow_pickle=False))
        source = MappedSource(folder / "pixels.npy")
    except (OSError, EOFError, KeyError, TypeError, ValueError):  # DataError is a ValueError
        return None
    shape = (report.channels, report.height, report.width)
    expected = report.used if report.classes else 0
    if len(source) != report.used or source.sample_shape != shape or len(labels) != expected:
        return None
    return source, labels if report.classes else None, report


def _installed_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return FALLBACK_MEMORY
