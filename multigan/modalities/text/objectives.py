"""The objectives of text, as recipes name them."""

from collections.abc import Mapping
from typing import Annotated

from torch import Tensor, nn

from multigan.core.losses import LOSSES
from multigan.core.objective import Batch, Objective, Phase, Terms
from multigan.core.registries import OBJECTIVES, Ingredients
from multigan.errors import ConfigError
from multigan.modalities.shared.objectives import rules
from multigan.modalities.text.modality import TextModality
from multigan.modalities.text.networks.sequence import TextGenerator
from multigan.modalities.text.relaxations import RELAXATIONS
from multigan.modalities.text.text_game import TextGame
from multigan.modalities.text.vocabulary import masked_mean, until_end
from multigan.typed import Component, Fraction, Interval, Natural, Weight
from multigan.typed.registry import NamedIn

STRAIGHT_THROUGH = Component("straight-through")


class MaximumLikelihood(Objective):
    """One phase: a generator of tokens makes real texts likely."""

    def __init__(self, generator: TextGenerator, end_id: int = 0) -> None:
        super().__init__()
        self.generator = generator
        self.end_id = generator.end_id = end_id

    @property
    def phases(self) -> tuple[Phase]:
        """The one."""
        return (Phase("likelihood", self.generator, self.terms),)

    @property
    def averaged(self) -> Mapping[str, nn.Module]:
        """The generator."""
        return {"generator": self.generator}

    def terms(self, batch: Batch, step: int) -> Terms:
        """The mean negative log-likelihood of a token, in nats; what follows the end is masked."""
        mask = until_end(batch.samples, self.end_id)
        log_probs: Tensor = self.generator.log_probs(batch.samples, batch.condition)
        return {"nll": -masked_mean(log_probs, mask)}


@OBJECTIVES.register("likelihood")
def likelihood(ingredients: Ingredients) -> MaximumLikelihood:
    """Returns maximum likelihood alone; the recipe's discriminator is left out of it."""
    return MaximumLikelihood(_generator(ingredients), _end_id(ingredients))


@OBJECTIVES.register("text-game")
def text_game(
    ingredients: Ingredients,
    *,
    relaxation: Annotated[Component, NamedIn(RELAXATIONS)] = STRAIGHT_THROUGH,
    warmup_steps: Interval = 0,
    discriminator_warmup: Interval = 0,
    likelihood_weight: Weight = 0.0,
    entropy_weight: Weight = 0.0,
    inverse_temperature: Weight = 1.0,
    prompt_length: Natural = 0,
    top_share: Fraction = 1.0,
) -> TextGame:
    """Returns the game on text; see `TextGame`.

    Args:
        ingredients: The recipe and its networks.
        relaxation: How the gradient or reward reaches the generator: a name in `RELAXATIONS`,
            or one with options.
        warmup_steps: Steps of maximum likelihood before the game.
        discriminator_warmup: For how many of those the discriminator learns as well.
        likelihood_weight: Of the real texts' likelihood in the generator's term; the knob
            "likelihood.weight". Guo et al. (2018), "LeakGAN", mix it in against collapse.
        entropy_weight: Of the generator's entropy at each token, in nats; the knob
            "entropy.weight".
        inverse_temperature: Of the relaxation, at the start; a knob. Nie et al. (2019), "RelGAN",
            raise it from 1.
        prompt_length: The first tokens of the real texts, which the generated ones begin with.
        top_share: The share of its samples that the generator learns from; see `top_mean`.

    Raises:
        ConfigError: A name is unknown, or two components do not go together.
    """
    if ingredients.discriminator is None:
        raise ConfigError("The game needs a discriminator, and the recipe has none.")
    return TextGame(
        _generator(ingredients),
        ingredients.discriminator,
        LOSSES[ingredients.recipe.loss],
        RELAXATIONS.build(relaxation),
        end_id=_end_id(ingredients),
        warmup_steps=warmup_steps,
        discriminator_warmup=discriminator_warmup,
        likelihood_weight=likelihood_weight,
        entropy_weight=entropy_weight,
        inverse_temperature=inverse_temperature,
        prompt_length=prompt_length,
        top_share=top_share,
        **rules(ingredients),
    )


def _generator(ingredients: Ingredients) -> TextGenerator:
    if isinstance(ingredients.generator, TextGenerator):
        return ingredients.generator
    raise ConfigError(
        f"{type(ingredients.generator).__name__} does not generate text. Text generators are lstm, "
        "gru, transformer and others: see `multigan recipes`."
    )


def _end_id(ingredients: Ingredients) -> int:
    if isinstance(ingredients.modality, TextModality):
        return ingredients.modality.end_id
    raise ConfigError(f"This objective is one of text, not of {ingredients.modality.name}s.")
