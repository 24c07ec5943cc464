"""Sampling from trained generators, and keeping them on disk."""

from multigan.pipelines.audio import AudioPipeline
from multigan.pipelines.base import (
    PIPELINES,
    Pipeline,
)
from multigan.pipelines.conditions import MOST_SAMPLES, Condition, class_index
from multigan.pipelines.text import LatentTextPipeline, TextPipeline

__all__ = [
    "MOST_SAMPLES",
    "PIPELINES",
    "AudioPipeline",
    "Condition",
    "LatentTextPipeline",
    "Pipeline",
    "TextPipeline",
    "class_index",
]
