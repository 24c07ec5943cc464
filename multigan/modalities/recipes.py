"""Named configurations: functions that return a `Recipe`."""

from collections.abc import Callable

from multigan.config import Recipe
from multigan.modalities.audio import recipes as sounds
from multigan.modalities.image import families
from multigan.modalities.image import recipes as images
from multigan.modalities.text import recipes as texts
from multigan.typed.registry import Registry

RECIPES: Registry[Callable[[], Recipe]] = Registry("recipe")

for make in (
    images.digits,
    images.image,
    families.dcgan,
    families.lsgan,
    families.wgan,
    families.wgan_gp,
    families.sngan,
    families.r3gan,
    families.acgan,
    families.sagan,
    families.biggan,
    families.reacgan,
    families.progressive,
    families.stylegan2,
    texts.mle,
    texts.relativistic_text,
    texts.text,
    texts.prose,
    sounds.sound,
    sounds.speech,
    sounds.progressive_speech,
    sounds.notes,
    sounds.wavegan,
    sounds.specgan,
    sounds.vocoder,
    sounds.endless,
    sounds.gansynth,
    texts.relgan,
    texts.scratchgan,
    texts.seqgan,
    texts.latent_text,
    texts.hf_text,
):
    RECIPES[make.__name__.replace("_", "-")] = make


def recipe(name: str) -> Recipe:
    """Returns the recipe of that name.

    Raises:
        UnknownNameError: There is none; the message has those that there are.
    """
    return RECIPES[name]()
