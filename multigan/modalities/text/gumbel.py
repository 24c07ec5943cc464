"""Gumbel noise that can be drawn again: what sampling and replaying a text have in common.

Shapes: B texts, V tokens, K positions.
"""

import numpy as np
import torch
from torch import Tensor

from multigan.core.draws import current_part, seed_from

KEPT_BYTES = 256 << 20  # noise that takes no more is kept, the rest is drawn again when needed


class GumbelNoise:
    """Standard Gumbel draws (B, V) for each position, a function of a seed.

    Adding them to logits and taking the largest samples the softmax of the logits (Gumbel 1954).

    A batch that is split over processes or pieces sees its own rows of the whole batch's draws.

    Args:
        count: B, in this part of the batch.
        length: Positions there will be.
        vocab: V.
        device: Where.
        repeat: How many batches of `count` are drawn for at once, one after the other in B.
    """

    def __init__(
        self, count: int, length: int, vocab: int, device: torch.device, *, repeat: int = 1
    ) -> None:
        self.seed = int(torch.randint(2**62, ()))  # on the CPU: no wait for a device
        self.count, self.vocab, self.device, self.repeat = count, vocab, device, repeat
        # Remembered, because a backward pass draws again in a thread of its own.
        self._part, self._parts = current_part()
        self._kept: dict[int, Tensor] = {}
        self._keeps = 4 * repeat * count * length * vocab <= KEPT_BYTES

    def at(self, position: int) -> Tensor:
        """Returns the draws of one position, (repeat * B, V)."""
        if position in self._kept:
            return self._kept[position]
        shape = (self.repeat, self._parts, self.count, self.vocab)
        draws = _exponential(shape, seed_from(self.seed, position), self.device)
        gumbel = draws[:, self._part].flatten(0, 1).clamp_min_(1e-30).log_().neg_()
        if self._keeps:
            self._kept[position] = gumbel
        return gumbel

    def between(self, start: int, stop: int) -> Tensor:
        """Returns the draws of positions `start` to `stop`, (repeat * B, K, V)."""
        return torch.stack([self.at(position) for position in range(start, stop)], dim=1)

    def repetition(self, index: int) -> "GumbelNoise":
        """Returns the draws of one of the repeated batches, as a view on these."""
        return _Repetition(self, index)


def _exponential(shape: tuple[int, ...], seed: int, device: torch.device) -> Tensor:
    """Returns exponential draws; numpy's are several times as fast on a CPU as torch's."""
    if device.type == "cpu":
        draws = np.random.Generator(np.random.SFC64(seed))
        return torch.from_numpy(draws.standard_exponential(shape, dtype=np.float32))
    generator = torch.Generator(device).manual_seed(seed)
    # Of uniform draws: several times as fast as torch's exponential ones.
    return torch.rand(shape, device=device, generator=generator).clamp_min_(1e-20).log_().neg_()


class _Repetition(GumbelNoise):
    def __init__(self, whole: GumbelNoise, index: int) -> None:
        self.whole, self.index = whole, index

    def at(self, position: int) -> Tensor:
        """Returns the draws of one position, (B, V)."""
        return self.whole.at(position).chunk(self.whole.repeat)[self.index]
