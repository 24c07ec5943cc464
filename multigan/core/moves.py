"""How a player's move is computed: its terms, and the gradients of its weights."""

from typing import Protocol

import torch

from multigan.core.draws import seeded
from multigan.core.engine import Engine
from multigan.core.objective import Batch, Phase, Terms

DrawsPath = tuple[int | str, ...]  # what decides a move's random draws; see `core.draws.seeded`


class Moves(Protocol):
    """What the trainer asks for gradients."""

    def play(
        self, phase: Phase, piece: Batch, step: int, *, path: DrawsPath, pieces: int = 1
    ) -> Terms:
        """Adds a piece's gradients to those of the player's weights, and returns its terms.

        Args:
            phase: Whose move it is; all other players' weights are frozen.
            piece: One of `pieces` equal parts of a batch.
            step: How many steps have been trained.
            path: What decides the random draws.
        """
        ...


class EagerMoves:
    """Runs a move as it is written, by autograd.

    Args:
        engine: Whose precision the networks are run in.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def play(
        self, phase: Phase, piece: Batch, step: int, *, path: DrawsPath, pieces: int = 1
    ) -> Terms:
        """Adds a piece's gradients to those of the player's weights, and returns its terms."""
        with seeded(*path):
            with self.engine.autocast():
                terms = phase.terms(piece, step)
            torch.autograd.backward(loss_of(terms, pieces))
        return terms


def loss_of(terms: Terms, pieces: int) -> torch.Tensor:
    """Returns what is minimized: the terms' sum, as one of `pieces` parts of a mean."""
    return torch.stack(list(terms.values())).sum() / pieces
