"""Text through a latent space: an autoencoder, and the core's game on its codes.

A decoder writes a text from a code; the game learns to make codes. Between two codes lies a third,
so texts can be interpolated, and one pass through a small network makes all there is to a sample:
the decoder then writes it out, always alike.

Source: Zhao et al. (2018), "Adversarially Regularized Autoencoders" (ARAE): codes of length one,
noise on the codes that the decoder learns from, a generator and a discriminator of codes.

Shapes: B texts, L positions, V tokens, Z latent size, C code size.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from multigan.core.condition import ConditionSpec
from multigan.core.draws import normal
from multigan.core.game import AdversarialGame
from multigan.core.knobs import Knob
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch, Objective, Phase, Terms
from multigan.core.registries import DISCRIMINATORS, GENERATORS, OBJECTIVES, Ingredients
from multigan.errors import ConfigError
from multigan.modalities.shared.heads import ScoresLastFeatures
from multigan.modalities.shared.layers import ConditionEmbedding, Projection
from multigan.modalities.shared.objectives import rules
from multigan.modalities.text.networks.recurrent import LSTMGenerator
from multigan.modalities.text.networks.token_table import TokenTable
from multigan.modalities.text.vocabulary import masked_mean, until_end
from multigan.typed import Count, Decay, Interval, Weight


class Encoder(nn.Module):
    """Reads tokens (B, L) into codes (B, C) of length one."""

    def __init__(self, vocab_size: int, code_dim: int, width: int, embedding_dim: int) -> None:
        super().__init__()
        self.tokens = TokenTable(vocab_size, embedding_dim, width)
        self.tokens.project = None  # it reads, and writes nothing
        self.tokens.bias = None
        self.layer = nn.GRU(embedding_dim, width, batch_first=True)
        self.output = nn.Linear(width, code_dim)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Encodes texts; `mask` (B, L) says which positions belong to them."""
        states, _ = self.layer(self.tokens(ids) * mask.unsqueeze(-1))
        pooled = states.masked_fill(~mask.unsqueeze(-1), -torch.inf).amax(1)
        return normalize(self.output(pooled), dim=-1)


@GENERATORS.register("latent-text")
class LatentTextGenerator(nn.Module):
    """Makes a code of a latent, and a text of the code: (B, Z) -> tokens (B, L).

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None.
        latent_dim: Z.
        code_dim: C.
        width: Units of each layer.
        embedding_dim: Size of the tokens' embeddings.
        dropout: The share of the decoder's activations dropped while it learns, which makes it
            rely on the code.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        latent_dim: int,
        code_dim: Count = 128,
        width: Count = 256,
        embedding_dim: Count = 128,
        dropout: Decay = 0.3,
    ) -> None:
        super().__init__()
        self.code_dim = code_dim
        self.decoder = LSTMGenerator(
            sample_shape,
            ConditionSpec("vector", code_dim),
            width=width,
            embedding_dim=embedding_dim,
            dropout=dropout,
        )
        self.encoder = Encoder(self.decoder.vocab_size, code_dim, width, embedding_dim)
        self.coder = Coder(latent_dim, code_dim, width, condition)

    @property
    def end_id(self) -> int:
        """The token that ends a text."""
        return self.decoder.end_id

    @end_id.setter
    def end_id(self, value: int) -> None:
        self.decoder.end_id = value

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Writes the likeliest text of each latent's code."""
        return self.write(self.coder(latent, condition))

    def write(self, codes: Tensor) -> Tensor:
        """Writes the likeliest tokens, one after the other, for codes (B, C)."""
        ids, _ = self.decoder.sample(
            len(codes), lambda logits, position: logits.argmax(-1), condition=self.loud(codes)
        )
        return ids

    def encode(self, ids: Tensor) -> Tensor:
        """Returns the codes (B, C) of tokens (B, L)."""
        codes: Tensor = self.encoder(ids, until_end(ids, self.end_id))
        return codes

    def log_probs(self, ids: Tensor, codes: Tensor) -> Tensor:
        """Returns how likely the decoder finds each token, (B, L), given the texts' codes."""
        return self.decoder.log_probs(ids, self.loud(codes))

    def loud(self, codes: Tensor) -> Tensor:
        """Scales codes of length one to entries of the order of one, as networks like them."""
        return codes * self.code_dim**0.5


class Coder(nn.Module):
    """Makes codes (B, C) of length one out of latents (B, Z)."""

    def __init__(
        self, latent_dim: int, code_dim: int, width: int, condition: ConditionSpec | None
    ) -> None:
        super().__init__()
        self.told = ConditionEmbedding(condition, width) if condition else None
        self.first = nn.Linear(latent_dim, width)
        self.rest = nn.Sequential(
            nn.LeakyReLU(0.2),
            nn.Linear(width, width),
            nn.LeakyReLU(0.2),
            nn.Linear(width, code_dim),
        )

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """(B, Z) -> (B, C)."""
        hidden = self.first(latent)
        if self.told is not None:
            hidden = hidden + self.told(condition)
        return normalize(self.rest(hidden), dim=-1)


