"""What is wrong with a recipe, found before any data are read."""

from typing import Any

from multigan.config import Recipe
from multigan.core.controllers import CONTROLLERS
from multigan.core.losses import LOSSES
from multigan.core.registries import AUGMENTATIONS, DISCRIMINATORS, GENERATORS, OBJECTIVES
from multigan.core.regularizers import REGULARIZERS
from multigan.modalities.kind import kind_of, refuse_representation
from multigan.runs.evaluate import training_metrics
from multigan.typed import Component, from_plain
from multigan.typed.registry import Registry


def check_recipe(recipe: Recipe) -> None:
    """Makes sure that all a recipe names exists, and takes the options that it is given.

    Whether the parts go together, and with the data, shows only when they are built.

    Raises:
        ConfigError: The first name, option or value that is wrong.
    """
    kind = kind_of(recipe.modality)
    kind.evaluator.check_names(training_metrics(recipe))
    from_plain(kind.options, recipe.data.options, "data")
    if kind.representations is None:
        refuse_representation(f"Data of the kind {recipe.modality!r}", recipe.representation)
    LOSSES[recipe.loss]
    for registry, component in _components(recipe, kind.representations):
        if component is not None and registry is not None:
            registry.check(component)


def _components(
    recipe: Recipe, representations: Registry[Any] | None
) -> list[tuple[Registry[Any] | None, Component | None]]:
    tables: list[tuple[Registry[Any], Any]] = [
        (REGULARIZERS, recipe.regularizers),
        (CONTROLLERS, recipe.controllers),
    ]
    return [
        (representations, recipe.representation),
        (OBJECTIVES, recipe.objective),
        (GENERATORS, recipe.generator),
        (DISCRIMINATORS, recipe.discriminator),
        (AUGMENTATIONS, recipe.augment),
        *(
            (registry, Component(name, options))
            for registry, table in tables
            for name, options in table.items()
        ),
    ]
