"""Raw samples by index, whatever holds them.

Shapes: N samples, B of them at a time, S the shape of one raw sample.
"""

import mmap
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import IO, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.errors import DataError, first_line

# The share of a device's free memory that a data set may take. Networks, their gradients and
# activations need the rest.
DEVICE_SHARE = 0.3


class Source(Protocol):
    """Raw samples by index, and what they are conditioned on."""

    @property
    def condition(self) -> ConditionSpec | None:
        """The kind and names of the conditions, or None if there are none."""

    @property
    def device(self) -> torch.device:
        """Where `read` leaves what it reads."""

    def __len__(self) -> int: ...

    def read(self, indices: Tensor) -> tuple[Tensor, Tensor | None]:
        """Returns the raw samples (B, *S) and conditions (B, ...) at `indices` (B,) int64."""


@dataclass(frozen=True)
class TensorSource:
    """Samples held in one tensor, on any device.

    Attributes:
        raw: (N, *S).
        labels: (N,) int64 classes, (N, C) float vectors, or None.
        condition: What the labels mean.
    """

    raw: Tensor
    labels: Tensor | None = None
    condition: ConditionSpec | None = None

    def __post_init__(self) -> None:
        if self.labels is not None and len(self.labels) != len(self.raw):
            raise DataError(
                f"There are {len(self.raw)} samples but {len(self.labels)} labels. "
                "Give one label for each sample."
            )

    @property
    def device(self) -> torch.device:
        """Where the samples are."""
        return self.raw.device

    def __len__(self) -> int:
        return len(self.raw)

    def read(self, indices: Tensor) -> tuple[Tensor, Tensor | None]:
        """Returns copies of the rows at `indices`, on the source's device."""
        indices = indices.to(self.device)
        labels = None if self.labels is None else self.labels[indices]
        return self.raw[indices], labels

    def to(self, device: torch.device | str) -> "TensorSource":
        """Returns the same samples held on `device`."""
        labels = None if self.labels is None else self.labels.to(device)
        return replace(self, raw=self.raw.to(device), labels=labels)


@dataclass(frozen=True)
class Part:
    """Some of a source's samples.

    Attributes:
        whole: The source.
        chosen: (N,) int64, which of its samples, on the CPU.
    """

    whole: Source
    chosen: Tensor

    @property
    def condition(self) -> ConditionSpec | None:
        """The source's."""
        return self.whole.condition

    @property
    def device(self) -> torch.device:
        """The source's."""
        return self.whole.device

    def __len__(self) -> int:
        return len(self.chosen)

    def read(self, indices: Tensor) -> tuple[Tensor, Tensor | None]:
        """Returns the raw samples (B, *S) and conditions (B, ...) at `indices` (B,) int64."""
        return self.whole.read(self.chosen[indices.cpu()])


def part(source: Source, chosen: Tensor) -> Source:
    """Returns the samples `chosen` (N,) of a source; copies of them, where they are in memory."""
    if isinstance(source, TensorSource):
        return TensorSource(*source.read(chosen), source.condition)
    return Part(source, chosen)


