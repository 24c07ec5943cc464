"""Kernel distance between two feature sets: unbiased, so usable with few samples.

It is called KID only for Inception features; see `metrics/result.py`.

Shapes: N and M samples, F features.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.errors import ConfigError
from multigan.metrics.distances import as_matrix, check_same_space


class KernelDistance(NamedTuple):
    """The mean over random subsets, and its spread from subset to subset."""

    mean: float
    std: float


def kernel_distance(
    real: Tensor,
    fake: Tensor,
    *,
    subsets: int = 100,
    subset_size: int = 1000,
    seed: int = 0,
) -> KernelDistance:
    """Returns the squared maximum mean discrepancy with the cubic kernel (x.y / F + 1)^3.

    Its expectation is 0 for equal distributions, so single values may be below 0.

    Source: Bińkowski et al. (2018), "Demystifying MMD GANs".

    Args:
        real: Features (N, F).
        fake: Features (M, F).
        subsets: How many random subsets to average.
        subset_size: Samples drawn from each side per subset, at most half of the smaller side, so
            that subsets differ and their spread means something.
        seed: Fixes the subsets.
    """
    real, fake = as_matrix(real, "real", at_least=4), as_matrix(fake, "fake", at_least=4)
    check_same_space(real, fake)
    if subsets < 1 or subset_size < 2:
        raise ConfigError(
            f"Got subsets={subsets} and subset_size={subset_size}. "
            "The kernel distance needs at least 1 subset of at least 2 samples."
        )
    size = min(subset_size, len(real) // 2, len(fake) // 2)
    generator = torch.Generator().manual_seed(seed_from(seed, "kernel distance"))

    def subset(features: Tensor) -> Tensor:
        return features[torch.randperm(len(features), generator=generator)[:size]]

    values = torch.stack([_discrepancy(subset(real), subset(fake)) for _ in range(subsets)])
    return KernelDistance(values.mean().item(), values.std(correction=0).item())


def _discrepancy(real: Tensor, fake: Tensor) -> Tensor:
    """Returns the unbiased estimate of MMD^2 from features (N, F) and (M, F)."""
    return _mean_off_diagonal(real) + _mean_off_diagonal(fake) - 2 * _kernel(real, fake).mean()


def _mean_off_diagonal(features: Tensor) -> Tensor:
    # A sample's kernel with itself would bias the mean.
    count = len(features)
    values = _kernel(features, features)
    return (values.sum() - values.diagonal().sum()) / (count * (count - 1))


def _kernel(left: Tensor, right: Tensor) -> Tensor:
    return (left @ right.T / left.shape[1] + 1) ** 3
