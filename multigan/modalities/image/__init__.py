"""Images: their loading, networks, augmentations and recipes."""

from multigan.imports.lazy import lazy_names

_HOMES = {
    "BigGANGenerator": "multigan.modalities.image.networks.biggan",
    "DCGANDiscriminator": "multigan.modalities.image.networks.dcgan",
    "DCGANGenerator": "multigan.modalities.image.networks.dcgan",
    "DiffAugment": "multigan.modalities.image.augmentations",
    "ImageModality": "multigan.modalities.image.modality",
    "ProgressiveDiscriminator": "multigan.modalities.image.networks.progressive",
    "ProgressiveGenerator": "multigan.modalities.image.networks.progressive",
    "R3Discriminator": "multigan.modalities.image.networks.r3gan",
    "R3Generator": "multigan.modalities.image.networks.r3gan",
    "ResNetDiscriminator": "multigan.modalities.image.networks.resnet",
    "ResNetGenerator": "multigan.modalities.image.networks.resnet",
    "StyleDiscriminator": "multigan.modalities.image.networks.stylegan2",
    "StyleGenerator": "multigan.modalities.image.networks.stylegan2",
}

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
