"""What is measured of sounds: pictures for classifiers, and what can be measured in the signal."""

from multigan.modalities.audio.metrics.pictures import MelPicture, as_bytes
from multigan.modalities.audio.metrics.signals import ClipBatch

__all__ = ["ClipBatch", "MelPicture", "as_bytes"]
