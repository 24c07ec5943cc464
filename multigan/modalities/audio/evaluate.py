"""Measures sounds: pictures of them by their features, and the waveforms as they are.

Every number stands beside two others: what real clips get, and what real clips get that went
through the representation and back, which no generator in that representation can be better than.

Shapes: N clips, C channels, L samples.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.data.loaded import Loaded
from multigan.errors import ConfigError, UnknownNameError
from multigan.metrics import (
    METRICS,
    FeatureExtractor,
    Features,
    MetricOptions,
    MetricResult,
    ModuleExtractor,
    StandIn,
    build_extractor,
    evaluate,
    extract,
)
from multigan.metrics.classes import class_numbers, classes_of, require_own
from multigan.metrics.extractors import classifier as classifier_extractor
from multigan.metrics.features import EXTRACTORS, Description
from multigan.metrics.judges import (
    Note,
    data_classifier,
    drawn,
    places,
    require_enough,
    same_data,
)
from multigan.metrics.question import Question
from multigan.modalities.audio.clip import turned_down
from multigan.modalities.audio.metrics import SIGNALS, Hearing, MelPicture, as_bytes
from multigan.modalities.audio.metrics.embedders import EMBEDDERS, build_embedder
from multigan.modalities.audio.metrics.nearest import novelty
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.audio.music.pitch import class_pitches
from multigan.modalities.audio.networks.vocos import Vocos
from multigan.modalities.audio.representations.spectral import Spectral
from multigan.modalities.audio.sound import FULL_SCALE
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component

DISTANCES = (
    *("frechet", "frechet-extrapolated", "kernel", "precision", "recall", "density", "coverage"),
    *("different-bins", "divergence", "duplicates"),
)
OF_CLASSES = ("agreement", "score", "diversity")
NOVELTY = "novelty"
TITLE_OF_NOVELTY = "distance to the nearest training clip, of a real clip's"
MOST_KNOWN = 20_000  # training clips that samples are held against
CLASSIFIER_STEPS = 300  # 98.7 % of the official test split of FSDD's spoken digits, in 50 s
AT_ONCE = 256
SIGNAL_EXTRACTOR = {"name": "waveform", "resize": "none"}


@dataclass(frozen=True)
class Heard:
    """Clips as a judge hears them: features, and the sound itself."""

    features: Features
    sound: Hearing


class AudioEvaluator:
    """Measures a pipeline of sounds; the judge hears sounds, whatever the networks see."""

    def check_names(self, names: Sequence[str]) -> None:
        """Raises an `UnknownNameError` for the first metric that there is not."""
        for name in names:
            if name not in (known := {*METRICS, *SIGNALS, NOVELTY}):
                raise UnknownNameError("metric", name, known)

    def lower_is_better(self, name: str) -> bool | None:
        """Whether less of a metric is better."""
        if name in SIGNALS:
            return SIGNALS[name].lower_is_better
        return False if name == NOVELTY else METRICS[name].lower_is_better

    def check(self, pipeline: Pipeline, own: Loaded, names: Sequence[str], count: int) -> None:
        """Raises a ConfigError for a vocoder, and for metrics that want more clips."""
        refuse_vocoder(pipeline)
        require_enough(names, own, count)

    def __call__(self, pipeline: Pipeline, own: Loaded, question: Question) -> list[MetricResult]:
        """Measures a pipeline as `evaluate_pipeline` says."""
        require_own(own, pipeline.condition)
        numbers = class_numbers(question.compared.condition, pipeline.condition, question.split)
        modality = pipeline.modality
        assert isinstance(modality, AudioModality)
        refuse_vocoder(pipeline)
        names = question.metrics or suitable(pipeline, own, question.compared, question.extractor)
        self.check_names(names)
        judge = Judge(modality, question.extractor, own, question.on_note)
        which, others = places(own, question.compared, question.num_samples, question.seed)
        raw, labels = question.compared.source.read(which)
        if labels is not None:
            labels = labels.cpu() if numbers is None else numbers[labels.cpu()]
        if not classes_of(question.compared.condition):
            labels = None  # numbers: no metric of sounds reads those
        pitches = pitches_of(pipeline.condition)
        real = judge.hear(raw / FULL_SCALE, labels, pitches)
        floor = judge.hear(round_trip(modality, raw, pipeline.device), labels, pitches)
        told = pipeline.conditions(None, question.num_samples)
        asked = told if classes_of(pipeline.condition) else None
        fake = judge.hear(
            generated(pipeline, question.num_samples, question.seed, told), asked, pitches
        )
        known = judge.hear_training(own, question.seed) if NOVELTY in names else None
        beside = judge.hear_others(own, others, pipeline.device, floor.features)
        among_known = same_data(own, question.compared)
        measuring = Measuring(
            real, floor, fake, beside, known, among_known, question.split, question.seed
        )
        if not question.metrics:
            return measuring.results(measuring.measurable(names, question.on_note))
        return measuring.results(names)


class Judge:
    """Turns waveforms into features, by what the evaluation was asked to use."""

    def __init__(
        self, modality: AudioModality, extractor: str, own: Loaded, on_note: Note | None
    ) -> None:
        self.modality = modality
        self.picture = MelPicture(modality.sample_rate, modality.length)
        self.hears = Component.parse_located(extractor).name in EMBEDDERS
        self.extractor = self._extractor(extractor, own, on_note)

    def hear(self, waveform: Tensor, labels: Tensor | None, pitches: Tensor | None = None) -> Heard:
        """Returns what is heard of waveforms (N, C, L), turned down where a person gets them so."""
        peak = waveform.abs().amax((1, 2))
        waveform = turned_down(waveform)
        features = self.features(torch.split(waveform, AT_ONCE), labels)
        representation = self.modality.representation
        hop = representation.stft.hop_length if isinstance(representation, Spectral) else None
        sound = Hearing(waveform, self.modality.sample_rate, labels, pitches, hop, peak)
        return Heard(features, sound)

    def features(self, waveforms: Iterable[Tensor], labels: Tensor | None = None) -> Features:
        """Returns the features of waveforms, in batches (B, C, L)."""
        loud = (turned_down(part) for part in waveforms)
        pictures = loud if self.hears else (self.picture(part) for part in loud)
        features = extract(self.extractor, pictures)
        return features if labels is None else features.with_labels(labels)

    def hear_training(self, own: Loaded, seed: int) -> Features:
        """Returns the features of what the generator learned from."""
        which = drawn(len(own.source), MOST_KNOWN, seed)
        return self.features(raw / FULL_SCALE for raw in in_parts(own, which))

    def hear_others(
        self, own: Loaded, which: Tensor | None, device: torch.device, real_floor: Features
    ) -> StandIn:
        """Returns the clips of what was learned from that stand in the generator's place."""
        if which is None:
            return StandIn(real_floor=real_floor)
        raw, labels = own.source.read(which)
        labels = labels.cpu() if labels is not None and classes_of(own.condition) else None
        parts = torch.split(raw, AT_ONCE)
        features = self.features((part / FULL_SCALE for part in parts), labels)
        trips = (round_trip(self.modality, part, device) for part in parts)
        return StandIn(features, self.features(trips, labels), real_floor)

    def _extractor(self, extractor: str, own: Loaded, on_note: Note | None) -> FeatureExtractor:
        if self.hears:
            return build_embedder(extractor, self.modality.sample_rate)
        if extractor == "classifier" or (not extractor and classes_of(own.condition)):
            trained = data_classifier(
                own, on_note=on_note, pictures=self._as_bytes, kind="-mel", steps=CLASSIFIER_STEPS
            )
            if on_note:
                report = trained.report
                on_note(
                    f"The classifier gets {report.accuracy:.2%} of {report.n_held_out} held-out "
                    "clips right."
                )
            return classifier_extractor(trained)
        if Component.parse_located(extractor).name not in ("", *EXTRACTORS):
            raise UnknownNameError("extractor", extractor, known=(*EXTRACTORS, *EMBEDDERS))
        built = build_extractor(extractor or "random-conv")
        return built.to("cpu") if isinstance(built, ModuleExtractor) else built

    def _as_bytes(self, raw: Tensor) -> Tensor:
        return as_bytes(self.picture(raw / FULL_SCALE))


