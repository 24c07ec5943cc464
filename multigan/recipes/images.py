"""Recipes for pictures."""

from multigan.config import OptimizerOptions, Recipe
from multigan.registry import Component


def image() -> Recipe:
    """Returns the recipe for any pictures, conditional where they come with classes."""
    return Recipe(
        name="image",
        summary="Any pictures: a folder, a zip, Parquet, the Hub. DCGAN, relativistic, R1 and R2.",
        data=Component("digits"),
        generator=Component("dcgan", {"width": 32}),
        discriminator=Component("dcgan", {"width": 32}),
        regularizers={"r1": {"weight": 0.1}, "r2": {"weight": 0.1}},
        optimizers={
            "generator": OptimizerOptions(learning_rate=5e-4),
            "discriminator": OptimizerOptions(learning_rate=5e-4),
        },
        steps=10_000,
    )


def digits() -> Recipe:
    """Returns the recipe of the demo: 8x8 handwritten digits, no download, a minute or two."""
    return image().changed(
        {
            "name": "digits",
            "summary": "The demo: scikit-learn's 1,797 handwritten digits, 8x8, by class.",
            "steps": 2500,
            "look_every": 250,
            "checkpoint_every": 500,
        }
    )
