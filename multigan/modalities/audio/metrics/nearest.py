"""The nearest training clip to each sample: what shows that a generator has memorized.

Shapes: N samples, K training clips, F features.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from multigan.metrics.catalog import METRICS, Measured, Metric
from multigan.metrics.distances import as_matrix, check_same_space, squared_distances
from multigan.metrics.diversity import typical_gap


class Nearest(NamedTuple):
    """Where the nearest training clip is, and how far: (N,) each."""

    place: Tensor
    distance: Tensor


def nearest(samples: Tensor, known: Tensor, *, among_known: bool = False) -> Nearest:
    """Returns the nearest of the training clips' features (K, F) to each of samples' (N, F).

    Args:
        samples: (N, F).
        known: (K, F).
        among_known: Whether sample n is training clip n; then it is not its own nearest.
    """
    samples, known = as_matrix(samples, "given"), as_matrix(known, "training")
    check_same_space(samples, known)
    found = []
    for part, block in squared_distances(samples, known):
        if among_known:
            block[:, part].fill_diagonal_(torch.inf)
        found.append(block.min(1))
    squared = torch.cat([one.values for one in found])
    return Nearest(torch.cat([one.indices for one in found]), squared.clamp_min(0).sqrt())


def novelty(samples: Tensor, known: Tensor, *, among_known: bool = False) -> float:
    """Returns the median distance to the nearest training clip, as a share of the usual one.

    The usual one is the median distance of a training clip to its nearest other. About 1 or more is
    new; near 0 are copies.

    Args:
        samples: (N, F).
        known: (K, F), K at least 2.
        among_known: As of `nearest`.
    """
    gap = typical_gap(known)
    found = nearest(samples, known, among_known=among_known)
    return found.distance.median().item() / max(gap, 1e-12)


class AgainstTraining(NamedTuple):
    """Features (N, F) of clips and (K, F) of the training data; see `nearest`."""

    samples: Tensor
    known: Tensor
    among_known: bool


METRICS["novelty"] = Metric(
    "distance to the nearest training clip, of a real clip's",
    False,
    lambda given: Measured(novelty(given.samples, given.known, among_known=given.among_known)),
    of="training",
    alone=True,
    varies_with_n=False,
)