@DISCRIMINATORS.register("latent-code")
class CodeDiscriminator(ScoresLastFeatures):
    """A perceptron that scores codes.

    Args:
        sample_shape: (L, V), of the texts; not used.
        condition: What it is conditioned on, or None.
        code_dim: C, the generator's.
        width: Units of each layer.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        code_dim: Count = 128,
        width: Count = 256,
    ) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(code_dim, width), nn.LeakyReLU(0.2))
        self.second = nn.Sequential(nn.Linear(width, width), nn.LeakyReLU(0.2))
        self.output = Projection(width, condition)
        self.loud = code_dim**0.5

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the activations of both layers, (B, width) each."""
        first = self.first(samples * self.loud)
        return [first, self.second(first)]


class LatentTextGame(Objective):
    """An autoencoder that learns all along, and a game on its codes that joins later.

    Args:
        generator: Encoder, decoder and the maker of codes.
        game: The core's game, between the maker of codes and a discriminator of codes.
        end_id: The token that ends a text.
        warmup_steps: Steps of the autoencoder alone.
        code_noise: The length of the noise on codes, relative to theirs; a knob. Texts of nearby
            codes become alike.
    """

    def __init__(
        self,
        generator: LatentTextGenerator,
        game: AdversarialGame,
        *,
        end_id: int = 0,
        warmup_steps: int = 0,
        code_noise: float = 0.3,
    ) -> None:
        super().__init__()
        self.generator = generator
        self.game = game
        generator.end_id = end_id
        self.warmup_steps = warmup_steps
        self.code_noise = code_noise
        self.autoencoder = nn.ModuleList([generator.encoder, generator.decoder])

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The autoencoder's move, then those of the game on codes."""
        begins = self.warmup_steps
        played = (
            replace(phase, terms=self._on_codes(phase.terms), active=lambda step: step >= begins)
            for phase in self.game.phases
        )
        return (Phase("autoencoder", self.autoencoder, self.autoencoder_terms), *played)

    @property
    def averaged(self) -> Mapping[str, nn.Module]:
        """The generator with its decoder and encoder."""
        return {"generator": self.generator}

    @property
    def knobs(self) -> Mapping[str, Knob]:
        """Those of the game, and the noise on codes."""
        noise = Knob(lambda: self.code_noise, lambda value: setattr(self, "code_noise", value))
        return {**self.game.knobs, "code_noise": noise}

    def autoencoder_terms(self, batch: Batch, step: int) -> Terms:
        """The mean negative log-likelihood of a token, in nats, given its text's noisy code."""
        ids = batch.samples
        codes = self.generator.encode(ids)
        noise = normal(*codes.shape, device=codes.device) * codes.shape[1] ** -0.5
        noisy = normalize(codes + self.code_noise * noise, dim=-1)
        log_probs = self.generator.log_probs(ids, noisy)
        return {"nll": -masked_mean(log_probs, until_end(ids, self.generator.end_id))}

    def _on_codes(self, terms: Callable[[Batch, int], Terms]) -> Callable[[Batch, int], Terms]:
        def on_codes(batch: Batch, step: int) -> Terms:
            with torch.no_grad():
                codes = self.generator.encode(batch.samples)
            return terms(Batch(codes, batch.condition), step)

        return on_codes


@OBJECTIVES.register("latent-text")
def latent_text(
    ingredients: Ingredients, *, warmup_steps: Interval = 0, code_noise: Weight = 0.3
) -> LatentTextGame:
    """Returns the autoencoder and the game on its codes; see `LatentTextGame`.

    Args:
        ingredients: The recipe and its networks.
        warmup_steps: Steps of the autoencoder alone, before the game.
        code_noise: The length of the noise on codes, relative to theirs, while they are read.

    Raises:
        ConfigError: The networks are not those of latent text.
    """
    generator, discriminator = ingredients.generator, ingredients.discriminator
    if not isinstance(generator, LatentTextGenerator) or discriminator is None:
        raise ConfigError(
            "latent-text needs the generator latent-text and a discriminator of its codes, such as "
            "latent-code."
        )
    game = AdversarialGame(
        generator.coder,
        discriminator,
        ingredients.prior,
        LOSSES[ingredients.recipe.loss],
        **rules(ingredients),
    )
    end_id: int = ingredients.modality.end_id  # type: ignore[assignment]
    return LatentTextGame(
        generator, game, end_id=end_id, warmup_steps=warmup_steps, code_noise=code_noise
    )
