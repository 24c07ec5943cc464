"""A generator of sounds as one function of tensors, down to the waveform.

Shapes: B samples, S sample shape, C channels, L samples of a clip.
"""

import dataclasses

from torch import Tensor, nn

from multigan.modalities.audio.clip import turned_down
from multigan.modalities.audio.inverse.inverses import real_inverse
from multigan.modalities.audio.inverse.vocoding import RealVocosGenerator
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.audio.music.pitch import class_pitches
from multigan.modalities.audio.networks.vocos import Vocos
from multigan.sampling.graph import Graph, SampleGraph, sample_graph
from multigan.sampling.pipeline import Pipeline


class SoundGraph(nn.Module):
    """From latents to samples and to what is heard of them."""

    def __init__(self, samples: SampleGraph, modality: AudioModality) -> None:
        super().__init__()
        if isinstance(samples.generator, Vocos):
            samples.generator = RealVocosGenerator(samples.generator)
        self.samples, self.inverse = samples, real_inverse(modality.representation)

    def forward(
        self, latent: Tensor, condition: Tensor | None = None, truncation: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Returns samples (B, *S) and waveforms (B, C, L), within full scale."""
        samples = self.samples(latent, condition, truncation)
        return samples, turned_down(self.inverse(samples))


def sound_graph(pipeline: Pipeline) -> Graph:
    """Returns the graph of `sample_graph` with a second output, `waveform` (B, C, L).

    Raises:
        ConfigError: The way back to waveforms runs in Python only.
    """
    modality = pipeline.modality
    assert isinstance(modality, AudioModality)
    plain = sample_graph(pipeline)
    assert isinstance(plain.module, SampleGraph)
    names = pipeline.condition.names if pipeline.condition else ()
    return dataclasses.replace(
        plain,
        module=SoundGraph(plain.module, modality).eval(),
        outputs=("samples", "waveform"),
        facts={
            **plain.facts,
            "sample_rate": modality.sample_rate,
            "channels": modality.channels,
            "length": modality.length,
            "pitches": class_pitches(names),
        },
    )
