"""How the discriminator's gradient or reward reaches a generator of discrete tokens, along a path.

A pathwise relaxation shows the discriminator vectors that depend smoothly on the generator's
logits, at least as far as gradients are concerned. `policies.py` has those that need no such path.

Shapes: B texts, L positions, V tokens, R rows of a block, E the discriminator's embedding size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import softmax

from multigan.core.game import ScoredBatch, top_mean
from multigan.core.objective import Batch
from multigan.modalities.text.gumbel import GumbelNoise
from multigan.modalities.text.vocabulary import Rows, entropy_of, masked_mean
from multigan.typed.registry import BUILT_IN, Registry

if TYPE_CHECKING:
    from multigan.modalities.text.text_game import TextGame


@dataclass(frozen=True)
class Sampled:
    """Texts that a generator has sampled, and all that is needed to replay them.

    Attributes:
        ids: Tokens (B, L).
        states: The states (B, L, H) from which they were predicted, without gradient.
        mask: (B, L): which positions belong to a text.
        free: (B, L): which of them the generator chose, rather than a prompt.
        noise: The Gumbel draws that chose them.
    """

    ids: Tensor
    states: Tensor
    mask: Tensor
    free: Tensor
    noise: GumbelNoise

    def chunks(self, count: int) -> "list[Sampled]":
        """Returns equal parts of it, in order, to be shown: they are not replayed."""
        parts = [t.chunk(count) for t in (self.ids, self.states, self.mask, self.free)]
        noises = [self.noise.repetition(index) for index in range(count)]
        return [Sampled(*each) for each in zip(*parts, noises, strict=True)]


class GeneratorTerms(NamedTuple):
    """What one pass over the replayed texts tells the generator.

    Attributes:
        adversarial: The generator's adversarial term.
        entropy: The mean entropy of a token in nats; None if nobody wants it.
        scored: What was scored, if the relaxation is pathwise.
    """

    adversarial: Tensor
    entropy: Tensor | None
    scored: ScoredBatch | None = None


class Relaxation(Protocol):
    """One way to a gradient; built with a recipe's options.

    Attributes:
        pathwise: Whether the discriminator's inputs carry the gradient, which terms such as
            feature matching need.
    """

    pathwise: ClassVar[bool]

    def follow(self, generator: nn.Module, *, playing: bool) -> None:
        """Is called with the generator at the start and after each of its updates.

        `playing` is whether the update was one of the game, rather than of the warm-up.
        """
        ...

    def show(self, game: "TextGame", sampled: Sampled) -> Tensor:
        """Returns what the discriminator learns from, (B, L, E); no gradient of the generator."""
        ...

    def adversarial(
        self, game: "TextGame", batch: Batch, sampled: Sampled, states: Tensor
    ) -> GeneratorTerms:
        """Returns the generator's terms; `states` (B, L, H) is the replay, with gradient."""
        ...


RELAXATIONS: Registry[Callable[..., Relaxation]] = Registry("relaxation", filled_by=BUILT_IN)

Mix = Callable[[Tensor, Rows], Tensor]  # logits (R, V) -> weights of the tokens (R, V)


