"""Networks for images (C, H, W); the two-dimensional ones also make spectrograms."""

from multigan.modalities.image.networks import (
    biggan,
    dcgan,
    progressive,
    r3gan,
    resnet,
    stylegan2,
)

__all__ = ["biggan", "dcgan", "progressive", "r3gan", "resnet", "stylegan2"]
