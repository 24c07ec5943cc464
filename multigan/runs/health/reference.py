"""The real data that a run's samples are compared with, in a space of few dimensions.

Shapes: N real samples, S sample shape, F features, K regions.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from multigan.core.draws import seeded

MAX_VALUES = 4096  # of a sample; of larger ones every so many is looked at
MAX_FEATURES = 32
REGIONS = 20
ROUNDS = 10  # of k-means: it need not converge, only cut the data into pieces
TWIN_SHARE = 0.005  # of the pairs of real samples that lie within the twins' radius


@dataclass(frozen=True)
class Reference:
    """What is remembered of the real data.

    Attributes:
        mean, directions: (V,) and (V, F): samples' values, less the mean, times the directions are
            the features: the principal components that hold the data's variance.
        scale: The features' total standard deviation.
        spread: That of the features within a class, where the samples have classes.
        centers: (K, F), the middles of the regions that the real samples are cut into.
        shares: (K,), the share of the real samples in each region.
        radius: Two samples within it are called twins.
        condition: (N,) or (N, C), the real samples' conditions, or None.
    """

    mean: Tensor
    directions: Tensor
    scale: float
    spread: float
    centers: Tensor
    shares: Tensor
    radius: float
    condition: Tensor | None

    def features(self, samples: Tensor) -> Tensor:
        """(N, *S) -> (N, F)."""
        features: Tensor = (_values(samples) - self.mean) @ self.directions
        return features

    def histogram(self, features: Tensor) -> Tensor:
        """Returns the share of the samples in each region: (N, F) -> (K,)."""
        nearest = torch.cdist(features, self.centers).argmin(1)
        return _shares(nearest, len(self.centers))


@torch.no_grad()
def make_reference(samples: Tensor, condition: Tensor | None = None) -> Reference:
    """Looks at real samples (N, *S) once; the same samples give the same reference."""
    values = _values(samples)
    mean = values.mean(0)
    _, _, directions = torch.linalg.svd(values - mean, full_matrices=False)
    directions = directions[:MAX_FEATURES].T.contiguous()
    features = (values - mean) @ directions
    with seeded("health", "regions"):
        centers = _k_means(features)
    nearest = torch.cdist(features, centers).argmin(1)
    return Reference(
        mean=mean,
        directions=directions,
        scale=max(float(features.std(0).norm()), 1e-12),
        spread=max(spread(features, condition), 1e-12),
        centers=centers,
        shares=_shares(nearest, len(centers)),
        radius=float(pair_distances(features).quantile(TWIN_SHARE)),
        condition=condition,
    )


def spread(features: Tensor, condition: Tensor | None) -> float:
    """Returns the total deviation of features (N, F): around their class's mean, given classes."""
    if condition is None or condition.is_floating_point():
        return float(features.std(0).norm())
    classes = int(condition.max()) + 1
    sums = torch.zeros(classes, features.shape[1], device=features.device)
    sums.index_add_(0, condition, features)
    counts = condition.bincount(minlength=classes).clamp(min=1)
    return float((features - (sums / counts[:, None])[condition]).std(0).norm())


def pair_distances(features: Tensor) -> Tensor:
    """Returns the distances of all pairs: (N, F) -> (N (N - 1) / 2,)."""
    return torch.nn.functional.pdist(features)


def _values(samples: Tensor) -> Tensor:
    """Returns samples as rows of at most `MAX_VALUES` values: (N, *S) -> (N, V)."""
    flat = samples.detach().float().flatten(1)
    return flat[:, :: -(-flat.shape[1] // MAX_VALUES)]


def _k_means(features: Tensor) -> Tensor:
    count = min(REGIONS, len(features))
    centers = features[torch.randperm(len(features))[:count].to(features.device)].clone()
    for _ in range(ROUNDS):
        nearest = torch.cdist(features, centers).argmin(1)
        sums = torch.zeros_like(centers).index_add_(0, nearest, features)
        counts = nearest.bincount(minlength=count)[:, None]
        centers = torch.where(counts > 0, sums / counts.clamp(min=1), centers)
    return centers


def _shares(nearest: Tensor, count: int) -> Tensor:
    return nearest.bincount(minlength=count).float() / len(nearest)
