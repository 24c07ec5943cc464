"""A model that is worthless, and good by the sum of likelihoods: the control of that number.

Shapes: B sentences, L tokens, V vocabulary.
"""

from collections.abc import Sequence
from math import exp, log, log1p

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.modalities.text.oracle import LENGTH, Oracle


class Stuck:
    """Says one likely sentence nearly always, and random tokens else. It has learned nothing.

    Its sentence is the oracle's at temperature zero: the likeliest token, one after the other.

    Args:
        oracle: Whose sentence it says.
        share: Of the samples that are other than it.
    """

    def __init__(self, oracle: Oracle, share: float = 0.01) -> None:
        self.vocab_size, self.share = oracle.vocab_size, share
        self.sentence = oracle.sample(1, seed=0, length=LENGTH, alpha=1e6)

    def sample(self, count: int, *, alpha: float, seed: int) -> Tensor:
        """Returns sentences (count, L); it has no temperature."""
        draws = torch.Generator().manual_seed(seed_from(seed, "stuck"))
        other = torch.rand(count, 1, generator=draws) < self.share
        noise = torch.randint(self.vocab_size, (count, LENGTH), generator=draws)
        return torch.where(other, noise, self.sentence)

    def nll(self, ids: Tensor, alphas: Sequence[float]) -> list[float]:
        """Returns, for each alpha, the mean negative log-likelihood of a token of (B, L)."""
        by_chance = log(self.share) - LENGTH * log(self.vocab_size)
        said = log1p(-self.share) + log1p(exp(by_chance) / (1 - self.share))
        log_probs = torch.where((ids == self.sentence).all(1), said, by_chance)
        return [-log_probs.double().mean().item() / LENGTH] * len(alphas)
