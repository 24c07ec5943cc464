"""Sounds: their loading, representations, networks, metrics, music, sampling and recipes."""

from multigan.imports.lazy import lazy_names

_HOMES = {
    "Audio": "multigan.modalities.audio.clip",
    "AudioModality": "multigan.modalities.audio.modality",
    "Codec": "multigan.modalities.audio.representations.pretrained",
    "Complex": "multigan.modalities.audio.representations.spectral",
    "GriffinLim": "multigan.modalities.audio.representations.inversion",
    "HeapIntegration": "multigan.modalities.audio.representations.phase_heap",
    "INVERTERS": "multigan.modalities.audio.representations.inversion",
    "Inverter": "multigan.modalities.audio.representations.inversion",
    "LearnedInverter": "multigan.modalities.audio.representations.learned",
    "LogMagnitude": "multigan.modalities.audio.representations.spectral",
    "LogMagnitudeIF": "multigan.modalities.audio.representations.frequency",
    "Mel": "multigan.modalities.audio.representations.spectral",
    "MelIF": "multigan.modalities.audio.representations.mel_frequency",
    "MelInverter": "multigan.modalities.audio.representations.inversion",
    "REPRESENTATIONS": "multigan.modalities.audio.representations.representation",
    "Representation": "multigan.modalities.audio.representations.representation",
    "Stft": "multigan.modalities.audio.representations.stft",
    "Vocoder": "multigan.modalities.audio.representations.pretrained",
    "Waveform": "multigan.modalities.audio.representations.representation",
}

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
