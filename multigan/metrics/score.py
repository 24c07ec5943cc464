"""Scores from class probabilities: the form of the Inception score, on any classifier.

Shapes: N samples, K classes.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.errors import ConfigError, MeasureError, ShapeError


class Score(NamedTuple):
    """The mean over splits, and its spread from split to split (0 for one split)."""

    mean: float
    std: float


def inception_score(probabilities: Tensor, splits: int = 10, *, seed: int = 0) -> Score:
    """Returns exp E KL(p(y|x) || p(y)): 1 if all samples look alike, K if sure and even.

    Only Inception's probabilities may call this the Inception score. It never looks at real
    samples and so cannot see memorization or a wrong distribution within a class.

    Source: Salimans et al. (2016), "Improved Techniques for Training GANs".

    Args:
        probabilities: (N, K), rows that sum to one.
        splits: Into how many parts the samples are cut; the score of a part is biased downwards,
            the more so the smaller it is.
        seed: Fixes which sample goes into which part, so that the order does not matter.
    """
    _check(probabilities, splits)
    generator = torch.Generator().manual_seed(seed_from(seed, "inception score"))
    shuffled = probabilities.double()[torch.randperm(len(probabilities), generator=generator)]
    scores = torch.stack([_score(part) for part in shuffled.tensor_split(splits)])
    return Score(scores.mean().item(), scores.std(correction=0).item())


def _score(probabilities: Tensor) -> Tensor:
    marginal = probabilities.mean(0)
    # xlogy makes 0 log 0 = 0, which p log(p / q) would not.
    entropy = -torch.xlogy(probabilities, probabilities).sum(1).mean()
    marginal_entropy = -torch.xlogy(marginal, marginal).sum()
    return (marginal_entropy - entropy).exp()


def _check(probabilities: Tensor, splits: int) -> None:
    if probabilities.ndim != 2:
        raise ShapeError(
            f"The probabilities have shape {tuple(probabilities.shape)}, expected (N, K)."
        )
    if not 1 <= splits <= len(probabilities):
        raise MeasureError(
            f"Cannot cut {len(probabilities)} samples into {splits} splits. "
            "Use between 1 split and one per sample."
        )
    if (probabilities < 0).any() or ((probabilities.sum(1) - 1).abs() > 1e-3).any():
        raise ConfigError(
            "The rows of the probabilities must be at least 0 and sum to one. "
            "Apply a softmax to logits first."
        )
