"""Raw samples by index, whatever holds them.

Shapes: N samples, B of them at a time, S the shape of one raw sample.
"""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.errors import DataError

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
        rows = torch.from_numpy(self._rows[indices[order].numpy()])
        if hasattr(mmap, "MADV_DONTNEED"):
            # Mapped pages count as the process's memory until the system wants them back. They
            # stay in the system's cache: this only drops our claim to them.
            self._map.madvise(mmap.MADV_DONTNEED)
        raw = torch.empty_like(rows)
        raw[order] = rows
        return raw, None if self.labels is None else self.labels[indices]


class DatasetSource:
    """A map-style torch data set, read sample by sample as training asks for them.

    It is for samples that do not come as image files or do not fit on the disk a second time;
    `load_images` reads a data set once and is faster from then on. Tensors and arrays are passed
    on unchanged; PIL images become uint8 (C, H, W).

    Args:
        dataset: Gives `sample` or `(sample, label)`; every sample has the same shape.
        condition: What the labels mean. None leaves labels unread.
    """

    def __init__(self, dataset: Any, condition: ConditionSpec | None = None) -> None:
        self.dataset = dataset
        self.condition = condition

    @property
    def device(self) -> torch.device:
        """The CPU, always."""
        return torch.device("cpu")

    def __len__(self) -> int:
        return len(self.dataset)

    def read(self, indices: Tensor) -> tuple[Tensor, Tensor | None]:
        """Reads the samples at `indices` one after the other and stacks them."""
        items = [self.dataset[index] for index in indices.tolist()]
        samples = [_stackable(_sample(item)) for item in items]
        shapes = sorted({tuple(sample.shape) for sample in samples})
        if len(shapes) > 1:
            raise DataError(
                f"The data set's samples have different shapes: {shapes[0]} and {shapes[1]}. "
                "Use load_images(dataset, size=...), which brings images to one size."
            )
        raw = torch.stack(samples)
        if self.condition is None:
            return raw, None
        return raw, torch.stack([torch.as_tensor(_label(item)) for item in items])


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
    except ValueError as error:
        raise DataError(f"It is not an array as numpy.save writes it: {error}.") from None
    if dtype.hasobject:
        raise DataError("It holds Python objects, which could run code when read. Save numbers.")
    return NpyHeader(shape, fortran, dtype, file.tell())


def _sample(item: Any) -> Any:
    return item[0] if isinstance(item, Sequence) else item


def _label(item: Any) -> Any:
    if isinstance(item, Sequence) and len(item) > 1:
        return item[1]
    raise DataError("The data set gives no labels, but a condition was stated. Leave it out.")


def _stackable(sample: Any) -> Tensor:
    if isinstance(sample, (Tensor, np.ndarray)):
        return to_tensor(sample)
    from multigan.data.decode import to_array  # Pillow is needed only for data sets of images

    return to_tensor(to_array(sample))