class _Pathwise(nn.Module):
    """Shows the discriminator vectors that `mixed` makes of the logits."""

    pathwise: ClassVar[bool] = True

    def follow(self, generator: nn.Module, *, playing: bool) -> None:
        """Keeps nothing of the generator."""

    def mixed(self, game: "TextGame", sampled: Sampled) -> Mix:
        """Returns how logits become a distribution over tokens."""
        raise NotImplementedError

    def vectors(
        self, game: "TextGame", sampled: Sampled, states: Tensor, *, entropy: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        """Returns the mean vectors (B, L, E) of the distributions at each position.

        Where a prompt stands, they are those of its tokens. With them the mean entropy, if it is
        asked for: the logits are computed once for both.
        """
        table, mix = game.discriminator.table(), self.mixed(game, sampled)

        def compute(logits: Tensor, rows: Rows) -> tuple[Tensor, ...]:
            vectors = mix(logits, rows).to(table.dtype) @ table
            return (vectors, entropy_of(logits)) if entropy else (vectors,)

        soft, *entropies = game.generator.over_vocabulary(states, sampled.free, compute)
        given = game.discriminator.embed(sampled.ids, sampled.mask & ~sampled.free)
        mean = masked_mean(entropies[0], sampled.free) if entropy else None
        return soft.to(given.dtype) + given, mean

    def show(self, game: "TextGame", sampled: Sampled) -> Tensor:
        """Returns the same vectors, from states without gradient."""
        return self.vectors(game, sampled, sampled.states)[0]

    def adversarial(
        self, game: "TextGame", batch: Batch, sampled: Sampled, states: Tensor
    ) -> GeneratorTerms:
        """Scores the vectors, whose gradient leads to the generator."""
        wanted = game.entropy_weight > 0
        vectors, entropy = self.vectors(game, sampled, states, entropy=wanted)
        scored = game.scored(batch, vectors)
        real = scored.fake_logits if scored.real_logits is None else scored.real_logits
        losses = game.loss.generator(real, scored.fake_logits)
        adversarial = top_mean(losses, scored.fake_logits, game.top_share)
        return GeneratorTerms(adversarial, entropy, scored)


@RELAXATIONS.register("gumbel")
class Gumbel(_Pathwise):
    """Soft tokens: softmax((logits + noise) * inverse_temperature), as the discriminator sees them.

    Source: Jang, Gu & Poole (2017), "Categorical Reparameterization with Gumbel-Softmax"; fed to
    the discriminator alone, as here, by Nie et al. (2019), "RelGAN". The token that the generator
    itself reads next is the largest.
    """

    def mixed(self, game: "TextGame", sampled: Sampled) -> Mix:
        """Mixes by the relaxed sample."""
        sharpness = game.inverse_temperature

        def mix(logits: Tensor, rows: Rows) -> Tensor:
            noise = rows.inside(sampled.noise.between(rows.start, rows.stop))
            return softmax((logits + noise) * sharpness, dim=-1)

        return mix


class ShowsTokens:
    """Shows the discriminator the sampled tokens themselves."""

    def show(self, game: "TextGame", sampled: Sampled) -> Tensor:
        """Looks the sampled tokens up: no work on the vocabulary."""
        return game.discriminator.embed(sampled.ids, sampled.mask)


class _HardForward(ShowsTokens, _Pathwise):
    """Shows the discriminator the sampled tokens, and lends them the gradient of soft ones."""

    def vectors(
        self, game: "TextGame", sampled: Sampled, states: Tensor, *, entropy: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        """Returns the tokens' vectors, whose gradient is that of the soft ones."""
        soft, mean = super().vectors(game, sampled, states, entropy=entropy)
        return self.show(game, sampled) + (soft - soft.detach()), mean


@RELAXATIONS.register("straight-through")
class StraightThrough(_HardForward, Gumbel):
    """Hard tokens forward, the Gumbel-softmax gradient backward.

    Source: Jang, Gu & Poole (2017), section 2.2.
    """


@RELAXATIONS.register("expected")
class Expected(_HardForward):
    """Hard tokens forward; backward, every token by its probability, without noise.

    A first-order Taylor expansion of the score around the sampled tokens, averaged over the
    generator's distribution at each position.

    Source: Bengio, Léonard & Courville (2013), "Estimating or Propagating Gradients Through
    Stochastic Neurons", the straight-through estimator on probabilities.
    """

    def mixed(self, game: "TextGame", sampled: Sampled) -> Mix:
        """Mixes by the generator's distribution, at the game's temperature."""
        sharpness = game.inverse_temperature
        return lambda logits, rows: torch.softmax(logits * sharpness, dim=-1)
