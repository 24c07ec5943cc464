"""MAUVE: the area under the curve of two distributions' divergences from their mixtures.

Fréchet distance sees two Gaussians; this sees how the samples spread over clusters, and tells both
kinds of error apart on the way: samples that are nothing real, and real ones that nothing is like.

Source: Pillutla et al. (2021), "MAUVE: Measuring the Gap Between Neural Text and Human Text using
Divergence Frontiers". Written from the paper; the authors' package is under the GPL and brings
another library for the clustering. The paper's numbers are of GPT-2's features: others', such as
these of any encoder, compare with one another only.

Shapes: N and M samples, F features, K clusters.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from multigan.metrics.distances import as_matrix, check_same_space

SCALE = 5.0  # the paper's c
VARIANCE = 0.9  # the share that is kept before clustering
PER_CLUSTER = 10  # samples of each side in a cluster, on average
MIXTURES = 101

Floats = NDArray[np.float64]


def mauve(real: Tensor, fake: Tensor, *, seed: int = 0) -> float:
    """Returns a number in (0, 1]: 1 for samples spread over the clusters as the real ones are.

    It rises with fewer clusters, and so with fewer samples, and another clustering of the same
    features moves it by some hundredths: compare only numbers with the same N and seed.

    Args:
        real: Features (N, F).
        fake: Features (M, F).
        seed: Of the clustering.
    """
    left, right = as_matrix(real, "real", at_least=2), as_matrix(fake, "fake", at_least=2)
    check_same_space(left, right)
    number = max(2, min(len(left), len(right)) // PER_CLUSTER)
    clusters = _clusters(torch.cat([left, right]).numpy(), number, seed)
    shares = [
        np.bincount(part, minlength=number) / len(part)
        for part in (clusters[: len(left)], clusters[len(left) :])
    ]
    return frontier_area(*shares)


def frontier_area(real: Floats, fake: Floats) -> float:
    """Returns the area under the divergence curve of two histograms (K,), each of sum 1.

    Every mixture of both is a point (exp(-c KL(fake | mixture)), exp(-c KL(real | mixture))).
    """
    weights = np.linspace(0, 1, MIXTURES)[1:-1, None]
    mixtures = weights * real + (1 - weights) * fake
    x, y = (np.exp(-SCALE * _divergence(side, mixtures)) for side in (fake, real))
    # From nothing generated to nothing real; x falls where y rises.
    x, y = np.concatenate([[1.0], x, [0.0]]), np.concatenate([[0.0], y, [1.0]])
    return float(np.trapezoid(y[::-1], x[::-1]))


def _divergence(side: Floats, mixtures: Floats) -> Floats:
    """Returns the Kullback-Leibler divergence of a side (K,) from each mixture (W, K)."""
    there = side > 0
    ratios = side[there] / mixtures[:, there]
    return (side[there] * np.log(ratios)).sum(1)


def _clusters(features: Floats, number: int, seed: int) -> NDArray[np.int64]:
    """Returns the cluster (N + M,) of each sample: lengths of one, principal parts, k-means."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA

    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    scaled = features / np.where(lengths > 0, lengths, 1)
    parts = PCA(VARIANCE, svd_solver="full").fit_transform(scaled)
    found: NDArray[np.int64] = KMeans(number, n_init=1, random_state=seed).fit_predict(parts)
    return found
