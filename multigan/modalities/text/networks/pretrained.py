"""Any causal language model of `transformers` as generator, any encoder as discriminator.

Each comes from a configuration, a local folder or the Hub. Its vocabulary has to be the
tokenizer's: name the same folder as the data's tokenizer, or build the model from a configuration.

Shapes: B texts, L positions, V tokens, H hidden size.
"""

from collections.abc import Mapping
from inspect import signature
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.errors import ConfigError, first_line
from multigan.imports.pretrained import build_from_config, library, load_pretrained
from multigan.modalities.shared.heads import ScoresLastFeatures
from multigan.modalities.shared.layers import ConditionEmbedding, Projection, embedding_of
from multigan.modalities.text.networks.embedded import TextDiscriminator, counting
from multigan.modalities.text.networks.low_rank import add_adapters, without_adapters
from multigan.modalities.text.networks.sequence import TextGenerator
from multigan.typed import Natural, Weight

MARGIN = 4  # some models' first positions are reserved


@GENERATORS.register("causal-lm")
class CausalLMGenerator(TextGenerator):
    """A causal language model; the end of a text is also what stands before the first token.

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None; added to every token's embedding.
        model: A folder that `transformers` wrote, or a name on the Hub.
        config: Instead of `model`: `model_type` and any other options of a configuration, e.g.
            {"model_type": "gpt2", "n_layer": 2, "n_head": 2, "n_embd": 64}.
        adapter_rank: Of low-rank adapters, which are then all of the model that learns; 0 for
            none: the whole model learns. See `low_rank`.
        adapter_alpha: What the adapters are multiplied by, times their rank.
        latent_dim: Not used: the randomness of text lies in its tokens.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        latent_dim: int = 0,
        model: str | None = None,
        config: Mapping[str, Any] | None = None,
        adapter_rank: Natural = 0,
        adapter_alpha: Weight = 16.0,
    ) -> None:
        super().__init__(sample_shape, condition)
        self.model = _build("AutoModelForCausalLM", model, config, self.vocab_size)
        size = self.model.get_input_embeddings().embedding_dim
        self.told = ConditionEmbedding(condition, size, std=0.02) if condition else None
        self._check_head()
        _check_positions(self.model, self.length)
        self._cache_name = _cache_name(self.model.base_model)
        self.adapters = {"adapter_rank": adapter_rank, "adapter_alpha": adapter_alpha}
        if adapter_rank:
            add_adapters(self.model, adapter_rank, adapter_alpha)

    @property
    def saved_options(self) -> dict[str, Any]:
        """Options that build this network again without the folder its weights came from."""
        return {"config": _plain_config(self.model), **self.adapters}

    def plain_model(self) -> Any:
        """Returns the model as `transformers` knows it: adapters are merged into a copy."""
        return without_adapters(self.model) if self.adapters["adapter_rank"] else self.model

    def head(self, hidden: Tensor) -> Tensor:
        """(..., H) -> logits (..., V); a padded table's further rows are no tokens."""
        logits: Tensor = self.model.get_output_embeddings()(hidden)
        return logits[..., : self.vocab_size]

    def hidden(self, ids: Tensor, condition: Tensor | None = None) -> Tensor:
        """Reads all tokens at once: (B, L) -> states (B, L, H)."""
        before = pad(ids[:, :-1], (1, 0), value=self.end_id)
        return self._read(before, embedding_of(self.told, condition), None)

    def begin(self, count: int, condition: Tensor | None = None) -> Any:
        """Returns an empty cache."""
        from transformers import DynamicCache

        return DynamicCache(config=self.model.config), embedding_of(self.told, condition), count

    def advance(self, state: Any, tokens: Tensor | None) -> tuple[Tensor, Any]:
        """Reads one more token of each text."""
        cache, embedded, count = state
        if tokens is None:
            tokens = torch.full((count,), self.end_id, device=self.device)
        return self._read(tokens.unsqueeze(1), embedded, cache).squeeze(1), state

    def _read(self, ids: Tensor, embedded: Tensor | None, cache: Any) -> Tensor:
        vectors = self.model.get_input_embeddings()(ids)
        if embedded is not None:
            vectors = vectors + embedded.unsqueeze(1)
        kept = {} if cache is None else {self._cache_name: cache}
        found = self.model.base_model(inputs_embeds=vectors, use_cache=cache is not None, **kept)
        states: Tensor = found.last_hidden_state
        return states

    @torch.no_grad()
    def _check_head(self) -> None:
        """Raises a ConfigError if the model's logits are more than its output layer's."""
        vectors = torch.randn(1, 2, self.model.get_input_embeddings().embedding_dim)
        training, _ = self.model.training, self.model.eval()
        wanted = self.model(inputs_embeds=vectors, use_cache=False).logits
        states = self.model.base_model(inputs_embeds=vectors, use_cache=False).last_hidden_state
        found = self.model.get_output_embeddings()(states)
        self.model.train(training)
        if found.shape != wanted.shape or not torch.allclose(found, wanted, atol=1e-4, rtol=1e-3):
            raise ConfigError(
                f"{type(self.model).__name__} changes its logits after its output layer, which "
                "text games cannot follow in blocks. Use another architecture, such as gpt2."
            )


