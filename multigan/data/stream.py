"""Endless batches that are a pure function of (seed, position).

The data set is repeated for ever, each epoch in its own order, and batch `i` of size B covers the
positions [i * B, (i + 1) * B) of that row. Nothing is dropped at the end of an epoch, and nothing
has to be remembered to go on from any batch.

Shapes: N samples in the source, B in a batch over all processes, S the shape of one sample.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TypeVar

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.core.objective import Batch
from multigan.data.source import Source, resident
from multigan.errors import ConfigError, DataError

T = TypeVar("T")


def epoch_spans(start: int, stop: int, length: int) -> Iterator[tuple[int, int, int]]:
    """Cuts positions [start, stop) of an endless row of epochs at the epochs' borders.

    Yields:
        `(epoch, first, last)`: positions [first, last) inside that epoch of `length` samples.

    Example:
        >>> list(epoch_spans(8, 13, length=5))
        [(1, 3, 5), (2, 0, 3)]
    """
    while start < stop:
        epoch, first = divmod(start, length)
        last = min(length, first + stop - start)
        yield epoch, first, last
        start += last - first


def read_ahead(read: Callable[[int], T], start: int) -> Iterator[T]:
    """Yields `read(start)`, `read(start + 1)`, ... and has a thread make the next one meanwhile.

    At most one read is ever under way, so closing the iterator, an error and the end of the
    program all wait for that one and for nothing else.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="multigan-read") as reader:
        upcoming = reader.submit(read, start)
        for index in count(start + 1):
            ready = upcoming.result()
            upcoming = reader.submit(read, index)
            yield ready


class Stream:
    """Encoded batches from a source, shuffled anew in every epoch, without end.

    Args:
        source: Where raw samples come from. It is moved to `device` if it fits there.
        encode: Turns a raw batch (B, ...) into samples (B, *S); runs on `device`.
        batch_size: How many samples one training step sees, over all processes together.
        seed: With the epoch's number, fixes the epoch's order.
        device: Where batches are needed.
        rank: Which process this is.
        world_size: How many processes share every batch. It does not change what a batch holds.
    """

    def __init__(
        self,
        source: Source,
        encode: Callable[[Tensor], Tensor],
        batch_size: int,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if len(source) == 0:
            raise DataError("The source holds no samples. Check where the data is read from.")
        if batch_size < 1 or world_size < 1 or batch_size % world_size:
            raise ConfigError(
                f"A batch of {batch_size} cannot be shared by {world_size} processes. "
                f"Choose a batch size that is a multiple of {max(world_size, 1)}."
            )
        if not 0 <= rank < world_size:
            raise ConfigError(f"Process {rank} is not one of 0 to {world_size - 1}.")
        self.device = torch.device(device)
        self.source = resident(source, self.device)
        self.encode = encode
        self.batch_size = batch_size
        self.seed = seed
        self.rank = rank
        self.world_size = world_size
        self._orders: dict[int, Tensor] = {}

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """Yields batches `start`, `start + 1`, ... without end: this process's rows of each."""
        if start < 0:
            raise ConfigError(f"Batches are counted from 0, but the first asked for is {start}.")
        ahead = self.device.type == "cuda" and self.source.device.type == "cpu"
        raw_batches = read_ahead(self._pinned, start) if ahead else map(self._raw, count(start))
        for raw, condition in raw_batches:
            raw = raw.to(self.device, non_blocking=ahead)
            if condition is not None:
                condition = condition.to(self.device, non_blocking=ahead)
            yield Batch(self.encode(raw), condition)

    def indices(self, batch: int) -> Tensor:
        """Returns the source's indices (B / world_size,) of this process's rows of a batch.

        They are on the source's device, as `order` is.
        """
        rows = self.batch_size // self.world_size
        first = batch * self.batch_size + self.rank * rows
        spans = epoch_spans(first, first + rows, len(self.source))
        return torch.cat([self.order(epoch)[start:stop] for epoch, start, stop in spans])

    def order(self, epoch: int) -> Tensor:
        """Returns the order of an epoch: a permutation (N,) int64, by (seed, epoch) alone.

        It is kept on the source's device: sending each batch's part there would make the processor
        wait for the device at every batch.
        """
        if epoch not in self._orders:
            while len(self._orders) >= 2:  # a batch across a border needs two; more is waste
                self._orders.pop(next(iter(self._orders)))
            generator = torch.Generator().manual_seed(seed_from(self.seed, "epoch", epoch))
            order = torch.randperm(len(self.source), generator=generator)
            self._orders[epoch] = _sent(order, self.source.device)
        return self._orders[epoch]

    def _raw(self, batch: int) -> tuple[Tensor, Tensor | None]:
        return self.source.read(self.indices(batch))

    def _pinned(self, batch: int) -> tuple[Tensor, Tensor | None]:
        """Reads into memory that the device copies from while the processor goes on."""
        raw, condition = self._raw(batch)
        return raw.pin_memory(), None if condition is None else condition.pin_memory()


def _sent(values: Tensor, device: torch.device) -> Tensor:
    """Returns `values` on `device`; the processor does not wait for a GPU to have them."""
    if device.type != "cuda":
        return values.to(device)
    return values.pin_memory().to(device, non_blocking=True)
