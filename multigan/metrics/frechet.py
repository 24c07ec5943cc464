"""Fréchet distance between two feature sets, each seen as a Gaussian.

It is called FID only for the features of one particular network; see `metrics/result.py`.

Shapes: N and M samples, F features.
"""

from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple, Self

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.errors import MeasureError
from multigan.metrics.distances import as_matrix, check_same_space

SAMPLES_A_FEATURE = 4  # that following the distance to infinitely many samples takes


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
    real: Tensor, fake: Tensor, *, sizes: int = 6, subsets: int = 4, seed: int = 0
) -> Extrapolated:
    """Returns the Fréchet distance without its bias of finite samples, at least 0.

    The bias falls with 1 / N, so the distance is measured at several N, with equally many samples
    on both sides, and the line through them is followed to 1 / N = 0. It is a line from about
    N = F on only: with fewer samples than features, what is found is far too large, which is why
    four times as many are wanted.

    Source: Chong & Forsyth (2020), "Effectively Unbiased FID and Inception Score and where to find
    them".

    Args:
        real: Features (N, F), N at least 4 F.
        fake: Features (M, F), M at least 4 F.
        sizes: At how many N it is measured, from a quarter of the samples to all, in equal steps
            of 1 / N.
        subsets: How many random subsets are averaged at each N below all.
        seed: Fixes which samples are taken.

    Raises:
        MeasureError: There are fewer samples.
    """
    most, dim = min(len(real), len(fake)), real.shape[1]
    if most < (fewest := SAMPLES_A_FEATURE * dim):
        raise MeasureError(
            f"The Fréchet distance for N → ∞ of {dim} features wants at least {fewest} samples a "
            f"side, and there are {most}. Use more samples, or the metric frechet beside its "
            "control."
        )
    generator = torch.Generator().manual_seed(seed_from(seed, "extrapolated"))
    counts = (1 / torch.linspace(SAMPLES_A_FEATURE / most, 1 / most, sizes).double()).round()

    def measured(count: int) -> float:
        parts = (features[_some(features, count, generator)] for features in (real, fake))
        return frechet_distance(*parts)

    distances = [
        fmean(measured(count) for _ in range(subsets if count < most else 1))
        for count in counts.long().tolist()
    ]
    line = torch.stack([torch.ones_like(counts), 1 / counts], 1)
    found = torch.linalg.lstsq(line, torch.tensor(distances, dtype=torch.float64)[:, None])
    return Extrapolated(max(0.0, found.solution[0, 0].item()), distances[-1])


def _some(features: Tensor, count: int, generator: torch.Generator) -> Tensor:
    return torch.randperm(len(features), generator=generator)[:count]


def _factor(covariance: Tensor) -> Tensor:
    """Returns L (F, F) with C = L L^T; unlike Cholesky's, it exists for a singular C too."""
    values, vectors = torch.linalg.eigh(covariance)
    factor: Tensor = vectors * values.clamp(min=0).sqrt()
    return factor
