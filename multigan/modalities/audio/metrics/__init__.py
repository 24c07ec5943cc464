"""Sounds as judges hear them: pictures for classifiers, and what can be measured in the signal."""

from multigan.modalities.audio.metrics.pictures import MelPicture, as_bytes
from multigan.modalities.audio.metrics.signals import SIGNALS, Hearing, Signal

__all__ = ["SIGNALS", "Hearing", "MelPicture", "Signal", "as_bytes"]
