"""Whether the discriminator is blind to what a fresh network sees in seconds.

A generator learns only what its opponent sees. So a small network of its own learns to tell samples
of the EMA generator from real ones, and both are asked: how often is a real sample above a
generated one?
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.objective import Batch
from multigan.core.switches import evaluating
from multigan.core.trainer import Data, Trainer
from multigan.metrics.two_sample import Judged, held_out_auc, reduced, two_sample_test

SAMPLES = 1024  # of each side, half of them to learn from
MOST_VALUES = 2**24  # of all real samples: large ones are fewer


@dataclass(frozen=True)
class Sight:
    """What both saw, as areas under the ROC curve: 0.5 is nothing, 1 is every pair.

    Attributes:
        fresh: Of the fresh network, on samples that it did not learn from.
        own: Of the game's discriminator.
    """

    fresh: float
    own: float


@torch.no_grad()
def look(trainer: Trainer, game: AdversarialGame) -> Sight:
    """Asks both; nothing of the run changes, nor do its random numbers."""
    real = _next_real(trainer.data, trainer.steps_done)
    with seeded("health", "sight"), evaluating(game.generator), evaluating(game.discriminator):
        average = trainer.average["generator"]
        fake = [Batch(game.made(part, average), part.condition) for part in real]
        logits = [torch.cat([_logits(game, p) for p in parts]).cpu() for parts in (real, fake)]
        sides = [_judged(game, parts) for parts in (real, fake)]
    with torch.enable_grad():
        fresh = two_sample_test(*sides)
    return Sight(fresh.auc, held_out_auc(*logits).auc)


def _next_real(data: Data, start: int) -> list[Batch]:
    """Returns the batches that come next, as many as are asked about."""
    found: list[Batch] = []
    count = 0
    for batch in data.batches(start):
        found.append(batch)
        count += len(batch)
        if count >= SAMPLES or count * batch.samples[0].numel() >= MOST_VALUES:
            break
    return found


def _logits(game: AdversarialGame, batch: Batch) -> Tensor:
    """Returns one logit a sample, or a pack, (B,)."""
    logits: Tensor = game.discriminator(game.shown(batch), batch.condition)
    return logits.float().mean(1)


def _judged(game: AdversarialGame, parts: list[Batch]) -> Judged:
    """Returns samples as the fresh network is shown them: words as numbers, all else as is."""
    seen = [
        reduced(game.shown(part).float()) if part.samples.is_floating_point() else part.samples
        for part in parts
    ]
    classes = [part.condition for part in parts if part.condition is not None]
    by_class = bool(classes) and not classes[0].is_floating_point()
    return Judged(torch.cat(seen), torch.cat(classes) if by_class else None)
