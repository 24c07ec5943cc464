"""Images: the adapter, the networks and the augmentations."""

from multigan.modalities.image.adapter import ImageModality
from multigan.modalities.image.augment import DiffAugment
from multigan.modalities.image.biggan import BigGANGenerator
from multigan.modalities.image.dcgan import DCGANDiscriminator, DCGANGenerator
from multigan.modalities.image.progressive import (
    ProgressiveDiscriminator,
    ProgressiveGenerator,
)
from multigan.modalities.image.r3gan import R3Discriminator, R3Generator
from multigan.modalities.image.resnet import ResNetDiscriminator, ResNetGenerator
from multigan.modalities.image.stylegan2 import StyleDiscriminator, StyleGenerator

__all__ = [
    "BigGANGenerator",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "DiffAugment",
    "ImageModality",
    "ProgressiveDiscriminator",
    "ProgressiveGenerator",
    "R3Discriminator",
    "R3Generator",
    "ResNetDiscriminator",
    "ResNetGenerator",
    "StyleDiscriminator",
    "StyleGenerator",
]