@DISCRIMINATORS.register("encoder")
class EncoderDiscriminator(ScoresLastFeatures, TextDiscriminator):
    """An encoder of `transformers` that reads embeddings, and a head on the mean of its states.

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None.
        model: A folder that `transformers` wrote, or a name on the Hub.
        config: Instead of `model`: `model_type` and any other options, e.g. {"model_type": "bert",
            "num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 64}.
        unit_embeddings: See `TextDiscriminator`; a pretrained table is better left as it is.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        model: str | None = None,
        config: Mapping[str, Any] | None = None,
        unit_embeddings: bool = False,
    ) -> None:
        encoder = _build("AutoModel", model, config, sample_shape[-1])
        table: nn.Embedding = encoder.get_input_embeddings()
        super().__init__(
            sample_shape,
            condition,
            embedding_dim=table.embedding_dim,
            unit_embeddings=unit_embeddings,
            embedding=table,
        )
        if getattr(encoder, "pooler", None) is not None:
            encoder.pooler = None  # the head here reads the states themselves
        _check_positions(encoder, sample_shape[0])
        self.encoder = encoder
        self.output = Projection(encoder.config.hidden_size, condition)

    def table(self) -> Tensor:
        """Returns the vectors of all tokens, (V, E); a padded table has more rows."""
        return super().table()[: self.vocab_size]

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the states of every layer, (B, L, H), and the last one's mean (B, H)."""
        mask = counting(samples)
        found = self.encoder(
            inputs_embeds=samples, attention_mask=mask.long(), output_hidden_states=True
        )
        counted = mask.unsqueeze(-1)
        states = [each * counted for each in found.hidden_states]
        mean = states[-1].sum(1) / counted.sum(1).clamp_min(1)
        return [*states, mean]


def _build(kind: str, model: str | None, config: Mapping[str, Any] | None, vocab_size: int) -> Any:
    """Returns a model of `transformers` with (at least) as many tokens as the tokenizer.

    Raises:
        ConfigError: There is no such model or configuration, or its vocabulary is another one.
    """
    auto = getattr(library("This network"), kind)
    if (model is None) == (config is None):
        raise ConfigError("Name either a model (a folder, or one on the Hub) or a config.")
    try:
        if model is not None:
            network = load_pretrained(auto, model, weights=True, hub=True)
        else:
            ends = {"bos_token_id": 0, "eos_token_id": 0}  # some vocabularies are tiny
            options = {"model_type": "gpt2", **ends, **(config or {}), "vocab_size": vocab_size}
            network = build_from_config(auto, options)
    except Exception as error:  # whatever the network, the Hub and a configuration can raise
        raise ConfigError(
            f"Cannot build the model {model or dict(config or {})}: {first_line(error)}"
        ) from error
    rows = network.get_input_embeddings().num_embeddings
    if rows < vocab_size:
        raise ConfigError(
            f"The model {model} knows {rows} tokens and the tokenizer {vocab_size}. Use the "
            f"model's own tokenizer: --set data.tokenizer={model}."
        )
    return network.float()


@torch.no_grad()
def _check_positions(model: nn.Module, length: int) -> None:
    """Refuses texts longer than a model has positions for: a GPU would fail for good.

    Raises:
        ConfigError: It cannot read `length` tokens.
    """
    config: Any = model.config
    positions = getattr(config, "max_position_embeddings", None)
    if not isinstance(positions, int) or positions >= length + MARGIN:
        return
    training, _ = model.training, model.eval()
    try:  # some models compute positions, and can read more than they were made for
        vectors = model.get_input_embeddings().weight[:1].expand(1, length, -1)  # type: ignore[operator]
        model(inputs_embeds=vectors)
    except (IndexError, RuntimeError, ValueError) as error:
        raise ConfigError(
            f"{type(model).__name__} has {positions} positions, and texts have {length} tokens. "
            f"Cut them (--set data.length={positions}), or use a model with more positions."
        ) from error
    finally:
        model.train(training)


def _cache_name(model: Any) -> str:
    """Returns what `forward` calls its cache: transformers 5.24 renamed it."""
    return "cache" if "cache" in signature(model.forward).parameters else "past_key_values"


def _plain_config(model: Any) -> dict[str, Any]:
    config = {**model.config.to_diff_dict(), "model_type": model.config.model_type}
    for name in ("transformers_version", "architectures", "dtype", "_name_or_path"):
        config.pop(name, None)
    return config