@dataclass(frozen=True)
class Measuring:
    """Everything that is held against each other.

    Attributes:
        real: Real clips.
        floor: The same clips after the round trip through the representation.
        fake: Generated clips.
        beside: Real clips to measure in the generator's place.
        known: Features of the training data, if they are needed.
        among_known: Whether the real clips are the first of the training data's.
        split: Where the real clips are from.
        seed: Of subsets.
    """

    real: Heard
    floor: Heard
    fake: Heard
    beside: StandIn
    known: Features | None
    among_known: bool
    split: str
    seed: int

    def measurable(self, names: Sequence[str], on_note: Note | None) -> Sequence[str]:
        """Returns the metrics that there are enough clips for; tells which are left out."""
        real, count = self.real.features, min(len(self.real.features), len(self.fake.features))
        fewest = {name: METRICS[name].fewest(real) for name in names if name in METRICS}
        left_out = [name for name, needed in fewest.items() if count < needed]
        if left_out and on_note:
            needed = max(fewest[name] for name in left_out)
            on_note(
                f"Left out: {', '.join(left_out)}, which wants {needed} clips a side; there are "
                f"{count}."
            )
        return [name for name in names if name not in left_out]

    def results(self, names: Sequence[str]) -> list[MetricResult]:
        """Returns a result for each name, in their order."""
        of_features = [name for name in names if name not in SIGNALS and name != NOVELTY]
        found = {result.name: result for result in self._of_features(of_features)}
        for name in names:
            if name in SIGNALS:
                found[name] = self._of_signal(name)
            elif name == NOVELTY:
                found[name] = self._novelty()
        return list(found.values())

    def _of_features(self, names: Sequence[str]) -> list[MetricResult]:
        if not names:
            return []
        return evaluate(
            self.real.features,
            self.fake.features,
            names,
            split=self.split,
            options=MetricOptions(seed=self.seed),
            control=self.beside,
        )

    def _of_signal(self, name: str) -> MetricResult:
        signal = SIGNALS[name]
        if name == "pitch" and (self.fake.sound.pitches is None or self.real.sound.labels is None):
            raise ConfigError("The classes are no pitches, so no pitch can be compared with them.")
        if name == "buzz" and self.fake.sound.hop_length is None:
            raise ConfigError("The representation has no frames, so nothing buzzes at their rate.")
        fake, real, floor = (
            signal.measure(heard.sound) for heard in (self.fake, self.real, self.floor)
        )
        values = (fake.value, real.value, floor.value)
        better = signal.lower_is_better
        return self._result(name, signal.title, better, SIGNAL_EXTRACTOR, values, fake.std)

    def _novelty(self) -> MetricResult:
        assert self.known is not None  # it was asked for
        known = self.known.features
        fake = novelty(self.fake.features.features, known)
        real, floor = (
            novelty(heard.features.features, known, among_known=self.among_known)
            for heard in (self.real, self.floor)
        )
        extractor = self.real.features.extractor
        values = (fake, real, floor)
        return self._result(NOVELTY, TITLE_OF_NOVELTY, False, extractor, values, None)

    def _result(
        self,
        name: str,
        title: str,
        lower_is_better: bool | None,
        extractor: Description,
        values: tuple[float, float, float],
        std: float | None,
    ) -> MetricResult:
        """Returns a result with its values of generated, real and floor's clips."""
        return MetricResult(
            name=name,
            title=title,
            value=values[0],
            std=std,
            n_real=len(self.real.features),
            n_fake=len(self.fake.features),
            split=self.split,
            extractor=extractor,
            seed=self.seed,
            lower_is_better=lower_is_better,
            control=values[1],
            n_control=len(self.real.features),
            floor=values[2],
        )


