"""Where regularizers are registered, and the options that most of them have."""

from typing import Annotated

from torch import Tensor

from multigan.core.game import ScoredBatch
from multigan.typed import AtLeast
from multigan.typed.registry import BUILT_IN, Registry

REGULARIZERS: Registry[type] = Registry("regularizer", filled_by=BUILT_IN)

Judged = tuple[Tensor, Tensor, Tensor | None]  # samples, their logits, their condition


def half_of(scored: ScoredBatch, *, real: bool) -> Judged:
    """Returns the real samples of a batch, or the generated ones, with what was made of them."""
    if not real:
        return scored.fake, scored.fake_logits, scored.condition
    assert scored.real_logits is not None  # always scored in the discriminator's phase
    return scored.real, scored.real_logits, scored.condition


Factor = Annotated[float, AtLeast(0), "The term's factor, a knob."]
Every = Annotated[int, AtLeast(1), "Interval in steps, between two updates with this term."]
