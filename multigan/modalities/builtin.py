"""Registers all that multigan has: kinds of data, networks, augmentations, objectives."""

from multigan.modalities.audio import kind as audio
from multigan.modalities.image import kind as image
from multigan.modalities.shared import consistency, noise, objectives
from multigan.modalities.text import kind as text

__all__ = ["audio", "consistency", "image", "noise", "objectives", "text"]
