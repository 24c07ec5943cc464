"""Quality against diversity: a model at many temperatures, measured by an oracle.

Lower temperature makes samples likelier under the oracle and true sentences less likely under the
model. One number of the two can be had for nothing: what tells models apart is the curve, and, in
one number of the literature, the lowest sum on it.

That sum is no distance. A model that says one likely sentence 99 times of 100, and random tokens
the other time, has a lower one than any model in print, for what NLL_oracle lacks is the model's
own entropy: without it, saying the same again and again costs nothing. With it the sum becomes the
two Kullback-Leibler divergences, KL(oracle | model) + KL(model | oracle) (Jeffreys 1946), which is
zero for the oracle alone; see `Point.excess`.

Source: Caccia et al. (2020), "Language GANs Falling Short", for the curve and the sum.

Shapes: B sentences, L tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from torch import Tensor

# Caccia et al. list a best point of 2.2 for maximum likelihood and of 0.5 for LeakGAN.
ALPHAS = tuple(round(float(alpha), 2) for alpha in np.arange(0.6, 3.01, 0.2))


class Tempered(Protocol):
    """A model whose logits are multiplied by an inverse temperature alpha."""

    def sample(self, count: int, *, alpha: float, seed: int) -> Tensor:
        """Returns sentences (count, L)."""
        ...

    def nll(self, ids: Tensor, alphas: Sequence[float]) -> list[float]:
        """Returns, for each alpha, the mean negative log-likelihood of a token of (B, L)."""
        ...


class Truth(Protocol):
    """A distribution that is known."""

    def log_probs(self, ids: Tensor) -> Tensor:
        """Returns the log probability (B, L) of each token of (B, L)."""
        ...


@dataclass(frozen=True)
class Point:
    """A model at one temperature, in nats a token.

    Attributes:
        alpha: The inverse temperature.
        nll_oracle: Of the model's samples under the oracle: low for good samples.
        nll_test: Of true sentences under the model: low for a model that leaves nothing out.
        entropy: Of the model, estimated by its samples under itself.
    """

    alpha: float
    nll_oracle: float
    nll_test: float
    entropy: float

    @property
    def total(self) -> float:
        """The sum of both likelihoods, as in the literature."""
        return self.nll_oracle + self.nll_test

    @property
    def excess(self) -> float:
        """The sum less the model's entropy.

        It is the oracle's entropy, a constant, plus KL(oracle | model) + KL(model | oracle); so no
        model has less than the oracle itself.
        """
        return self.total - self.entropy


def sweep(
    model: Tempered,
    truth: Truth,
    sentences: Tensor,
    *,
    alphas: Sequence[float] = ALPHAS,
    samples: int = 2000,
    seed: int = 0,
) -> list[Point]:
    """Returns a point for each inverse temperature, in their order.

    Args:
        model: What is measured.
        truth: The oracle.
        sentences: (B, L) of the oracle's, which the model has not seen.
        alphas: Inverse temperatures.
        samples: How many are made at each.
        seed: Of the samples.
    """
    points = []
    for alpha, of_test in zip(alphas, model.nll(sentences, alphas), strict=True):
        made = model.sample(samples, alpha=alpha, seed=seed)
        (entropy,) = model.nll(made, [alpha])
        points.append(Point(alpha, -truth.log_probs(made).mean().item(), of_test, entropy))
    return points
