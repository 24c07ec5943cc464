"""Quality against diversity: a model at many temperatures, measured by an oracle.

Lower temperature makes samples likelier under the oracle and true sentences less likely under the
model. One number of the two can be had for nothing: what tells models apart is the curve, and, in
one number, the lowest sum on it. A perfect model has the entropy twice untempered, and like any
other a lower sum when it is a little colder: hold models against the oracle's own curve.

Source: Caccia et al. (2020), "Language GANs Falling Short".

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
    """

    alpha: float
    nll_oracle: float
    nll_test: float

    @property
    def total(self) -> float:
        """The sum of both."""
        return self.nll_oracle + self.nll_test


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
    of_test = model.nll(sentences, alphas)
    of_samples = [
        -truth.log_probs(model.sample(samples, alpha=alpha, seed=seed)).mean().item()
        for alpha in alphas
    ]
    return [Point(*values) for values in zip(alphas, of_samples, of_test, strict=True)]


def best_point(
    model: Tempered,
    truth: Truth,
    chosen_on: Sequence[Point],
    sentences: Tensor,
    *,
    samples: int = 10_000,
    seed: int = 1,
) -> Point:
    """Returns the point with the lowest sum, measured anew.

    The lowest of many noisy sums is too low, so the temperature is chosen on one sweep and the
    number reported is of other samples and other sentences.
    """
    alpha = min(chosen_on, key=lambda point: point.total).alpha
    (point,) = sweep(model, truth, sentences, alphas=[alpha], samples=samples, seed=seed)
    return point
