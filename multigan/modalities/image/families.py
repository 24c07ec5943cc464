"""The families of image GANs, each as its paper plays it, on networks sized for the data at hand.

They differ from `image` in what their papers are about: loss, penalty, optimizer, networks, steps
of the discriminator. `--set generator.width=...` and the like change what suits the data.
"""

from dataclasses import replace

from multigan.config import OptimizerOptions, Recipe, ScheduleOptions
from multigan.modalities.image.recipes import image
from multigan.typed import Component


def dcgan() -> Recipe:
    """Returns the GAN of Radford et al. (2016), "Unsupervised Representation Learning with Deep
    Convolutional Generative Adversarial Networks": batch norm, no penalty, Adam(0.5, 0.999).

    By class, which the paper is not, it begins with a quiet embedding: as loud as the latent, it
    led to one picture a class (benchmarks/RESULTS.md).
    """
    return _family(
        "dcgan",
        "DCGAN (2016): convolutions, batch norm in both players, the non-saturating loss.",
        loss="non_saturating",
        regularizers={},
        optimizer=OptimizerOptions(learning_rate=2e-4, beta1=0.5, beta2=0.999),
        generator=Component("dcgan", {"width": 64, "embedding_std": 0.3}),
        discriminator=Component("dcgan", {"width": 64, "norm": "batch"}),
    )


def lsgan() -> Recipe:
    """Returns the GAN of Mao et al. (2017), "Least Squares Generative Adversarial Networks"."""
    return replace(
        dcgan(),
        name="lsgan",
        summary="LSGAN (2017): DCGAN with the least-squares loss.",
        loss="least_squares",
    )


def wgan() -> Recipe:
    """Returns the GAN of Arjovsky et al. (2017), "Wasserstein GAN", Algorithm 1.

    Adam without momentum stands in for the paper's RMSprop. The class is shown to the discriminator
    as a channel, an input like the sample, which is not clipped.
    """
    return _family(
        "wgan",
        "WGAN (2017): the Wasserstein loss, clipped weights, five discriminator steps.",
        loss="wasserstein",
        regularizers={"weight_clipping": {"limit": 0.01}},
        optimizer=OptimizerOptions(learning_rate=5e-5, beta1=0.0, beta2=0.99),
        generator=Component("dcgan", {"width": 64}),
        discriminator=Component("dcgan", {"width": 64, "conditioning": "concat"}),
        discriminator_steps=5,
    )


def wgan_gp() -> Recipe:
    """Returns the GAN of Gulrajani et al. (2017), "Improved Training of Wasserstein GANs"."""
    return _family(
        "wgan-gp",
        "WGAN-GP (2017): the Wasserstein loss, a gradient penalty, residual networks.",
        loss="wasserstein",
        regularizers={"gradient_penalty": {"weight": 10.0}},
        optimizer=OptimizerOptions(learning_rate=2e-4, beta1=0.0, beta2=0.9),
        generator=Component("resnet", {"width": 128}),
        discriminator=Component("resnet", {"width": 128, "spectral_norm": False}),
        discriminator_steps=5,
        schedules={"learning_rate": ScheduleOptions(2e-4, 0.0, shape="linear")},
    )


def sngan() -> Recipe:
    """Returns the GAN of Miyato et al. (2018), "Spectral Normalization for Generative Adversarial
    Networks", by class with the projection discriminator of Miyato & Koyama (2018).
    """
    return _family(
        "sngan",
        "SNGAN (2018): the hinge loss, spectral normalization, residual networks, projection.",
        loss="hinge",
        regularizers={},
        optimizer=OptimizerOptions(learning_rate=2e-4, beta1=0.0, beta2=0.9),
        generator=Component("resnet", {"width": 256}),
        discriminator=Component("resnet", {"width": 128}),
        discriminator_steps=5,
        schedules={"learning_rate": ScheduleOptions(2e-4, 0.0, shape="linear")},
    )


def r3gan() -> Recipe:
    """Returns the GAN of Huang et al. (2024), "The GAN is dead; long live the GAN!", CIFAR-10.

    Betas, the shapes of the schedules and penalty weights are the paper's preset. Width and batch
    are a sixth and an eighth of it, the schedules end with the run, and the average forgets faster,
    for runs of hours instead of days. Its augmentation, from 0 to 0.55, is left to the person:
    --set augment=ada --set schedules.augment.strength='{"start": 0, "end": 0.55}'.
    """
    recipe = _family(
        "r3gan",
        "R3GAN (2024): the relativistic game, R1 and R2, residual networks without norms.",
        loss="relativistic",
        regularizers={"r1": {"weight": 0.05}, "r2": {"weight": 0.05}},
        optimizer=OptimizerOptions(learning_rate=2e-4, beta1=0.0, beta2=0.9),
        generator=Component("r3gan", {"width": 128}),
        discriminator=Component("r3gan", {"width": 128}),
        schedules={
            "learning_rate": ScheduleOptions(2e-4, 5e-5),
            "beta2": ScheduleOptions(0.9, 0.99),
            "r1.weight": ScheduleOptions(0.05, 0.005),
            "r2.weight": ScheduleOptions(0.05, 0.005),
        },
    )
    return recipe.changed({"half_life": 50_000})