class MappedSource:
    """Samples in a memory-mapped `.npy` file, with their labels in memory.

    The process's memory stays flat however large the file is: what a batch touched is handed back
    to the system after it was copied, where the system allows that.
    """

    def __init__(
        self, path: Path, labels: Tensor | None = None, condition: ConditionSpec | None = None
    ) -> None:
        self.path = Path(path)
        self.labels = labels
        self.condition = condition
        with self.path.open("rb") as file:
            header = read_npy_header(file)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if header.fortran or len(self._map) != header.offset + header.nbytes:
            self._map.close()
            raise DataError(
                f"{path} is not as it was written. Remove it, so that it is made again."
            )
        values = np.frombuffer(self._map, header.dtype, offset=header.offset)
        self._rows = values.reshape(header.shape)
        self._offset = header.offset
        if hasattr(mmap, "MADV_RANDOM"):
            # Shuffled rows have no neighbors that come next, so what the system reads ahead is
            # thrown away: beyond its cache that is most of the time (bench_mapped).
            self._map.madvise(mmap.MADV_RANDOM)

    @property
    def device(self) -> torch.device:
        """The CPU, always."""
        return torch.device("cpu")

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of one raw sample."""
        return self._rows.shape[1:]

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, indices: Tensor) -> tuple[Tensor, Tensor | None]:
        """Returns copies of the rows at `indices`, read in the order they have in the file."""
        order = indices.argsort()
        self._prefetch(indices)
        rows = torch.from_numpy(self._rows[indices[order].numpy()])
        if hasattr(mmap, "MADV_DONTNEED"):
            # Mapped pages count as the process's memory until the system wants them back. They
            # stay in the system's cache: this only drops our claim to them.
            self._map.madvise(mmap.MADV_DONTNEED)
        raw = torch.empty_like(rows)
        raw[order] = rows
        return raw, None if self.labels is None else self.labels[indices]

    def _prefetch(self, indices: Tensor) -> None:
        """Asks the system for a batch's rows all at once, instead of one after another."""
        if not hasattr(mmap, "MADV_WILLNEED"):
            return
        size = self._rows[:1].nbytes
        for index in indices.tolist():
            start = self._offset + index % len(self) * size
            page = start - start % mmap.PAGESIZE
            self._map.madvise(mmap.MADV_WILLNEED, page, start + size - page)


def resident(source: Source, device: torch.device | str) -> Source:
    """Returns `source` held on `device` if it fits there beside the networks, else itself."""
    device = torch.device(device)
    if not isinstance(source, TensorSource) or device.type != "cuda":
        return source
    free, _ = torch.cuda.mem_get_info(device)
    return source.to(device) if source.raw.nbytes <= DEVICE_SHARE * free else source


def to_tensor(values: Tensor | np.ndarray) -> Tensor:
    """Returns `values` as a tensor, without a copy where torch can do without one."""
    if isinstance(values, Tensor):
        return values
    if values.dtype.kind not in "buif" or values.dtype.itemsize > 8:
        raise DataError(f"An array of {values.dtype} cannot be learned. Give numbers.")
    if values.dtype.kind == "u" and values.dtype.itemsize > 1:
        values = values.astype(np.int64)  # torch has hardly any arithmetic on these
    elif not values.dtype.isnative:
        values = values.astype(values.dtype.newbyteorder("="))
    # torch warns of arrays that must not be written to, and refuses those that run backwards.
    usable = values.flags.writeable and all(stride >= 0 for stride in values.strides)
    return torch.from_numpy(values if usable else values.copy())


class NpyHeader(NamedTuple):
    """What a `.npy` file says of itself: the values start at `offset`."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype
    offset: int

    @property
    def nbytes(self) -> int:
        """How many bytes the values take."""
        return prod(self.shape) * self.dtype.itemsize


def read_npy_header(file: IO[bytes]) -> NpyHeader:
    """Reads the beginning of an open `.npy` file.

    Raises:
        DataError: It is no such file, or it holds Python objects.
    """
    try:
        version = np.lib.format.read_magic(file)
        old = version == (1, 0)
        read = np.lib.format.read_array_header_1_0 if old else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file)
    except Exception as error:  # the header is Python code, which can be broken in many ways
        line = first_line(error)
        raise DataError(f"It is not an array as numpy.save writes it: {line}.") from None
    if dtype.hasobject:
        raise DataError("It holds Python objects, which could run code when read. Save numbers.")
    if dtype.kind not in "buif" or dtype.itemsize > 8:
        raise DataError(f"It holds {dtype}. Save whole numbers, or floats of 64 bits at most.")
    if any(isinstance(size, bool) or size < 0 for size in shape):
        raise DataError(f"It claims the shape {shape}, which nothing can have.")
    return NpyHeader(shape, fortran, dtype, file.tell())
