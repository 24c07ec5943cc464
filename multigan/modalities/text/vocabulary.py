"""Work on (B, L, V) tensors that never holds one of them whole.

A vocabulary of 50,000 tokens makes a single tensor (64, 64, V) of floats take 820 MB, and training
would hold several. Everything here goes over the positions in blocks, and where a gradient is
wanted each block is computed anew in the backward pass instead of being kept.

Shapes: B texts, L positions, V tokens, H hidden size, R rows of a block: texts times positions.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, log_softmax
from torch.utils.checkpoint import checkpoint

from multigan.core.draws import current_part
from multigan.core.engine import mean_over_processes

BLOCK = 2**25  # logits at once: 128 MiB of floats

Head = Callable[[Tensor], Tensor]


class Rows(NamedTuple):
    """Which rows of (B, L, ...) a block is about: positions `start` to `stop`, those that count."""

    start: int
    stop: int
    kept: Tensor | None

    def of(self, values: Tensor) -> Tensor:
        """Returns this block's rows of values (B, L, ...) as (R, ...)."""
        return self.inside(values[:, self.start : self.stop])

    def inside(self, values: Tensor) -> Tensor:
        """Returns this block's rows of values (B, stop - start, ...) as (R, ...)."""
        flat = values.flatten(0, 1)
        return flat if self.kept is None else flat[self.kept]


Compute = Callable[[Tensor, Rows], tuple[Tensor, ...]]


def over_vocabulary(
    head: Head, hidden: Tensor, mask: Tensor, compute: Compute, *, block: int = BLOCK, vocab: int
) -> tuple[Tensor, ...]:
    """Returns what `compute` makes of the logits, for every position; zero where `mask` is False.

    Args:
        head: Hidden states (R, H) -> logits (R, V).
        hidden: (B, L, H).
        mask: (B, L): which positions count.
        compute: `(logits (R, V) in float32, rows) -> tensors (R, ...)`.
        block: How many logits may be held at once.
        vocab: V.

    Returns:
        Tensors (B, L, ...), one for each that `compute` returns.
    """
    batch, length = mask.shape
    size = max(1, min(length, block // max(batch * vocab, 1)))
    again = torch.is_grad_enabled() and size < length

    def run(part: Tensor, rows: Rows) -> tuple[Tensor, ...]:
        return compute(head(rows.inside(part)).float(), rows)

    results = []
    for start in range(0, length, size):
        stop = min(start + size, length)
        rows = Rows(start, stop, _kept(mask[:, start:stop]))
        part = hidden[:, start:stop]
        if again:  # type: ignore[unused-ignore]
            made = checkpoint(run, part, rows, use_reentrant=False, preserve_rng_state=False)
        else:
            made = run(part, rows)
        results.append([_spread(each, mask[:, start:stop], rows) for each in made])
    return tuple(torch.cat(parts, dim=1) for parts in zip(*results, strict=True))


def token_log_probs(head: Head, hidden: Tensor, ids: Tensor, mask: Tensor, *, vocab: int) -> Tensor:
    """Returns the log-probability of each token of `ids` (B, L), zero where `mask` is False."""

    def compute(logits: Tensor, rows: Rows) -> tuple[Tensor]:
        return (-cross_entropy(logits, rows.of(ids), reduction="none"),)

    return over_vocabulary(head, hidden, mask, compute, vocab=vocab)[0]


def entropy_of(logits: Tensor) -> Tensor:
    """Returns the entropy in nats of each distribution: (R, V) -> (R,)."""
    log_probs = log_softmax(logits, dim=-1)
    return -(log_probs.exp() * log_probs).sum(-1)


def until_end(ids: Tensor, end_id: int) -> Tensor:
    """Returns which positions of (B, L) belong to a text: those up to its first end, included."""
    ended = (ids == end_id).cumsum(1)
    return (ended == 0) | ((ended == 1) & (ids == end_id))


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Returns the mean of the values (B, L) at the positions that count.

    In a training step of several processes it is this one's share of the whole batch's: their mean
    is the mean over all positions that count, and so are the gradients.
    """
    total, count = (values * mask).sum(), mask.sum()
    if current_part() == (0, 1):
        return total / count.clamp_min(1)
    return total / mean_over_processes(count.float()).clamp_min(1e-3)


def _kept(mask: Tensor) -> Tensor | None:
    # A GPU would make the processor wait for the number of rows; it computes all of them instead.
    if mask.is_cuda or mask.all():  # and where all count, leaving none out needs no copy
        return None
    return mask.flatten().nonzero().squeeze(1)


def _spread(values: Tensor, mask: Tensor, rows: Rows) -> Tensor:
    """Puts a block's rows (R, ...) back into place: (B, K, ...), zero where nothing was kept."""
    shape = (*mask.shape, *values.shape[1:])
    if rows.kept is None:
        return values.view(shape) * mask.view(*mask.shape, *[1] * (values.ndim - 1))
    full = values.new_zeros(mask.numel(), *values.shape[1:])
    return full.index_copy(0, rows.kept, values).view(shape)