def acgan() -> Recipe:
    """Returns the GAN of Odena et al. (2017), "Conditional Image Synthesis with Auxiliary
    Classifier GANs": DCGAN whose discriminator names the class, of generated samples too.

    Attributes and numbers are predicted in the place of classes, where the data has those.
    """
    return replace(
        dcgan(),
        name="acgan",
        summary="AC-GAN (2017): DCGAN whose discriminator guesses class, attributes or numbers.",
        discriminator=Component(
            "dcgan", {"width": 64, "norm": "batch", "conditioning": "classifier"}
        ),
        regularizers={"auxiliary_real": {"generated": True}, "auxiliary_fake": {}},
    )


def reacgan() -> Recipe:
    """Returns the GAN of Kang et al. (2021), "Rebooting ACGAN: Auxiliary Classifier GANs with
    Stable Training", with its weight 0.5 and optimizer for CIFAR-10, on SNGAN's networks.
    """
    return _family(
        "reacgan",
        "ReACGAN (2021): a margin between samples and classes, spectral normalization, hinge.",
        loss="hinge",
        regularizers={"auxiliary_real": {"weight": 0.5}, "auxiliary_fake": {"weight": 0.5}},
        optimizer=OptimizerOptions(learning_rate=2.8e-4, beta1=0.5, beta2=0.999),
        generator=Component("resnet", {"width": 256}),
        discriminator=Component("resnet", {"width": 128, "conditioning": "contrastive"}),
        discriminator_steps=5,
    )


def progressive() -> Recipe:
    """Returns the GAN of Karras et al. (2018), "Progressive Growing of GANs for Improved Quality,
    Stability, and Variation".

    The growth takes the whole run: as long at each size as for the fade to the next. The paper's
    networks are eight times as wide, and its average (0.999 at batches of 16) has this half-life.
    """
    recipe = _family(
        "progressive",
        "Progressive growing (2018): from 4x4 up, WGAN-GP with drift; images and spectrograms.",
        loss="wasserstein",
        regularizers={"gradient_penalty": {"weight": 10.0}, "drift": {"weight": 0.001}},
        optimizer=OptimizerOptions(learning_rate=1e-3, beta1=0.0, beta2=0.99),
        generator=Component("progressive", {"width": 64}),
        discriminator=Component("progressive", {"width": 64}),
        schedules={"growth": ScheduleOptions(0.0, 1.0, shape="linear")},
    )
    return replace(
        recipe, objective=Component("progressive"), latent_dim=64, batch_size=16, half_life=11_000
    )


def sagan() -> Recipe:
    """Returns the GAN of Zhang et al. (2019), "Self-Attention Generative Adversarial Networks":
    spectral normalization in both players, and a discriminator that learns four times as fast.
    """
    recipe = _family(
        "sagan",
        "SAGAN (2019): self-attention and spectral normalization in both players, hinge.",
        loss="hinge",
        regularizers={},
        optimizer=OptimizerOptions(learning_rate=1e-4, beta1=0.0, beta2=0.9),
        generator=Component("resnet", {"width": 256, "spectral_norm": True, "attention": True}),
        discriminator=Component("resnet", {"width": 128, "attention": True}),
    )
    return recipe.changed({"optimizers.discriminator.learning_rate": 4e-4})


def biggan() -> Recipe:
    """Returns the GAN of Brock et al. (2019), "Large Scale GAN Training for High Fidelity Natural
    Image Synthesis", with the authors' steps and optimizer for CIFAR-10 at a third of its width.
    """
    recipe = _family(
        "biggan",
        "BigGAN (2019): a latent for every block, a shared embedding, attention, orthogonal init.",
        loss="hinge",
        regularizers={"orthogonal": {"weight": 1e-4}},
        optimizer=OptimizerOptions(learning_rate=2e-4, beta1=0.0, beta2=0.999),
        generator=Component("biggan", {"width": 128}),
        discriminator=Component(
            "resnet", {"width": 128, "attention": True, "initialization": "orthogonal"}
        ),
        discriminator_steps=4,
    )
    return replace(recipe, latent_dim=80)


def stylegan2() -> Recipe:
    """Returns the GAN of Karras et al. (2020), "Analyzing and Improving the Image Quality of
    StyleGAN", with the rates and the penalty weight that StyleGAN2-ADA takes for CIFAR-10.

    The authors take a further optimizer step for each lazy term, and slow their optimizers down by
    that many; here a lazy term is a part of the step in which it is due, so there is no need.
    """
    return _family(
        "stylegan2",
        "StyleGAN2 (2020): styles, modulated convolutions, lazy R1 and path lengths.",
        loss="non_saturating",
        regularizers={"r1": {"weight": 0.01, "every": 16}, "path_length": {"every": 4}},
        optimizer=OptimizerOptions(learning_rate=2.5e-3, beta1=0.0, beta2=0.99),
        generator=Component("stylegan2", {"width": 64}),
        discriminator=Component("stylegan2", {"width": 64}),
    )


def _family(
    name: str,
    summary: str,
    *,
    loss: str,
    regularizers: dict[str, dict[str, float]],
    optimizer: OptimizerOptions,
    generator: Component,
    discriminator: Component,
    discriminator_steps: int = 1,
    schedules: dict[str, ScheduleOptions] | None = None,
) -> Recipe:
    return replace(
        image(),
        name=name,
        summary=summary,
        loss=loss,
        regularizers=regularizers,
        optimizers={"generator": optimizer, "discriminator": optimizer},
        generator=generator,
        discriminator=discriminator,
        discriminator_steps=discriminator_steps,
        schedules=schedules or {},
        steps=50_000,
    )
