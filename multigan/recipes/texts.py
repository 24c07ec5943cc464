"""Recipes for text."""

from dataclasses import replace

from multigan.config import OptimizerOptions, Recipe
from multigan.registry import Component


def relativistic_text() -> Recipe:
    """Returns our recipe for any text: maximum likelihood first, then a game that keeps it honest.

    The relativistic loss with R1 and R2 is that of Huang et al. (2024), "The GAN is dead; long live
    the GAN!", taken at the discriminator's embeddings of tokens; the tokens pass the gradient
    straight through a Gumbel softmax (Jang et al. 2017). Likelihood stays mixed in and entropy is
    rewarded, the two remedies that helped most in Caccia et al. (2020), "Language GANs Falling
    Short".
    """
    return Recipe(
        name="relativistic-text",
        summary="Any text, ours: likelihood, then the relativistic game on tokens with R1 and R2.",
        modality="text",
        data=Component("prose"),
        objective=Component(
            "text-game",
            {
                "relaxation": "straight-through",
                "warmup_steps": 3000,
                "discriminator_warmup": 300,
                "likelihood_weight": 1.0,
                "entropy_weight": 0.02,
            },
        ),
        generator=Component("lstm", {"width": 256, "dropout": 0.3}),
        discriminator=Component("text-cnn", {"channels": 64}),
        regularizers={"r1": {"weight": 0.1, "every": 4}, "r2": {"weight": 0.1, "every": 4}},
        optimizers={
            "likelihood": OptimizerOptions(learning_rate=2e-3, beta1=0.9, beta2=0.99),
            "generator": OptimizerOptions(learning_rate=2e-4, beta1=0.5, beta2=0.99),
            "discriminator": OptimizerOptions(learning_rate=2e-4, beta1=0.5, beta2=0.99),
        },
        half_life=20_000,
        steps=6000,
        metrics=(),
    )


def text() -> Recipe:
    """Returns `relativistic_text` under the name of its kind of data."""
    return replace(relativistic_text(), name="text")


def mle() -> Recipe:
    """Returns maximum likelihood alone: the baseline that every GAN of text has to beat."""
    return replace(
        relativistic_text(),
        name="mle",
        summary="Maximum likelihood alone, the baseline that GANs of text have to beat.",
        objective=Component("likelihood"),
        discriminator=None,
        regularizers={},
        optimizers={"likelihood": OptimizerOptions(learning_rate=2e-3, beta1=0.9, beta2=0.99)},
    )


def prose() -> Recipe:
    """Returns the recipe of the demo: sentences of Python's help, no download, three minutes."""
    return relativistic_text().changed(
        {
            "name": "prose",
            "summary": "The demo: sentences of the help texts that every Python carries.",
            "data.lowercase": True,
            "data.length": 24,
            "objective.warmup_steps": 500,
            "objective.discriminator_warmup": 50,
            "steps": 800,
            "look_every": 100,
            "checkpoint_every": 200,
        }
    )
