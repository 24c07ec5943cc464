"""Networks for sounds: some make spectrograms (C, F, T), some waveforms (C, T)."""

from multigan.modalities.audio.networks import frames, specgan, vocos, waveform, wavegan

__all__ = ["frames", "specgan", "vocos", "waveform", "wavegan"]
