"""Fréchet distance between two feature sets, each seen as a Gaussian.

It is called FID only for the features of one particular network; see `metrics/result.py`.

Shapes: N and M samples, F features.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.metrics.distances import as_matrix, check_same_space


@dataclass(frozen=True)
class Gaussian:
    """The mean and covariance of a feature set, all that the distance needs of it.

    Fit the real samples once and keep the result: a covariance is small, the features are not.

    Attributes:
        mean: (F,) float64.
        covariance: (F, F) float64, normalized by N - 1.
        count: N, the number of samples behind both.
    """

    mean: Tensor
    covariance: Tensor
    count: int

    @classmethod
    def fit(cls, features: Tensor, what: str = "given") -> Self:
        """Returns the moments of features (N, F); `what` names them in errors."""
        matrix = as_matrix(features, what, at_least=2)
        mean = matrix.mean(0)
        centered = matrix - mean
        return cls(mean, centered.T @ centered / (len(matrix) - 1), len(matrix))


def frechet_distance(real: Tensor | Gaussian, fake: Tensor | Gaussian) -> float:
    """Returns the squared 2-Wasserstein distance between the two sets' Gaussians, at least 0.

    |m1 - m2|^2 + Tr(C1 + C2 - 2 (C1 C2)^(1/2)). It is biased upwards for few samples: compare
    only numbers with the same N. Fewer samples than features are fine.

    Source: Dowson & Landau (1982), "The Fréchet distance between multivariate normal
    distributions"; on Inception features Heusel et al. (2017), "GANs Trained by a Two Time-Scale
    Update Rule Converge to a Local Nash Equilibrium".

    Args:
        real: Features (N, F), or their moments.
        fake: Features (M, F), or their moments.
    """
    left = real if isinstance(real, Gaussian) else Gaussian.fit(real, "real")
    right = fake if isinstance(fake, Gaussian) else Gaussian.fit(fake, "fake")
    check_same_space(left.covariance, right.covariance)
    # With C = L L^T, the eigenvalues of C1 C2 are the squared singular values of L1^T L2. Taking
    # singular values keeps half the digits that roots of eigenvalues near 0 would lose.
    overlap = torch.linalg.svdvals(_factor(left.covariance).T @ _factor(right.covariance)).sum()
    spread = left.covariance.trace() + right.covariance.trace() - 2 * overlap
    shift = (left.mean - right.mean).square().sum()
    return max(0.0, (shift + spread).item())


class Extrapolated(NamedTuple):
    """What infinitely many samples would give, and what all that there are gave."""

    value: float
    finite: float


def extrapolated_frechet(
    real: Tensor, fake: Tensor, *, sizes: int = 8, seed: int = 0
) -> Extrapolated:
    """Returns the Fréchet distance without its bias of finite samples, at least 0.

    The bias falls with 1 / N, so the distance is measured at several N, with equally many samples
    on both sides, and the line through them is followed to 1 / N = 0.

    Source: Chong & Forsyth (2020), "Effectively Unbiased FID and Inception Score and where to find
    them".

    Args:
        real: Features (N, F).
        fake: Features (M, F).
        sizes: At how many N it is measured, from a quarter of the samples to all.
        seed: Fixes which samples are taken.
    """
    most = min(len(real), len(fake))
    generator = torch.Generator().manual_seed(seed_from(seed, "extrapolated"))
    counts = torch.linspace(max(most // 4, 2), most, sizes).round().long()

    def some(features: Tensor, count: int) -> Tensor:
        return features[torch.randperm(len(features), generator=generator)[:count]]

    distances = [
        frechet_distance(some(real, count), some(fake, count)) for count in counts.tolist()
    ]
    inverse = 1 / counts.double()
    line = torch.stack([torch.ones_like(inverse), inverse], 1)
    found = torch.linalg.lstsq(line, torch.tensor(distances, dtype=torch.float64)[:, None])
    return Extrapolated(max(0.0, found.solution[0, 0].item()), distances[-1])


def _factor(covariance: Tensor) -> Tensor:
    """Returns L (F, F) with C = L L^T; unlike Cholesky's, it exists for a singular C too."""
    values, vectors = torch.linalg.eigh(covariance)
    factor: Tensor = vectors * values.clamp(min=0).sqrt()
    return factor
