"""Sounds: the adapter, what sounds look like to networks, and the networks."""

from multigan.modalities.audio import augment, networks, resynthesis, vocoder
from multigan.modalities.audio.adapter import AudioModality
from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.frequency import LogMagnitudeIF
from multigan.modalities.audio.heap import HeapIntegration
from multigan.modalities.audio.inversion import INVERTERS, GriffinLim, Inverter, MelInverter
from multigan.modalities.audio.learned import LearnedInverter
from multigan.modalities.audio.mel_frequency import MelIF
from multigan.modalities.audio.pretrained import Codec, Vocoder
from multigan.modalities.audio.representation import REPRESENTATIONS, Representation, Waveform
from multigan.modalities.audio.spectral import Complex, LogMagnitude, Mel
from multigan.modalities.audio.stft import Stft

__all__ = [
    "INVERTERS",
    "REPRESENTATIONS",
    "Audio",
    "AudioModality",
    "Codec",
    "Complex",
    "GriffinLim",
    "HeapIntegration",
    "Inverter",
    "LearnedInverter",
    "LogMagnitude",
    "LogMagnitudeIF",
    "Mel",
    "MelIF",
    "MelInverter",
    "Representation",
    "Stft",
    "Vocoder",
    "Waveform",
    "augment",
    "networks",
    "resynthesis",
    "vocoder",
]
