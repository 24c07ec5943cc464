"""The objective of most recipes: the adversarial game."""

from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.regularizers import REGULARIZERS
from multigan.errors import ConfigError
from multigan.modalities.registries import AUGMENTATIONS, OBJECTIVES, Ingredients
from multigan.registry import Component


@OBJECTIVES.register("game")
def game(ingredients: Ingredients) -> AdversarialGame:
    """Returns the game that the recipe's loss, regularizers and augmentation make.

    Raises:
        ConfigError: A name is unknown, or two components do not go together.
    """
    recipe = ingredients.recipe
    if ingredients.discriminator is None:
        raise ConfigError("The game needs a discriminator, and the recipe has none.")
    return AdversarialGame(
        ingredients.generator,
        ingredients.discriminator,
        ingredients.prior,
        LOSSES[recipe.loss],
        regularizers=[
            REGULARIZERS.build(Component(name, options))
            for name, options in recipe.regularizers.items()
        ],
        augment=None if recipe.augment is None else AUGMENTATIONS.build(recipe.augment),
        discriminator_steps=recipe.discriminator_steps,
    )
