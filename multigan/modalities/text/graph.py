"""A generator of text as one function of tensors: the next token, given those before it.

Whoever runs it loops: it asks for the logits at position 0, 1, ..., and writes what it draws into
the row. The row is all the state there is, so every generator of text leaves in this one form.

Shapes: B texts, L positions, V tokens, Z latent size, K classes.
"""

from typing import Any

import torch
from torch import Tensor, nn

from multigan.modalities.text.latent import LatentTextGenerator
from multigan.modalities.text.modality import TextModality
from multigan.modalities.text.networks.sequence import TextGenerator
from multigan.modalities.text.tokenizers import FastTokenizer
from multigan.modalities.text.tokenizers.base import Tokenizer
from multigan.sampling.graph import EXAMPLES, Graph, condition_facts, condition_weights
from multigan.sampling.pipeline import Pipeline


class TokenGraph(nn.Module):
    """From the row so far to the logits of one position."""

    def __init__(self, generator: TextGenerator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, ids: Tensor, position: Tensor, condition: Tensor | None = None) -> Tensor:
        """Returns logits (B, V) at positions (B,); what `ids` (B, L) has from there on is ignored.

        Args:
            ids: int64 (B, L).
            position: int64 (B,).
            condition: (B, K), a weight for each class, or numbers.
        """
        hidden = self.generator.hidden(ids, condition)  # (B, L, H)
        at = position[:, None, None].expand(-1, 1, hidden.shape[2])
        logits: Tensor = self.generator.head(hidden.gather(1, at).squeeze(1)).float()
        return logits


class LatentTokenGraph(nn.Module):
    """The same for a text that a latent decides."""

    def __init__(self, generator: LatentTextGenerator) -> None:
        super().__init__()
        self.generator, self.decoder = generator, TokenGraph(generator.decoder)

    def forward(
        self, ids: Tensor, position: Tensor, latent: Tensor, condition: Tensor | None = None
    ) -> Tensor:
        """Returns logits (B, V); see `TokenGraph`. `latent` is (B, Z)."""
        loud = self.generator.loud(self.generator.coder(latent, condition))
        logits: Tensor = self.decoder(ids, position, loud)
        return logits


def token_graph(pipeline: Pipeline) -> Graph:
    """Returns the graph from a row of tokens to the logits (B, V) of its next one.

    Inputs are `ids` (B, L) and `position` (B,), both int64; `condition` (B, K) as of
    `sample_graph`; and of a generator with codes `latent` (B, Z), whose text is the likeliest.
    """
    generator, modality = pipeline.generator, pipeline.modality
    assert isinstance(modality, TextModality)
    row = torch.arange(modality.length) % len(modality.tokenizer)
    inputs = {"ids": row.repeat(EXAMPLES, 1), "position": torch.arange(EXAMPLES) % modality.length}
    latent = isinstance(generator, LatentTextGenerator)
    if latent:
        inputs["latent"] = pipeline.latents(EXAMPLES, seed=1)
    conditions = pipeline.conditions(None, EXAMPLES)
    if conditions is not None:
        inputs["condition"] = condition_weights(pipeline, conditions)
    module = LatentTokenGraph(generator) if latent else TokenGraph(generator)  # type: ignore[arg-type]
    return Graph(module.eval(), inputs, ("logits",), _facts(pipeline, modality, latent))


def _facts(pipeline: Pipeline, modality: TextModality, latent: bool) -> dict[str, Any]:
    spec = pipeline.condition
    return {
        "latent_dim": pipeline.prior.dim if latent else modality.length,
        "length": modality.length,
        "vocab_size": len(modality.tokenizer),
        "end_id": modality.end_id,
        "unknown_id": modality.tokenizer.unknown_id,
        "tokenizer": _vocabulary(modality.tokenizer),
        "condition": condition_facts(spec),
        "mixes_classes": spec is not None and spec.kind == "class",
        "likeliest": latent,
    }


def _vocabulary(tokenizer: Tokenizer) -> dict[str, Any]:
    """Returns a tokenizer as plain JSON; of subwords only what each of them adds to a text.

    How those are cut out of a prompt only their own library knows.
    """
    if not isinstance(tokenizer, FastTokenizer):
        return tokenizer.to_json()
    decode = tokenizer.tokenizer.decode
    before = next(i for i in range(len(tokenizer)) if decode([i]).strip().isalpha())
    skipped = len(decode([before]))
    pieces = [decode([before, each])[skipped:] for each in range(len(tokenizer))]
    return {"kind": "pieces", "pieces": pieces}
