"""Picking tokens when people sample: temperature, top-k, nucleus, and one number a token.

Shapes: B texts, L positions, V tokens.
"""

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor
from torch.nn.functional import pad, softmax

from multigan.core.engine import widest_float
from multigan.typed import Fraction, Natural, Range, checked

RUN = 64  # tokens whose probabilities are summed up at once


@checked
@dataclass(frozen=True)
class Sharpening:
    """How a distribution over tokens is changed before one is drawn."""

    temperature: Annotated[float, Range(0, 100)] = 1.0
    """The logits are divided by it; 0 takes the likeliest token always."""

    top_k: Natural = 0
    """Only the likeliest so many tokens count; 0 for all. Fan, Lewis & Dauphin (2018),
    "Hierarchical Neural Story Generation"."""

    top_p: Fraction = 1.0
    """Only the likeliest tokens that together have this probability count. Holtzman et al. (2020),
    "The Curious Case of Neural Text Degeneration"."""

    never: tuple[int, ...] = ()
    """Tokens that are not drawn, such as the one for unknown words."""

    def __call__(self, logits: Tensor) -> Tensor:
        """Returns probabilities (B, V) for logits (B, V)."""
        if self.never:
            logits = logits.index_fill(
                1, torch.tensor(self.never, device=logits.device), -torch.inf
            )
        if self.temperature == 0:
            return torch.zeros_like(logits).scatter_(1, logits.argmax(1, keepdim=True), 1.0)
        probs = softmax(logits / self.temperature, dim=-1)
        if self.top_k and self.top_k < probs.shape[1]:
            least = probs.topk(self.top_k, dim=-1).values[:, -1:]
            probs = probs * (probs >= least)
        if self.top_p < 1:
            probs = _nucleus(probs, self.top_p)
        return probs


def choose_by(uniforms: Tensor, probs: Tensor) -> Tensor:
    """Returns the token at which the probabilities (B, V), summed up, pass `uniforms` (B,).

    One number decides a token, whatever the size of the vocabulary and of the batch.
    """
    missing = -probs.shape[1] % RUN
    width = probs.shape[1] + missing
    runs = pad(probs, (0, missing)).view(len(probs), width // RUN, RUN)
    # First the run of tokens, then the token in it: summing all up takes four times as long.
    sums = _running_sums(runs.sum(-1))
    reached = (uniforms.to(sums).unsqueeze(1) * sums[:, -1:]).minimum(_below_total(sums))
    # The first whose sum lies above: one of probability zero never is.
    at = torch.searchsorted(sums, reached, right=True).clamp_max(sums.shape[1] - 1)
    before = pad(sums, (1, 0)).gather(1, at)
    inside = _running_sums(runs.gather(1, at.unsqueeze(-1).expand(-1, 1, RUN)).squeeze(1))
    # Rounding may have made a run's sum larger than its tokens' together.
    rest = (reached - before).minimum(_below_total(inside))
    tokens = (at * RUN + torch.searchsorted(inside, rest, right=True)).squeeze(1)
    # Sums of NaN lead past the end; that a generator has diverged is the trainer's to say.
    return tokens.clamp_max(probs.shape[1] - 1)


def _running_sums(values: Tensor) -> Tensor:
    """Sums along the last axis, as exactly as the device can; never falling."""
    sums = values.to(widest_float(values.device)).cumsum(-1)
    # Single precision, added up in a tree, may fall by its rounding.
    return sums if sums.dtype == torch.float64 else sums.cummax(-1).values


def _below_total(sums: Tensor) -> Tensor:
    """Returns the number just below each row's last sum, which rounding must not reach."""
    return sums[:, -1:] * (1 - torch.finfo(sums.dtype).eps)


def largest(scores: Tensor) -> Tensor:
    """Returns the position (B,) of each row's largest score (B, V)."""
    if scores.device.type == "cpu":  # numpy finds it ten times as fast as torch
        return torch.from_numpy(scores.numpy().argmax(-1))
    return scores.argmax(-1)


def _nucleus(probs: Tensor, share: float) -> Tensor:
    ordered, order = probs.sort(dim=-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    kept = ordered * (before < share * ordered.sum(-1, keepdim=True))
    return torch.zeros_like(probs).scatter_(1, order, kept)
