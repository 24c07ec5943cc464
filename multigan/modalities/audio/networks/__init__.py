"""Networks for sounds: some make spectrograms (C, F, T), some waveforms (C, T)."""

from multigan.modalities.audio.networks import frames, specgan, wavegan

__all__ = ["frames", "specgan", "wavegan"]
