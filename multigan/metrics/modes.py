"""How many modes a generator reaches, of those that its data is known to have.

Shapes: N samples, K modes, D dimensions of the space they lie in.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from multigan.errors import ConfigError, ShapeError
from multigan.metrics.distances import as_matrix, squared_distances


@dataclass(frozen=True)
class ModeCoverage:
    """What `mode_coverage` counted.

    Attributes:
        covered: How many modes have at least one high-quality sample.
        total: K.
        high_quality: The share of samples close to some mode, in [0, 1].
        counts: High-quality samples per mode, K numbers in the order of the centers.
    """

    covered: int
    total: int
    high_quality: float
    counts: tuple[int, ...]


def mode_coverage(
    samples: Tensor, centers: Tensor, std: float, *, radius: float = 3.0
) -> ModeCoverage:
    """Counts the modes that samples (N, D) reach, given their centers (K, D).

    A sample is of high quality within `radius` standard deviations of its nearest center.

    Source: Srivastava et al. (2017), "VEEGAN: Reducing Mode Collapse in GANs using Implicit
    Variational Learning"; the radius of 3 is theirs.

    Args:
        samples: (N, D). One that is not finite counts as far from every mode.
        centers: (K, D).
        std: The standard deviation of every mode, in the unit of the samples.
        radius: In standard deviations.
    """
    if samples.ndim != 2 or samples.shape[1:] != centers.shape[1:]:
        raise ShapeError(
            f"Samples of shape {tuple(samples.shape)} do not lie in the space of the centers, "
            f"{tuple(centers.shape)}. Expected (N, D) and (K, D)."
        )
    if std <= 0 or radius <= 0 or not len(samples):
        raise ConfigError(
            f"Got std={std}, radius={radius} and {len(samples)} samples. "
            "Use a positive std and radius, and at least one sample."
        )
    samples, centers = samples.detach().cpu(), centers.cpu()  # some GPUs have no float64
    finite = samples[samples.isfinite().all(1)].double()
    counts = torch.zeros(len(centers), dtype=torch.int64, device=samples.device)
    for _, block in squared_distances(finite, as_matrix(centers, "center")):
        distance, nearest = block.min(1)
        close = nearest[distance <= (radius * std) ** 2]
        counts += close.bincount(minlength=len(centers))
    return ModeCoverage(
        covered=int((counts > 0).sum()),
        total=len(centers),
        high_quality=counts.sum().item() / len(samples),
        counts=tuple(counts.tolist()),
    )


@dataclass(frozen=True)
class ClassCoverage:
    """What `class_coverage` counted.

    Attributes:
        covered: How many classes have at least one sample.
        total: K.
        kl: KL(samples || uniform) of the classes' shares, in nats; 0 at best, log K at worst. N
            perfect samples have about (K - 1) / 2N, so it is to be quoted with N.
    """

    covered: int
    total: int
    kl: float


def class_coverage(classes: Tensor, total: int) -> ClassCoverage:
    """Counts the classes among samples, given by number (N,), and how far from equal they are.

    Source: Srivastava et al. (2017), "VEEGAN"; Lin et al. (2018), "PacGAN". What they call
    the reverse divergence: the generator's distribution stands first.

    Args:
        classes: (N,) integers in [0, K).
        total: K.
    """
    if not len(classes) or classes.min() < 0 or classes.max() >= total:
        raise ConfigError(
            f"Got {len(classes)} classes, expected at least one and all in [0, {total})."
        )
    shares = classes.bincount(minlength=total).double() / len(classes)
    reached = shares[shares > 0]
    return ClassCoverage(
        covered=len(reached), total=total, kl=(reached * (reached * total).log()).sum().item()
    )
