"""Networks for sounds: some make spectrograms (C, F, T), some waveforms (C, T)."""

from multigan.modalities.audio.networks import endless, frames, specgan, vocos, waveform, wavegan

__all__ = ["endless", "frames", "specgan", "vocos", "waveform", "wavegan"]
