"""Where decoded samples are kept: in memory if they fit, else in a memory-mapped file.

Shapes: N samples, K of them at a time, S the shape of one: (C, H, W) for images, (C, T) for sounds.
"""

import json
import os
import shutil
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor

from multigan.data.labels import Labels, condition_spec
from multigan.data.loaded import LoadReport
from multigan.data.source import MappedSource
from multigan.errors import DataError
from multigan.files import write_json

VERSION = 1  # of the layout of a cached set; raising it makes all of them be built anew
FALLBACK_MEMORY = 4 << 30


R = TypeVar("R", bound=LoadReport)


class Store(Protocol):
    """What takes decoded samples, one chunk after the other."""

    def append(self, samples: np.ndarray) -> None:
        """Adds samples (K, *S) of a chunk."""


class MemoryStore:
    """Room for at most `count` decoded samples in one tensor."""

    def __init__(self, count: int, shape: tuple[int, ...], dtype: str = "|u1") -> None:
        self._rows = np.empty((count, *shape), dtype)
        self._used = 0

    def append(self, samples: np.ndarray) -> None:
        """Adds samples (K, *S)."""
        self._rows[self._used : self._used + len(samples)] = samples
        self._used += len(samples)

    @property
    def rows(self) -> Tensor:
        """All samples so far, (N, *S)."""
        return torch.from_numpy(self._rows[: self._used])


class FileStore:
    """A `.npy` file that grows by the samples appended to it."""

    def __init__(self, path: Path, count: int, shape: tuple[int, ...], dtype: str = "|u1") -> None:
        needed = count * int(np.prod(shape)) * np.dtype(dtype).itemsize
        free = shutil.disk_usage(path.parent).free
        if needed > free:
            raise DataError(
                f"Decoded, the data takes {needed / 1e9:.1f} GB, which is neither free in memory "
                f"nor on the disk of {path.parent.parent} ({free / 1e9:.1f} GB). Set "
                "MULTIGAN_CACHE to a folder on a larger disk, or choose a smaller size."
            )
        self._shape = shape
        self._dtype = dtype
        self._used = 0
        self._file: BinaryIO = path.open("wb")
        self._write_header(count)

    def append(self, samples: np.ndarray) -> None:
        """Adds samples (K, *S)."""
        self._file.write(np.ascontiguousarray(samples, dtype=self._dtype).data)
        self._used += len(samples)

    def close(self) -> None:
        """Ends the file, with the number of samples it really holds."""
        # The header has room to spare, so it keeps its length when this number is another one.
        self._file.seek(0)
        self._write_header(self._used)
        self._file.close()

    def _write_header(self, count: int) -> None:
        shape = (count, *self._shape)
        header = {"descr": self._dtype, "fortran_order": False, "shape": shape}
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
    return Path(cache or os.environ.get("MULTIGAN_CACHE") or Path.home() / ".cache" / "multigan")


def write_cached(folder: Path, labels: Labels, report: LoadReport) -> None:
    """Completes a cached set whose samples are in `folder` already, as `rows_file` names them."""
    kind = np.float32 if labels.numbers else np.int64
    np.save(folder / "labels.npy", np.asarray(labels.values, dtype=kind))
    write_json(folder / "report.json", {"version": VERSION, **report.to_json()})


def read_cached(folder: Path, kind: type[R]) -> tuple[MappedSource, R] | None:
    """Returns a cached set, or None if there is none or it is damaged: then it is made again.

    Args:
        folder: Where it is.
        kind: The class of its report.
    """
    try:
        stored = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        if stored["version"] != VERSION:
            return None
        report = kind.from_json(stored)
        labels = torch.from_numpy(np.load(folder / "labels.npy", allow_pickle=False))
        source = MappedSource(rows_file(folder))
    except (OSError, EOFError, KeyError, TypeError, ValueError):  # DataError is a ValueError
        return None
    labelled = bool(report.classes or report.numbers)
    expected = (report.used, report.sample_shape, report.used if labelled else 0)
    if (len(source), source.sample_shape, len(labels)) != expected:
        return None
    if labelled:
        source.labels = labels
        source.condition = condition_spec(report.classes, report.numbers, labels)
    return source, report


def rows_file(folder: Path) -> Path:
    """Returns where a cached set's samples are."""
    return folder / "samples.npy"


def _installed_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return FALLBACK_MEMORY
