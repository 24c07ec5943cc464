"""Kinds of data: how each becomes tensors, and the networks and augmentations made for it.

Importing this package fills the registries. What a kind of data needs beyond torch is imported
when one of its components is built, not here.
"""

from multigan.modalities import audio, consistency, image, noise, objectives, text
from multigan.modalities.registries import (
    AUGMENTATIONS,
    DISCRIMINATORS,
    GENERATORS,
    MODALITIES,
    OBJECTIVES,
    Ingredients,
)

__all__ = [
    "AUGMENTATIONS",
    "DISCRIMINATORS",
    "GENERATORS",
    "MODALITIES",
    "OBJECTIVES",
    "Ingredients",
    "audio",
    "consistency",
    "image",
    "noise",
    "objectives",
    "text",
]
