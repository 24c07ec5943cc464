"""The objectives of most recipes: the adversarial game, plain, unrolled and growing."""

from typing import Annotated, Any

from torch import nn

from multigan.core.game import AdversarialGame
from multigan.core.growth import ProgressiveGame
from multigan.core.losses import LOSSES, AdversarialLoss
from multigan.core.prior import Prior
from multigan.core.registries import AUGMENTATIONS, OBJECTIVES, Ingredients
from multigan.core.regularizers import REGULARIZERS
from multigan.core.unrolled import UnrolledGame
from multigan.errors import ConfigError
from multigan.typed import Above, Component, Count, Fraction


@OBJECTIVES.register("game")
def game(ingredients: Ingredients, top_share: Fraction = 1.0) -> AdversarialGame:
    """Returns the game that the recipe's loss, regularizers and augmentation make.

    Args:
        ingredients: The recipe and its networks.
        top_share: The share of its samples that the generator learns from; see `top_mean`.

    Raises:
        ConfigError: A name is unknown, or two components do not go together.
    """
    return AdversarialGame(*_players(ingredients), top_share=top_share, **rules(ingredients))


@OBJECTIVES.register("unrolled")
def unrolled(
    ingredients: Ingredients,
    steps: Count = 5,
    learning_rate: Annotated[float, Above(0)] = 0.1,
    top_share: Fraction = 1.0,
) -> UnrolledGame:
    """Returns the game whose generator looks `steps` discriminator steps ahead.

    Args:
        ingredients: The recipe and its networks.
        steps: How many updates of the discriminator the generator looks ahead; see `UnrolledGame`.
        learning_rate: Of those updates.
        top_share: As in `game`.

    Raises:
        ConfigError: As in `game`, or an option is out of range.
    """
    return UnrolledGame(
        *_players(ingredients),
        unroll_steps=steps,
        unroll_rate=learning_rate,
        top_share=top_share,
        **rules(ingredients),
    )


@OBJECTIVES.register("progressive")
def progressive(
    ingredients: Ingredients, fade: Fraction = 0.5, top_share: Fraction = 1.0
) -> ProgressiveGame:
    """Returns the game of networks that grow; the schedule of `growth` says when.

    Args:
        ingredients: The recipe and its networks.
        fade: The share of a stage's time in which the next fades in; see `ProgressiveGame`.
        top_share: As in `game`.

    Raises:
        ConfigError: As in `game`; or a network cannot grow, or `fade` is out of range.
    """
    return ProgressiveGame(
        *_players(ingredients), fade=fade, top_share=top_share, **rules(ingredients)
    )


def _players(ingredients: Ingredients) -> tuple[nn.Module, nn.Module, Prior, AdversarialLoss]:
    discriminator = ingredients.discriminator
    if discriminator is None:
        raise ConfigError("The game needs a discriminator, and the recipe has none.")
    loss = LOSSES[ingredients.recipe.loss]
    return ingredients.generator, discriminator, ingredients.prior, loss


def rules(ingredients: Ingredients) -> dict[str, Any]:
    """Returns the regularizers, the augmentation and the discriminator's steps of a recipe."""
    recipe = ingredients.recipe
    return {
        "regularizers": [
            REGULARIZERS.build(Component(name, options))
            for name, options in recipe.regularizers.items()
        ],
        "augment": None if recipe.augment is None else AUGMENTATIONS.build(recipe.augment),
        "discriminator_steps": recipe.discriminator_steps,
    }
