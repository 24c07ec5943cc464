"""How differently two sets fill the bins that the real set is cut into.

Shapes: N real and M fake samples, F features, K bins.
"""

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.errors import MeasureError
from multigan.metrics.distances import as_matrix, check_same_space

SIGNIFICANT = 1.959964  # standard errors: the two-sided 5 % of a normal distribution


class Bins(NamedTuple):
    """What `fill_bins` found.

    Attributes:
        different: The share of bins that the two sets fill to significantly different degrees.
        divergence: The Jensen-Shannon divergence of the two ways to fill them, in bits, in [0, 1].
        empty: The share of bins without a fake.
        number: K.
    """

    different: float
    divergence: float
    empty: float
    number: int


def fill_bins(real: Tensor, fake: Tensor, count: int = 50, *, seed: int = 0) -> Bins:
    """Cuts the real samples into `count` bins by k-means and compares how both sets fill them.

    Equal distributions differ significantly in about 5 % of the bins.

    Source: Richardson & Weiss (2018), "On GANs and GMMs", who call the number of different bins
    NDB; K = 50 is GANSynth's (Engel et al. 2019).

    Args:
        real: Features (N, F).
        fake: Features (M, F).
        count: K.
        seed: Fixes where k-means begins.
    """
    real, fake = as_matrix(real, "real", at_least=2), as_matrix(fake, "fake", at_least=2)
    check_same_space(real, fake)
    if not 2 <= count <= len(real):
        raise MeasureError(
            f"{len(real)} real samples cannot be cut into {count} bins. Use 2 to {len(real)} bins."
        )
    from sklearn.cluster import KMeans

    clusters = KMeans(count, n_init=1, random_state=seed_from(seed, "bins") % 2**32)
    real_bins = clusters.fit_predict(real.cpu().numpy())
    fake_bins = clusters.predict(fake.cpu().numpy())
    left, right = (_shares(bins, count) for bins in (real_bins, fake_bins))
    pooled = (left * len(real) + right * len(fake)) / (len(real) + len(fake))
    error = (pooled * (1 - pooled) * (1 / len(real) + 1 / len(fake))).sqrt()
    different = (left - right).abs() > SIGNIFICANT * error
    return Bins(
        different.double().mean().item(),
        _divergence(left, right),
        (right == 0).double().mean().item(),
        count,
    )


def _shares(bins: np.ndarray, count: int) -> Tensor:
    counts = torch.from_numpy(bins).long().bincount(minlength=count)
    return counts.double() / len(bins)


def _divergence(left: Tensor, right: Tensor) -> float:
    """Returns the Jensen-Shannon divergence of two distributions (K,), in bits."""
    middle = (left + right) / 2
    # xlogy makes 0 log 0 = 0.
    parts = [torch.xlogy(one, one) - torch.xlogy(one, middle) for one in (left, right)]
    return max(0.0, torch.stack(parts).sum().item() / 2 / math.log(2))
