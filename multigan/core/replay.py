"""Moves that are traced once and then replayed without autograd: the same numbers, sooner."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from multigan.core.draws import current_part, seeded
from multigan.core.engine import Engine
from multigan.core.moves import DrawsPath, EagerMoves
from multigan.core.objective import Batch, Phase, Terms
from multigan.core.trace import NotTraceableError, Trace, intervals_of, tensors_of, trace
from multigan.core.watched import Watched

PATIENCE = 100  # how often the same move comes before it is traced, which costs dozens of moves
MOST_TRACES = 16  # that are kept; the one that has not been used for longest leaves
MOST_COUNTED = 10_000

Key = tuple[Any, ...]


class ReplayedMoves:
    """Plays moves eagerly until they repeat, then by a trace that gave the same numbers to the bit.

    A trace holds for one phase, one shape of batch, the same regularizers due, and the same value
    of everything else that is not a tensor (see `Watched`); where any of it changes, another is
    made. Before a trace is trusted, it and the move itself are run on one batch, and gradients,
    terms and buffers have to agree bit by bit. Whatever cannot be traced is played eagerly.

    Args:
        objective: Whose phases are played.
        engine: Whose precision the networks are run in.
        patience: How often the same move is played before it is traced. What changes in every step
            never is.
        on_refusal: Called with a sentence when a phase turns out to be none to replay.

    Attributes:
        refusals: Why a phase is not replayed, by its name.
    """

    def __init__(
        self,
        objective: nn.Module,
        engine: Engine,
        *,
        patience: int = PATIENCE,
        on_refusal: Callable[[str], None] | None = None,
    ) -> None:
        self.objective, self.engine = objective, engine
        self.refusals: dict[str, str] = {}
        self.patience = patience
        self._on_refusal = on_refusal or (lambda sentence: None)
        self._eager = EagerMoves(engine)
        self._intervals = sorted(intervals_of(objective))
        self._watched = Watched(objective)
        self._seen: Counter[Key] = Counter()
        self._traces: OrderedDict[Key, Trace] = OrderedDict()

    def play(
        self,
        phase: Phase,
        piece: Batch,
        step: int,
        *,
        path: DrawsPath,
        pieces: int = 1,
        scaler: torch.amp.GradScaler | None = None,
    ) -> Terms:
        """Adds a piece's gradients to those of the player's weights, and returns its terms."""
        if scaler is not None or phase.name in self.refusals:
            return self._eager.play(phase, piece, step, path=path, pieces=pieces, scaler=scaler)
        key = self._key(phase, piece, step, pieces)
        if found := self._traces.get(key):
            self._traces.move_to_end(key)
            return _replay(found, piece, path)
        if len(self._seen) > MOST_COUNTED:
            self._seen.clear()
        self._seen[key] += 1
        if self._seen[key] <= self.patience:
            return self._eager.play(phase, piece, step, path=path, pieces=pieces)
        return self._play_and_trace(key, phase, piece, step, path, pieces)

    def _key(self, phase: Phase, piece: Batch, step: int, pieces: int) -> Key:
        due = tuple(step % interval == 0 for interval in self._intervals)
        given = tuple((t.shape, t.dtype) for t in tensors_of(piece))
        return (phase.name, given, due, current_part(), pieces, self._watched.values())

    def _play_and_trace(
        self, key: Key, phase: Phase, piece: Batch, step: int, path: DrawsPath, pieces: int
    ) -> Terms:
        """Plays a move eagerly, and keeps its trace if that comes to the same."""
        buffers = [b.clone() for b in self.objective.buffers()]
        with _gradients_anew(phase.player):
            terms = self._eager.play(phase, piece, step, path=path, pieces=pieces)
            try:
                if self._watched.values() != key[-1]:
                    raise NotTraceableError("it changes something that is not a tensor")
                with seeded("trace"):
                    found = trace(
                        self.objective, phase, piece, step, engine=self.engine, pieces=pieces
                    )
                self._check(found, phase, piece, path, buffers, terms)
            except Exception as error:  # the move itself is sound: it has just been played
                self._refuse(phase.name, _reason(error))
            else:
                self._keep(key, found)
        return terms

    def _refuse(self, phase: str, why: str) -> None:
        self.refusals[phase] = why
        self._on_refusal(f"The {phase}'s move is not replayed, but played as it is written: {why}")

    def _keep(self, key: Key, found: Trace) -> None:
        self._traces[key] = found
        if len(self._traces) > MOST_TRACES:
            self._traces.popitem(last=False)

    def _check(
        self,
        found: Trace,
        phase: Phase,
        piece: Batch,
        path: DrawsPath,
        buffers: list[Tensor],
        terms: Terms,
    ) -> None:
        """Raises unless a trace, run on the buffers of before, comes to what the move came to."""
        state = [*found.state[: len(found.state) - len(buffers)], *buffers]
        with seeded(*path):
            slopes, replayed = found(piece, state)
        moved = [p for p in phase.player.parameters() if p.grad is not None]
        if {id(p) for p in moved} != {id(p) for p in found.moved}:
            raise NotTraceableError("its trace moves other weights")
        ours = [*slopes, *replayed.values(), *buffers]
        theirs = [*(p.grad for p in found.moved), *terms.values(), *self.objective.buffers()]
        for mine, other in zip(ours, theirs, strict=True):
            if other is None or not _same(mine, other.detach()):
                raise NotTraceableError("its trace comes to other numbers")


def _replay(found: Trace, piece: Batch, path: DrawsPath) -> Terms:
    with seeded(*path):
        slopes, terms = found(piece)
    for parameter, slope in zip(found.moved, slopes, strict=True):
        _add_gradient(parameter, slope)
    return terms


def _add_gradient(parameter: nn.Parameter, slope: Tensor) -> None:
    if slope.stride() != parameter.stride():  # as autograd leaves them; norms are summed as it lies
        slope = torch.empty_like(parameter, requires_grad=False).copy_(slope)
    if parameter.grad is None:
        parameter.grad = slope
    else:
        parameter.grad += slope


@contextmanager
def _gradients_anew(player: nn.Module) -> Iterator[None]:
    """Lets the block find no gradients; those of earlier pieces are added to its own afterwards."""
    earlier = [(p, p.grad) for p in player.parameters() if p.grad is not None]
    for parameter, _ in earlier:
        parameter.grad = None
    yield
    for parameter, grad in earlier:
        slope, parameter.grad = parameter.grad, grad
        if slope is not None:
            _add_gradient(parameter, slope)


def _same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are the same to the bit; one NaN is like another."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return bool(((one == other) | (one.isnan() & other.isnan())).all())


def _reason(error: Exception) -> str:
    said = str(error).strip() or type(error).__name__
    return "it decides by values" if "_local_scalar_dense" in said else said.splitlines()[0]
