"""How sounds are measured: pictures of them by their features, and the waveforms as they are.

Metrics see what people get, whatever the networks see. Beside every number stand what real clips
get, and what they get after the round trip through the representation, which no generator in that
representation can be better than.

Shapes: N clips, C channels, L samples.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Self

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.data.loaded import Loaded
from multigan.errors import ConfigError, UnknownNameError
from multigan.metrics.catalog import Comparison
from multigan.metrics.classes import classes_of
from multigan.metrics.evaluation import (
    OF_CLASSES,
    EvaluationConfig,
    Evaluator,
    TensorEmbedder,
    built_classifier,
    metrics_of,
    metrics_of_classes,
    own_classifier,
)
from multigan.metrics.features import (
    EXTRACTORS,
    Description,
    FeatureExtractor,
    Features,
    ModuleExtractor,
    SampleSet,
    build_extractor,
    extract,
)
from multigan.metrics.real_samples import AT_ONCE, drawn, same_data
from multigan.modalities.audio.clip import turned_down
from multigan.modalities.audio.metrics import ClipBatch, MelPicture, as_bytes
from multigan.modalities.audio.metrics.embedders import EMBEDDERS, build_embedder
from multigan.modalities.audio.metrics.nearest import AgainstTraining
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.audio.music.pitch import class_pitches
from multigan.modalities.audio.networks.vocos import Vocos
from multigan.modalities.audio.representations.spectral import Spectral
from multigan.modalities.audio.sound import FULL_SCALE
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component

ALL = (
    *("agreement", "score", "diversity"),
    *("frechet", "frechet-extrapolated", "kernel", "precision", "recall", "density", "coverage"),
    *("two-sample-auc", "different-bins", "divergence", "duplicates", "novelty"),
    *("loudness", "silence", "overload", "clipping", "offset", "buzz", "pitch"),
)
MOST_KNOWN = 20_000  # training clips that samples are held against
CLASSIFIER_STEPS = 300  # 98.7 % of the official test split of FSDD's spoken digits, in 50 s


@dataclass(frozen=True)
class ClipFeatures(SampleSet):
    """Clips under measurement.

    Attributes:
        features: Of their pictures or waveforms.
        clips: The sounds.
        among_known: Whether they are the first of the training data's.
    """

    features: Features
    clips: ClipBatch
    among_known: bool = False

    def __len__(self) -> int:
        return len(self.features)

    def rows(self, index: Tensor) -> Self:
        """Returns the clips that `index` (n,) selects."""
        return replace(self, features=self.features.rows(index), clips=self.clips.rows(index))


@dataclass(frozen=True)
class ClipComparison:
    """Two sets of clips, with what metrics of sounds are given."""

    real: ClipFeatures
    fake: ClipFeatures
    embedder: "ClipEmbedder"

    @cached_property
    def features(self) -> Comparison:
        """Both sets' features."""
        return Comparison(self.real.features, self.fake.features, self.embedder.config.options)

    @property
    def clips(self) -> ClipBatch:
        """The sounds that are measured."""
        return self.fake.clips

    @property
    def training(self) -> AgainstTraining:
        """What is measured, beside the training data."""
        known = self.embedder.training.features
        return AgainstTraining(self.fake.features.features, known, self.fake.among_known)

    @property
    def extractor(self) -> Description:
        """Where the features are from."""
        return self.real.features.extractor


