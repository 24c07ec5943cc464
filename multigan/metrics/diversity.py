"""Diversity within a set or within its classes, duplicates, and obedience to the condition.

Distances are Euclidean in whatever space the features live in: pixels with the extractor "flat",
otherwise an extractor's own. State it; ratios of one space say nothing about another.

Shapes: N samples, F features.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from multigan.errors import MeasureError, ShapeError
from multigan.metrics.distances import (
    as_matrix,
    rounding_slack,
    squared_distances,
    squared_distances_within,
)


class DuplicateShares(NamedTuple):
    """Shares of samples, in [0, 1], that have another sample at or very near their place."""

    exact: float
    near: float


def mean_pairwise_distance(features: Tensor) -> float:
    """Returns the mean distance between two different samples of features (N, F)."""
    matrix = as_matrix(features, "given", at_least=2)
    total = 0.0
    for part, block in squared_distances(matrix, matrix):
        block[:, part].fill_diagonal_(0)  # rounding leaves a little there
        total += block.sqrt().sum().item()
    return total / (len(matrix) * (len(matrix) - 1))


def within_class_diversity(features: Tensor, labels: Tensor) -> dict[int, float]:
    """Returns the mean pairwise distance inside each class that has two samples or more.

    Args:
        features: (N, F).
        labels: (N,) int64, the class of each sample.
    """
    _check_labels(features, labels)
    classes, counts = torch.unique(labels, return_counts=True)
    return {
        int(label): mean_pairwise_distance(features[labels == label])
        for label, count in zip(classes, counts, strict=True)
        if count >= 2
    }


def class_diversity_ratio(
    real: Tensor, real_labels: Tensor, fake: Tensor, fake_labels: Tensor
) -> float:
    """Returns the fake within-class diversity over the real one, averaged over classes.

    1 is as diverse as the data, 0 is one sample per class. A class counts if both sides have two
    samples of it.

    Args:
        real: Features (N, F), with `real_labels` (N,).
        real_labels: Each real sample's class.
        fake: Features (M, F), with `fake_labels` (M,).
        fake_labels: The class that was asked of each fake sample.
    """
    real_diversity = within_class_diversity(real, real_labels)
    fake_diversity = within_class_diversity(fake, fake_labels)
    shared = sorted(
        label for label in real_diversity.keys() & fake_diversity.keys() if real_diversity[label]
    )
    if not shared:
        raise MeasureError(
            "No class has two different real and two fake samples, so there is no diversity to "
            "compare. Use more samples per class."
        )
    return sum(fake_diversity[label] / real_diversity[label] for label in shared) / len(shared)


def duplicate_shares(features: Tensor, near: float) -> DuplicateShares:
    """Returns the shares of samples that have an equal, or a near-equal, sample beside them.

    Args:
        features: (N, F).
        near: Below which distance two samples are near-duplicates; see `typical_gap`.
    """
    nearest = nearest_distances(features)
    exact = rounding_slack(as_matrix(features, "given")) ** 0.5
    return DuplicateShares(
        exact=(nearest <= exact).double().mean().item(),
        near=(nearest <= max(near, exact)).double().mean().item(),
    )


def typical_gap(features: Tensor) -> float:
    """Returns the median distance of a sample to its nearest neighbor, a scale for `near`."""
    return nearest_distances(features).median().item()


def nearest_distances(features: Tensor) -> Tensor:
    """Returns each sample's distance to its nearest other sample: (N, F) -> (N,)."""
    matrix = as_matrix(features, "given", at_least=2)
    return torch.cat([block.amin(1) for _, block in squared_distances_within(matrix)]).sqrt()


def class_agreement(predicted: Tensor, asked: Tensor) -> float:
    """Returns the share of samples that a classifier puts in the class that was asked for.

    Args:
        predicted: (N,) int64, the classifier's answer.
        asked: (N,) int64, the condition the generator was given.
    """
    _check_labels(predicted, asked)
    if not len(predicted):
        raise MeasureError("There are no samples to compare. Use at least one.")
    return (predicted == asked).double().mean().item()


def _check_labels(features: Tensor, labels: Tensor) -> None:
    if labels.shape != features.shape[:1]:
        raise ShapeError(
            f"Labels of shape {tuple(labels.shape)} do not fit {len(features)} samples. "
            f"Expected one class per sample, shape ({len(features)},)."
        )
