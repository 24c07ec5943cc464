"""How a player's move is computed: its terms, and the gradients of its weights."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from multigan.core.draws import seeded
from multigan.core.engine import Engine
from multigan.core.objective import Batch, Phase, Terms

DrawsPath = tuple[int | str, ...]  # what decides a move's random draws; see `core.draws.seeded`


@dataclass(frozen=True)
class Move:
    """One player's move on one piece of a batch.

    Attributes:
        phase: Whose move it is; all other players' weights are frozen meanwhile.
        piece: One of `pieces` equal parts of a batch.
        step: How many steps have been trained.
        path: What decides the random draws.
        pieces: How many parts the batch has.
        scaler: What the loss is scaled by before it is differentiated.
    """

    phase: Phase
    piece: Batch
    step: int
    path: DrawsPath
    pieces: int = 1
    scaler: torch.amp.GradScaler | None = None


class Moves(Protocol):
    """What the trainer asks for gradients."""

    @property
    def speed(self) -> str:
        """What `environment.json` calls it."""
        ...

    def play(self, move: Move) -> Terms:
        """Adds a piece's gradients to those of the player's weights, and returns its terms."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Returns what must be remembered to go on to the same bits: plain values."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over what `state_dict` returned, here or of other moves."""
        ...


class EagerMoves:
    """Runs a move as it is written, by autograd.

    Args:
        engine: Whose precision the networks are run in.
    """

    speed = "eager"

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def play(self, move: Move) -> Terms:
        """Adds a piece's gradients to those of the player's weights, and returns its terms."""
        with seeded(*move.path):
            with self.engine.autocast():
                terms = move.phase.terms(move.piece, move.step)
            self._differentiate(move.phase, terms, move.pieces, move.scaler)
        return terms

    def state_dict(self) -> dict[str, Any]:
        """Returns nothing: one eager move is like another."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Has nothing to take over."""

    def _differentiate(
        self, phase: Phase, terms: Terms, pieces: int, scaler: torch.amp.GradScaler | None
    ) -> None:
        """Adds the gradient of a piece's terms to the player's; that of exact ones unrounded."""

        def add(names: Iterable[str], more: bool = False) -> None:
            loss = loss_of([terms[name] for name in names], pieces)
            loss = loss if scaler is None else scaler.scale(loss)
            torch.autograd.backward(loss, retain_graph=more)

        exact = [name for name in terms if name in phase.exact]
        apart = bool(exact) and self.engine.precision == "tf32"
        with self.engine.rounding():
            add([name for name in terms if not apart or name not in exact], more=apart)
        if apart:
            add(exact)


def loss_of(terms: Iterable[Tensor], pieces: int) -> Tensor:
    """Returns what is minimized: the terms' sum, as one of `pieces` parts of a mean."""
    return torch.stack(list(terms)).sum() / pieces
