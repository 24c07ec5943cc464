"""Sounds: the adapter, what sounds look like to networks, and the networks."""

from multigan.modalities.audio import networks
from multigan.modalities.audio.adapter import AudioModality
from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.frequency import LogMagnitudeIF
from multigan.modalities.audio.inversion import INVERTERS, GriffinLim, Inverter
from multigan.modalities.audio.representation import REPRESENTATIONS, Representation, Waveform
from multigan.modalities.audio.spectral import LogMagnitude, Mel
from multigan.modalities.audio.stft import Stft

__all__ = [
    "INVERTERS",
    "REPRESENTATIONS",
    "Audio",
    "AudioModality",
    "GriffinLim",
    "Inverter",
    "LogMagnitude",
    "LogMagnitudeIF",
    "Mel",
    "Representation",
    "Stft",
    "Waveform",
    "networks",
]
