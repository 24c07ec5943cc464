"""Precision, recall, density and coverage: fidelity and diversity told apart.

Each set's region of feature space is a union of balls, one around every sample, that reach to the
sample's k-th nearest neighbor in its own set.

Shapes: N real and M fake samples, F features.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from multigan.errors import MeasureError
from multigan.metrics.distances import (
    as_matrix,
    check_same_space,
    rounding_slack,
    squared_distances,
    squared_distances_within,
)


class PrecisionRecall(NamedTuple):
    """Shares in [0, 1]: fakes among the real ones, and real ones among the fakes."""

    precision: float
    recall: float


class DensityCoverage(NamedTuple):
    """Density, about 1 for a perfect model and possibly more, and coverage in [0, 1]."""

    density: float
    coverage: float


def precision_recall(real: Tensor, fake: Tensor, k: int = 3) -> PrecisionRecall:
    """Returns the share of fakes in the real region and of real samples in the fake region.

    Source: Kynkäänniemi et al. (2019), "Improved Precision and Recall Metric for Assessing
    Generative Models"; k = 3 is theirs.

    Args:
        real: Features (N, F).
        fake: Features (M, F).
        k: Which neighbor a ball reaches to. Larger balls raise both numbers.
    """
    real, fake = _prepared(real, fake, k)
    slack = rounding_slack(real, fake)
    real_radii, fake_radii = neighbor_radii(real, k) + slack, neighbor_radii(fake, k) + slack
    hits = 0
    recalled = torch.zeros(len(real), dtype=torch.bool, device=real.device)
    for part, block in squared_distances(fake, real):
        hits += int((block <= real_radii).any(1).sum())
        recalled |= (block <= fake_radii[part, None]).any(0)
    return PrecisionRecall(hits / len(fake), recalled.double().mean().item())


def density_coverage(real: Tensor, fake: Tensor, k: int = 5) -> DensityCoverage:
    """Returns how many real balls a fake lies in (over k), and the share of balls with a fake.

    Both are built from real samples only, so outliers among the fakes inflate neither, and for
    equal distributions their expectations do not depend on the data: 1 and about 1 - 2^-k.

    Source: Naeem et al. (2020), "Reliable Fidelity and Diversity Metrics for Generative Models";
    k = 5 is theirs.

    Args:
        real: Features (N, F).
        fake: Features (M, F).
        k: Which neighbor a ball reaches to.
    """
    real, fake = _prepared(real, fake, k)
    # As in the reference: on a ball's edge is outside of it, so a ball among k + 1 equal samples,
    # which has no radius, holds nothing. Rounding must not decide that.
    radii = neighbor_radii(real, k) - rounding_slack(real, fake)
    inside_count = 0
    covered = torch.zeros(len(real), dtype=torch.bool, device=real.device)
    for _, block in squared_distances(fake, real):
        inside = block < radii
        inside_count += int(torch.count_nonzero(inside))
        covered |= inside.any(0)
    return DensityCoverage(inside_count / (k * len(fake)), covered.double().mean().item())


def neighbor_radii(features: Tensor, k: int) -> Tensor:
    """Returns the squared distance of each sample to its k-th neighbor: (N, F) -> (N,)."""
    return torch.cat(
        [
            block.topk(k, largest=False).values[:, -1]
            for _, block in squared_distances_within(features)
        ]
    )


def _prepared(real: Tensor, fake: Tensor, k: int) -> tuple[Tensor, Tensor]:
    if k < 1 or k >= min(len(real), len(fake)):
        raise MeasureError(
            f"k={k} asks for the neighbor number {k} among {len(real)} real and {len(fake)} fake "
            "samples. k must be at least 1 and below both counts: use more samples or a smaller k."
        )
    real, fake = as_matrix(real, "real", at_least=2), as_matrix(fake, "fake", at_least=2)
    check_same_space(real, fake)
    return real, fake
