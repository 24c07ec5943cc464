"""Sounds, as one kind of data."""

from collections.abc import Iterator

import torch
from torch import Tensor

from multigan.core.registries import KINDS
from multigan.data.source import Source
from multigan.modalities.audio import augmentations, networks, resynthesis, vocoder
from multigan.modalities.audio.evaluator import AUDIO_EVALUATOR
from multigan.modalities.audio.graph import sound_graph
from multigan.modalities.audio.inspection import keep_likenesses, write_pairs
from multigan.modalities.audio.load.decode import SOUNDS
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.audio.load.loaded import AudioSet
from multigan.modalities.audio.load.options import AudioOptions
from multigan.modalities.audio.modality import AudioModality, fitted_component
from multigan.modalities.audio.music.ode import play_ode
from multigan.modalities.audio.pipeline import AudioPipeline
from multigan.modalities.audio.representations import (
    frequency,
    learned,
    mel_frequency,
    phase_heap,
    pretrained,
    spectral,
)
from multigan.modalities.audio.representations.representation import REPRESENTATIONS
from multigan.modalities.audio.sight import look_at_sounds
from multigan.modalities.audio.suit import suit_sounds
from multigan.modalities.kind import Kind
from multigan.modalities.sampling_options import SOUND_FORMATS
from multigan.modalities.suit import Traits
from multigan.typed import Component

# Importing them registers what they define.
__all__ = [
    "AUDIO",
    "augmentations",
    "frequency",
    "learned",
    "mel_frequency",
    "networks",
    "phase_heap",
    "pretrained",
    "resynthesis",
    "spectral",
    "vocoder",
]

CLIPS_FITTED = 8192  # more would not move the statistics of a representation
CLIPS_AT_ONCE = 64


def _component(sounds: AudioSet, representation: Component | None) -> Component:
    return fitted_component(
        sounds.sample_rate,
        sounds.channels,
        sounds.length,
        _spread(sounds.source, CLIPS_FITTED, CLIPS_AT_ONCE),
        representation,
    )


def _spread(source: Source, limit: int, at_once: int) -> Iterator[Tensor]:
    """Yields raw samples in batches, at most `limit` of them, spread evenly over the source."""
    kept = min(len(source), limit)
    for part in torch.split(torch.arange(kept) * len(source) // kept, at_once):
        yield source.read(part)[0]


AUDIO = Kind(
    loader=load_audio,
    options=AudioOptions,
    modality=AudioModality,
    component=_component,
    representations=REPRESENTATIONS,
    match_options=lambda modality: {
        "sample_rate": modality.sample_rate,
        "channels": modality.channels,
        "length": modality.length,
    },
    subset_options=frozenset({"limit", "split", "streaming"}),
    pipeline=AudioPipeline,
    graph=sound_graph,
    evaluator=AUDIO_EVALUATOR,
    write_pairs=write_pairs,
    keep_nearest=keep_likenesses,
    traits=Traits(
        suffixes=SOUNDS.suffixes,
        names=frozenset({"notes", "melody"}),
        columns=frozenset(SOUNDS.columns),
        feature=SOUNDS.feature,
    ),
    general="sound",
    suit=suit_sounds,
    sight=look_at_sounds,
    plain=Component("waveform"),
    page="page",
    columns=8,
    explored=4,
    formats=SOUND_FORMATS,
    demo="notes",
    finale=play_ode,
)
KINDS["audio"] = AUDIO
