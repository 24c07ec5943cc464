"""What the trainer optimizes: phases, each moving one player."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from multigan.core.knobs import Knob

# Named scalars. The sum of those with a gradient is minimized; the others are only logged.
Terms = dict[str, Tensor]


@dataclass(frozen=True)
class Batch:
    """Real samples and what they are conditioned on.

    Attributes:
        samples: (B, *S), in the modality's sample space.
        condition: (B,) int64 classes, (B, C) float vectors, or None.
    """

    samples: Tensor
    condition: Tensor | None = None

    def __len__(self) -> int:
        return len(self.samples)

    def split(self, parts: int) -> "list[Batch]":
        """Returns `parts` batches of equal size, in order, without copying."""
        samples = self.samples.chunk(parts)
        conditions = [None] * parts if self.condition is None else self.condition.chunk(parts)
        return [Batch(s, c) for s, c in zip(samples, conditions, strict=True)]


@dataclass(frozen=True)
class Phase:
    """One player's move: whose weights it changes, and the terms it minimizes.

    Attributes:
        name: What logs and optimizers call it.
        player: The module whose parameters move; everyone else's are frozen meanwhile.
        terms: `(batch, step) -> Terms`.
        repeat: How many updates this phase makes in one training step, each on a fresh batch.
        after: Called after each update, e.g. to clip weights.
        active: `step -> bool`: whether the phase is played in a step, e.g. after a warm-up.
        exact: The terms whose gradient is never rounded, such as gradient penalties.
    """

    name: str
    player: nn.Module
    terms: Callable[[Batch, int], Terms]
    repeat: int = 1
    after: Callable[[], None] | None = None
    active: Callable[[int], bool] = lambda step: True
    exact: frozenset[str] = frozenset()


class Objective(nn.Module, ABC):
    """Something to optimize: its modules, and the phases that make up a training step."""

    @property
    @abstractmethod
    def phases(self) -> Sequence[Phase]:
        """The phases of one step, in order."""

    @property
    def averaged(self) -> Mapping[str, nn.Module]:
        """The networks that people sample from, by name: the trainer keeps their averages."""
        return {}

    @property
    def knobs(self) -> Mapping[str, Knob]:
        """Numbers that may change while training, by name."""
        return {}
