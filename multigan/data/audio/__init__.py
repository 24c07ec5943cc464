"""Sounds from wherever they are: decoded once to 16 bits, of one rate, channels and length."""

from multigan.data.audio.loading import AudioSet, load_audio
from multigan.data.audio.report import AudioReport

__all__ = ["AudioReport", "AudioSet", "load_audio"]
