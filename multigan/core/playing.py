"""Playing a trace in a move's place, and whether it comes to the same."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn

from multigan.core.draws import current_part, seeded
from multigan.core.moves import Move
from multigan.core.objective import Terms
from multigan.core.trace import NotTraceableError, Trace, intervals_of, tensors_of
from multigan.core.watched import Watched

Key = tuple[Any, ...]


class Keys:
    """Says by what moves differ that need a trace each.

    Args:
        objective: Whose phases are played.

    Attributes:
        watched: All that decides a move besides tensors.
    """

    def __init__(self, objective: nn.Module) -> None:
        self.watched = Watched(objective)
        self._intervals = sorted(intervals_of(objective))

    def of(self, move: Move) -> Key:
        """Returns what a move's trace holds for."""
        due = tuple(move.step % interval == 0 for interval in self._intervals)
        given = tuple((t.shape, t.dtype, t.stride()) for t in tensors_of(move.piece))
        return (move.phase.name, given, due, current_part(), move.pieces, self.watched.values())


def play_trace(found: Trace, move: Move) -> Terms:
    """Adds a trace's gradients to those of the weights that it moves, and returns its terms."""
    with seeded(*move.path):
        slopes, terms = found(move.piece)
    for parameter, slope in zip(found.moved, slopes, strict=True):
        _add_gradient(parameter, slope)
    return terms


@contextmanager
def gradients_anew(player: nn.Module) -> Iterator[None]:
    """Lets the block find no gradients; those of earlier pieces are added to its own afterwards."""
    earlier = [(p, p.grad) for p in player.parameters() if p.grad is not None]
    for parameter, _ in earlier:
        parameter.grad = None
    yield
    for parameter, grad in earlier:
        slope, parameter.grad = parameter.grad, grad
        if slope is not None:
            _add_gradient(parameter, slope)


def check_trace(
    found: Trace,
    move: Move,
    terms: Terms | None,
    *,
    before: Sequence[Tensor],
    after: Sequence[Tensor],
    off: float = 0.0,
) -> None:
    """Makes sure that a trace comes to what the move came to that has just been played.

    Args:
        found: The trace.
        move: Its player has the gradients that it left, and no others.
        terms: What it returned; None leaves them out.
        before, after: The objective's buffers, copied before it was played, and now.
        off: How far gradients, buffers and terms may each be off, as a share of their norm; where
            it is 0, they are the same to the bit.

    Raises:
        NotTraceableError: It comes to something else.
    """
    own = [b.clone() for b in before]
    with seeded(*move.path):
        slopes, replayed = found(move.piece, [*found.state[: len(found.state) - len(own)], *own])
    moved = [p for p in move.phase.player.parameters() if p.grad is not None]
    if {id(p) for p in moved} != {id(p) for p in found.moved}:
        raise NotTraceableError("its trace moves other weights")
    theirs = [p.grad for p in found.moved if p.grad is not None]
    ours, expected = [list(slopes), own], [theirs, list(after)]
    if terms is not None:
        ours.append(list(replayed.values()))
        expected.append([term.detach() for term in terms.values()])
    if off:
        same = all(_near(mine, other, off) for mine, other in zip(ours, expected, strict=True))
    else:
        same = all(map(_same, chain(*ours), chain(*expected)))
    if not same:
        raise NotTraceableError("its trace comes to other numbers")


def reason_of(error: Exception) -> str:
    """Returns why something could not be traced, as the rest of a sentence."""
    said = str(error).strip() or type(error).__name__
    return "it decides by values" if "_local_scalar_dense" in said else said.splitlines()[0]


def _add_gradient(parameter: nn.Parameter, slope: Tensor) -> None:
    if slope.stride() != parameter.stride():  # as autograd leaves them; norms are summed as it lies
        slope = torch.empty_like(parameter, requires_grad=False).copy_(slope)
    if parameter.grad is None:
        parameter.grad = slope
    else:
        parameter.grad += slope


def _same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are the same to the bit; one NaN is like another."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return bool(((one == other) | (one.isnan() & other.isnan())).all())


def _near(ones: Sequence[Tensor], others: Sequence[Tensor], off: float) -> bool:
    """Whether the difference of two lists of tensors is a small share of the second's norm."""
    pairs = [(one.double(), other.double()) for one, other in zip(ones, others, strict=True)]
    apart = [(one - other).nan_to_num().norm() for one, other in pairs]
    size = [other.double().nan_to_num().norm() for other in others]
    if not size:
        return True
    return bool(torch.stack(apart).norm() <= off * torch.stack(size).norm())
