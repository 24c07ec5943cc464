"""A generator of text as one function of tensors: the next token, given those before it.

Whoever runs it loops: it asks for the logits at position 0, 1, ..., and draws from them. What was
written before is handed over as the memory of a recurrent network, or else as the row of tokens.

Shapes: B texts, L positions, V tokens, Z latent size, K classes, N rows of a memory, W their width.
"""

from typing import Any

import torch
from torch import Tensor, nn

from multigan.modalities.shared.layers import embedding_of
from multigan.modalities.text.latent import LatentTextGenerator
from multigan.modalities.text.modality import TextModality
from multigan.modalities.text.networks.recurrent import GRUGenerator, LSTMGenerator
from multigan.modalities.text.networks.relational import RelationalGenerator
from multigan.modalities.text.networks.sequence import TextGenerator
from multigan.modalities.text.tokenizers import FastTokenizer
from multigan.modalities.text.tokenizers.base import Tokenizer
from multigan.sampling.graph import EXAMPLES, Graph, condition_facts, condition_weights
from multigan.sampling.pipeline import Pipeline


class RowGraph(nn.Module):
    """From the row so far to the logits of one position; for networks that see all of it."""

    def __init__(self, generator: TextGenerator) -> None:
        super().__init__()
        self.generator = generator

    def examples(self) -> dict[str, Tensor]:
        """Returns an example of what stands for the text so far."""
        row = torch.arange(self.generator.length) % self.generator.vocab_size
        return {"ids": row.repeat(EXAMPLES, 1)}

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


class StepGraph(nn.Module):
    """From the latest token and a memory to the logits of the next one and the memory after it."""

    first: Tensor  # (N, W), the memory before anything was read

    def __init__(self, generator: TextGenerator) -> None:
        super().__init__()
        self.generator: Any = generator
        if isinstance(generator, RelationalGenerator):
            first = generator.memory.start
        else:
            layers: Any = self.generator.layers
            self.parts = 2 if isinstance(generator, LSTMGenerator) else 1  # h and c, or h alone
            first = torch.zeros(self.parts * len(layers), layers[0].hidden_size)
        self.register_buffer("first", first.clone(), persistent=False)

    def examples(self) -> dict[str, Tensor]:
        """Returns an example of what stands for the text so far."""
        token = torch.arange(EXAMPLES) % self.generator.vocab_size
        return {"token": token, "memory": torch.rand(EXAMPLES, *self.first.shape)}

    def forward(
        self, token: Tensor, memory: Tensor, position: Tensor, condition: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Returns logits (B, V) and the next memory (B, N, W).

        Args:
            token: int64 (B,), the one before; not looked at where `position` is 0.
            memory: (B, N, W), as it was returned; not looked at where `position` is 0.
            position: int64 (B,).
            condition: (B, K), a weight for each class, or numbers.
        """
        begins = position == 0
        token = torch.where(begins, self.generator.tokens.start_id, token)
        memory = torch.where(begins[:, None, None], self.first, memory)
        embedded = embedding_of(self.generator.told, condition)
        if isinstance(self.generator, RelationalGenerator):
            hidden, (memory, _) = self.generator.advance((memory, embedded), token)
        else:
            layers = self._layers(memory)
            hidden, (layers, _, _) = self.generator.advance((layers, embedded, 0), token)
            memory = torch.stack([part[0] for layer in layers for part in _parts(layer)], 1)
        return self.generator.head(hidden).float(), memory

    def _layers(self, memory: Tensor) -> list[Any]:
        """Returns the state of each layer, whose parts are (1, B, W)."""
        parts = [part[None].contiguous() for part in memory.unbind(1)]
        if self.parts == 1:
            return parts
        return list(zip(parts[::2], parts[1::2], strict=True))


class LatentTokenGraph(nn.Module):
    """The same for a text that a latent decides."""

    def __init__(self, generator: LatentTextGenerator) -> None:
        super().__init__()
        self.generator, self.decoder = generator, StepGraph(generator.decoder)

    def examples(self) -> dict[str, Tensor]:
        """Returns an example of what stands for the text so far."""
        return self.decoder.examples()

    def forward(
        self,
        token: Tensor,
        memory: Tensor,
        position: Tensor,
        latent: Tensor,
        condition: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Returns logits (B, V) and the next memory; see `StepGraph`. `latent` is (B, Z)."""
        loud = self.generator.loud(self.generator.coder(latent, condition))
        logits, memory = self.decoder(token, memory, position, loud)
        return logits, memory


def token_graph(pipeline: Pipeline) -> Graph:
    """Returns the graph from what was written so far to the logits (B, V) of the next token.

    Inputs are `position` (B,) int64; `token` (B,) int64 and `memory` (B, N, W) of recurrent
    networks, whose next `memory` is the second output, or `ids` (B, L) int64; `condition` (B, K) as
    of `sample_graph`; and of a generator with codes `latent` (B, Z), whose text is the likeliest.
    """
    generator, modality = pipeline.generator, pipeline.modality
    assert isinstance(modality, TextModality)
    module = _module(generator)
    inputs = {**module.examples(), "position": torch.arange(EXAMPLES) % modality.length}
    latent = isinstance(generator, LatentTextGenerator)
    if latent:
        inputs["latent"] = pipeline.latents(EXAMPLES, seed=1)
    conditions = pipeline.conditions(None, EXAMPLES)
    if conditions is not None:
        inputs["condition"] = condition_weights(pipeline, conditions)
    facts = _facts(pipeline, modality, latent)
    if "memory" not in inputs:
        return Graph(module.eval(), inputs, ("logits",), facts)
    facts["memory_shape"] = list(inputs["memory"].shape[1:])
    return Graph(module.eval(), inputs, ("logits", "next_memory"), facts)


def _module(generator: Any) -> Any:
    if isinstance(generator, LatentTextGenerator):
        return LatentTokenGraph(generator)
    recurrent = isinstance(generator, LSTMGenerator | GRUGenerator | RelationalGenerator)
    return StepGraph(generator) if recurrent else RowGraph(generator)


def _parts(layer: Any) -> tuple[Tensor, ...]:
    """Returns h and c of an LSTM's layer, or h alone."""
    return layer if isinstance(layer, tuple) else (layer,)


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
        "memory_shape": None,
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
