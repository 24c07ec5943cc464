"""A model of an oracle's sentences, at many temperatures.

Shapes: B sentences, L tokens, V tokens in the vocabulary, H hidden size.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor

from multigan.core.switches import evaluating
from multigan.modalities.text.networks.sequence import TextGenerator
from multigan.modalities.text.pipeline import TextPipeline
from multigan.modalities.text.vocabulary import Rows

BATCH = 250  # sentences sampled at once
SCORED = 50  # sentences scored at once


class TemperedPipeline:
    """A text pipeline whose logits are multiplied by an inverse temperature alpha.

    Args:
        pipeline: Its rows have no end: every sentence has L tokens.
    """

    def __init__(self, pipeline: TextPipeline) -> None:
        self.pipeline = pipeline

    def sample(self, count: int, *, alpha: float, seed: int) -> Tensor:
        """Returns sentences (count, L)."""
        return self.pipeline.generate_ids(count, seed=seed, batch_size=BATCH, temperature=1 / alpha)

    @torch.no_grad()
    def nll(self, ids: Tensor, alphas: Sequence[float]) -> list[float]:
        """Returns, for each alpha, the mean negative log-likelihood of a token of (B, L)."""
        generator = cast(TextGenerator, self.pipeline.generator)
        totals = torch.zeros(len(alphas), dtype=torch.float64)
        with evaluating(generator):
            for batch in torch.split(ids, SCORED):
                part = batch.to(self.pipeline.device)
                totals += _nlls(generator, part, alphas).double().cpu()
        return (totals / ids.numel()).tolist()


def _nlls(generator: TextGenerator, ids: Tensor, alphas: Sequence[float]) -> Tensor:
    """Returns the summed negative log-likelihoods of (B, L) at each alpha; one pass for all."""

    def compute(logits: Tensor, rows: Rows) -> tuple[Tensor]:
        chosen = logits.gather(1, rows.of(ids).unsqueeze(1)).squeeze(1)
        values = [(alpha * logits).logsumexp(1) - alpha * chosen for alpha in alphas]
        return (torch.stack(values, 1),)

    everywhere = torch.ones_like(ids, dtype=torch.bool)
    hidden = generator.hidden(ids)
    (values,) = generator.over_vocabulary(hidden, everywhere, compute)
    return values.sum((0, 1))
