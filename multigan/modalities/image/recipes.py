"""Recipes for pictures."""

from multigan.config import OptimizerOptions, Recipe, ScheduleOptions
from multigan.typed import Component


def image() -> Recipe:
    """Returns the recipe for any pictures, conditional where they come with classes.

    The game, the optimizer's betas and the half-cosine schedules are R3GAN's (Huang et al. 2024,
    "The GAN is dead; long live the GAN!"). It differs from the recipe `r3gan` where two CPU cores
    ask for it: DCGAN's networks, a step of which takes a fraction of the time and which draw digits
    within minutes (benchmarks/README.md), where R3GAN's had drawn none; so a learning rate five
    times as high, penalties at every fourth step, of a constant weight, and a shorter average.
    """
    optimizer = OptimizerOptions(learning_rate=1e-3, beta1=0.0, beta2=0.9)
    return Recipe(
        name="image",
        summary="Any pictures: a folder, a zip, Parquet, the Hub. DCGAN, relativistic, R1 and R2.",
        modality="image",
        data=Component("digits"),
        generator=Component("dcgan", {"width": 32}),
        # With a hidden layer it sees whole samples, not a sum over places: better at equal time
        # (benchmarks/RESULTS.md).
        discriminator=Component("dcgan", {"width": 32, "hidden": 64}),
        # Every 4 steps at 4 times the strength: the penalties cost half of a step otherwise.
        regularizers={"r1": {"weight": 0.1, "every": 4}, "r2": {"weight": 0.1, "every": 4}},
        optimizers={"generator": optimizer, "discriminator": optimizer},
        schedules={
            "learning_rate": ScheduleOptions(1e-3, 1e-4),
            "beta2": ScheduleOptions(0.9, 0.99),
        },
        half_life=10_000,
        steps=10_000,
    )


def digits() -> Recipe:
    """Returns the recipe of the demo: 8x8 handwritten digits, no download, a minute or two."""
    return image().changed(
        {
            "name": "digits",
            "summary": "The demo: scikit-learn's 1,797 handwritten digits, 8x8, by class.",
            # Small pictures have small gradients' norms; a larger weight blurs them.
            "regularizers.r1.weight": 0.03,
            "regularizers.r2.weight": 0.03,
            "steps": 3000,
            "look_every": 250,
            "checkpoint_every": 500,
        }
    )