class ClipEmbedder(TensorEmbedder[ClipFeatures]):
    """Turns waveforms into features, by what the evaluation was asked to use."""

    def __init__(self, config: EvaluationConfig) -> None:
        super().__init__(config)
        modality = config.pipeline.modality
        assert isinstance(modality, AudioModality)
        self.modality = modality
        self.picture = MelPicture(modality.sample_rate, modality.length)
        self.hears = Component.parse_located(config.extractor).name in EMBEDDERS
        self.extractor = self._extractor()

    def embed(self, raw: Tensor, labels: Tensor | None) -> ClipFeatures:
        """Returns clips int16 (N, C, L) with their classes (N,)."""
        return self._embed(raw / FULL_SCALE, labels, self._among_known)

    def embed_round_trip(self, raw: Tensor, labels: Tensor | None) -> ClipFeatures:
        """Returns the same clips after the round trip through the representation."""
        waveform = round_trip(self.modality, raw, self.pipeline.device)
        return self._embed(waveform, labels, self._among_known)

    @torch.inference_mode()
    def embed_generated(self, samples: Tensor, labels: Tensor | None) -> ClipFeatures:
        """Returns generated clips (N, *S) with the classes asked for (N,)."""
        parts = (part.to(self.pipeline.device) for part in torch.split(samples, AT_ONCE))
        return self._embed(torch.cat([self.modality.waveforms(p).cpu() for p in parts]), labels)

    def compare(self, real: ClipFeatures, fake: ClipFeatures) -> ClipComparison:
        """Returns both sets, with what metrics of sounds are given."""
        return ClipComparison(real, fake, self)

    @cached_property
    def training(self) -> Features:
        """The features of what the generator learned from."""
        own = self.config.own
        which = drawn(len(own.source), MOST_KNOWN, self.config.seed)
        return self._features(raw / FULL_SCALE for raw in in_parts(own, which))

    @cached_property
    def _among_known(self) -> bool:
        return same_data(self.config.own, self.config.compared)

    def _embed(
        self, waveform: Tensor, labels: Tensor | None, among_known: bool = False
    ) -> ClipFeatures:
        """Returns waveforms (N, C, L), turned down where a person gets them so."""
        peak = waveform.abs().amax((1, 2))
        waveform = turned_down(waveform)
        features = self._features(torch.split(waveform, AT_ONCE)).with_labels(labels)
        representation = self.modality.representation
        hop = representation.stft.hop_length if isinstance(representation, Spectral) else None
        pitches = pitches_of(self.pipeline.condition)
        clips = ClipBatch(waveform, self.modality.sample_rate, labels, pitches, hop, peak)
        return ClipFeatures(features, clips, among_known)

    def _features(self, waveforms: Iterable[Tensor]) -> Features:
        """Returns the features of waveforms, in batches (B, C, L)."""
        loud = (turned_down(part) for part in waveforms)
        return extract(self.extractor, loud if self.hears else map(self.picture, loud))

    def _extractor(self) -> FeatureExtractor:
        config, extractor = self.config, self.config.extractor
        if self.hears:
            return build_embedder(extractor, self.modality.sample_rate)
        if own_classifier(config):
            how = {"pictures": self._as_bytes, "kind": "-mel", "steps": CLASSIFIER_STEPS}
            if found := built_classifier(config, **how):
                return found
        if Component.parse_located(extractor).name not in ("", *EXTRACTORS):
            raise UnknownNameError("extractor", extractor, known=(*EXTRACTORS, *EMBEDDERS))
        built = build_extractor(extractor or "random-conv")
        return built.to("cpu") if isinstance(built, ModuleExtractor) else built

    def _as_bytes(self, raw: Tensor) -> Tensor:
        return as_bytes(self.picture(raw / FULL_SCALE))


def refuse_vocoder(pipeline: Pipeline) -> None:
    """Raises ConfigError for a learned inverter, which says what it is given, and nothing else."""
    if isinstance(pipeline.generator, Vocos):
        options = ",".join(
            f"{name}={value}" for name, value in pipeline.generator.mel_options.items()
        )
        raise ConfigError(
            "A vocoder turns spectrograms into sound and makes none of its own: what it would be "
            "measured on are copies of its few examples. Measure its round trip: multigan "
            f"inspect DATA --representations 'mel:{options},scaling=range,inverter="
            '{"name": "learned", "options": {"path": "RUN"}}\''
        )


def suitable(config: EvaluationConfig) -> tuple[str, ...]:
    """Returns all metrics that a pipeline and the data it is compared with allow."""
    left_out = set(OF_CLASSES).difference(metrics_of_classes(config))
    if not classes_of(config.own.condition):
        left_out.add("score")
    modality = config.pipeline.modality
    if not isinstance(modality, AudioModality) or not isinstance(modality.representation, Spectral):
        left_out.add("buzz")
    if not config.by_class or pitches_of(config.pipeline.condition) is None:
        left_out.add("pitch")
    return tuple(name for name in ALL if name not in left_out)


def pitches_of(condition: ConditionSpec | None) -> Tensor | None:
    """Returns the MIDI number of each class (K,); None if the classes are no pitches."""
    pitches = class_pitches(classes_of(condition))
    return torch.tensor(pitches) if pitches else None


def in_parts(loaded: Loaded, which: Tensor) -> Iterator[Tensor]:
    """Yields the clips at places (N,) of a set, some at a time: int16 (B, C, L)."""
    for part in torch.split(which, AT_ONCE):
        yield loaded.source.read(part)[0]


@torch.inference_mode()
def round_trip(modality: AudioModality, raw: Tensor, device: torch.device | str = "cpu") -> Tensor:
    """Returns clips (N, C, L), floats, after the way through the representation and back."""
    parts = torch.split(raw, AT_ONCE)
    return torch.cat([modality.waveforms(modality.encode(part.to(device))).cpu() for part in parts])


AUDIO_EVALUATOR = Evaluator(
    ClipEmbedder, partial(metrics_of, "features", "clips", "training"), suitable, refuse_vocoder
)
