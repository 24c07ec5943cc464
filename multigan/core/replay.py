"""Moves that are traced once and then replayed without autograd: the same numbers, sooner."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from torch import nn

from multigan.core.engine import Engine
from multigan.core.moves import EagerMoves, Move
from multigan.core.objective import Terms
from multigan.core.playing import Key, Keys, check_trace, gradients_anew, play_trace, reason_of
from multigan.core.trace import NotTraceableError, Trace, trace

PATIENCE = 100  # how often the same move comes before it is traced, which costs dozens of moves
MOST_TRACES = 16  # that are kept; the one that has not been used for longest leaves
MOST_COUNTED = 10_000


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

    speed = "replay"

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
        self._keys = Keys(objective)
        self._seen: Counter[Key] = Counter()
        self._traces: OrderedDict[Key, Trace] = OrderedDict()

    def play(self, move: Move) -> Terms:
        """Adds a piece's gradients to those of the player's weights, and returns its terms."""
        if move.scaler is not None or move.phase.name in self.refusals:
            return self._eager.play(move)
        key = self._keys.of(move)
        if found := self._traces.get(key):
            self._traces.move_to_end(key)
            return play_trace(found, move)
        if len(self._seen) > MOST_COUNTED:
            self._seen.clear()
        self._seen[key] += 1
        if self._seen[key] <= self.patience:
            return self._eager.play(move)
        return self._play_and_trace(key, move)

    def state_dict(self) -> dict[str, Any]:
        """Returns nothing: a replayed move is like an eager one."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Has nothing to take over."""

    def _play_and_trace(self, key: Key, move: Move) -> Terms:
        """Plays a move eagerly, and keeps its trace if that comes to the same."""
        before = [b.clone() for b in self.objective.buffers()]
        with gradients_anew(move.phase.player):
            terms = self._eager.play(move)
            try:
                if self._keys.of(move) != key:
                    raise NotTraceableError("it changes something that is not a tensor")
                found = trace(self.objective, move, self.engine)
                check_trace(found, move, terms, before=before, after=list(self.objective.buffers()))
            except Exception as error:  # the move itself is sound: it has just been played
                self._refuse(move.phase.name, reason_of(error))
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