def refuse_vocoder(pipeline: Pipeline) -> None:
    """Raises ConfigError for a learned inverter, which says what it is told, and nothing else."""
    if isinstance(pipeline.generator, Vocos):
        options = ",".join(
            f"{name}={value}" for name, value in pipeline.generator.mel_options.items()
        )
        raise ConfigError(
            "A vocoder turns spectrograms into sound and makes none of its own: what it would be "
            "measured on are copies of its few examples. Measure its way there and back: multigan "
            f"inspect DATA --representations 'mel:{options},scaling=range,inverter="
            '{"name": "learned", "options": {"path": "RUN"}}\''
        )


def suitable(pipeline: Pipeline, own: Loaded, compared: Loaded, extractor: str) -> tuple[str, ...]:
    """Returns all metrics that a pipeline and the data it is compared with allow."""
    by_class = bool(classes_of(pipeline.condition) and classes_of(compared.condition))
    left_out = set() if by_class else {"agreement", "diversity"}
    if extractor not in ("", "classifier") or not classes_of(own.condition):
        left_out |= {"agreement", "score"}  # which only a classifier can tell
    modality = pipeline.modality
    if not isinstance(modality, AudioModality) or not isinstance(modality.representation, Spectral):
        left_out.add("buzz")
    if not by_class or pitches_of(pipeline.condition) is None:
        left_out.add("pitch")
    names = (*OF_CLASSES, *DISTANCES, NOVELTY, *SIGNALS)
    return tuple(name for name in names if name not in left_out)


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


@torch.inference_mode()
def generated(pipeline: Pipeline, count: int, seed: int, told: Tensor | None) -> Tensor:
    """Returns generated clips (N, C, L), floats with full scale at 1."""
    modality = pipeline.modality
    assert isinstance(modality, AudioModality)
    samples = pipeline.generate(pipeline.latents(count, seed=seed), told, batch_size=AT_ONCE)
    parts = torch.split(samples, AT_ONCE)
    return torch.cat([modality.waveforms(part.to(pipeline.device)).cpu() for part in parts])
