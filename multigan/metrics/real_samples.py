"""Which real samples an evaluation compares with, and which stand in the generator's place.

Shapes: N samples.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.data.loaded import Loaded

AT_ONCE = 256  # samples


@dataclass(frozen=True)
class Chosen:
    """Which samples are measured.

    Attributes:
        real: Places (N,) in what is compared with.
        others: Places in what was learned from, of samples to put in the generator's place; None
            if halves of the former do better.
        count: How many samples are generated.
    """

    real: Tensor
    others: Tensor | None
    count: int


def drawn(total: int, count: int, seed: int) -> Tensor:
    """Returns the places (N,) of at most `count` of `total` samples, in an order by `seed`."""
    generator = torch.Generator().manual_seed(seed_from(seed, "evaluate"))
    return torch.randperm(total, generator=generator)[:count]


def same_data(own: Loaded, compared: Loaded) -> bool:
    """Returns whether what is compared with is what was learned from."""
    return compared is own or compared.fingerprint == own.fingerprint


def places(own: Loaded, compared: Loaded, count: int, seed: int) -> tuple[Tensor, Tensor | None]:
    """Returns which samples to compare with, (N,), and which to put in the generator's place.

    The latter are samples of what was learned from that are not among the former, nor equal to one
    of them, as they would be where a reference holds the training data too; None if there are less
    than half as many, when halves of the former will do better.

    Args:
        own: What the generator learned from.
        compared: The real samples; may be `own`.
        count: How many of both are wanted.
        seed: Decides which.
    """
    both = drawn(len(own.source), 2 * count, seed)
    real, others = both[:count], both[count:]
    if not same_data(own, compared):
        real = drawn(len(compared.source), count, seed)
        known = set(_contents(compared, real))
        unlike = [content not in known for content in _contents(own, both)]
        others = both[torch.tensor(unlike)][:count]
    return real, others if 2 * len(others) >= min(count, len(real)) else None


def _contents(loaded: Loaded, which: Tensor) -> Iterator[bytes]:
    """Yields what is the same for equal samples only."""
    for part in torch.split(which, AT_ONCE):
        for sample in loaded.source.read(part)[0].cpu().contiguous():
            yield blake2b(sample.numpy().data, digest_size=16).digest()
