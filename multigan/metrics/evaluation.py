"""An evaluation, from what is asked to its results: one flow, and what kinds of data differ in.

names -> real samples, others in the generator's place, both after the round trip -> generated
samples -> features -> metrics, each beside what real samples get.

Shapes: B samples in a batch, S sample shape, N samples in all.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor

from multigan.data.loaded import Loaded
from multigan.errors import ConfigError, MeasureError, UnknownNameError
from multigan.metrics.baseline import Measuring, RealBaseline
from multigan.metrics.catalog import METRICS, Comparison, MetricOptions
from multigan.metrics.classes import class_numbers, classes_of, require_own
from multigan.metrics.classifier import FEATURES
from multigan.metrics.conditions_like import conditions_like
from multigan.metrics.data_classifier import Note, classifier_extractor
from multigan.metrics.extractors import RandomConv
from multigan.metrics.features import (
    FeatureExtractor,
    Features,
    ModuleExtractor,
    SampleSet,
    build_extractor,
    extract,
)
from multigan.metrics.real_samples import AT_ONCE, Chosen, places
from multigan.metrics.result import INCEPTION_NAMES, MetricResult
from multigan.sampling.pipeline import Pipeline

WITHOUT_CLASSES = (
    *("frechet", "kernel", "precision", "recall", "density", "coverage"),
    "two-sample-auc",
)
OF_CLASSES = ("agreement", "diversity")

S = TypeVar("S", bound=SampleSet)


@dataclass(frozen=True)
class EvaluationConfig:
    """What to measure, and against what.

    Attributes:
        pipeline: Generates samples.
        own: The data it learned from.
        compared: The real data to compare with; may be `own`.
        split: What to call it.
        metrics: Names; none are all that suit.
        num_samples: How many samples are made, and how many real ones they are compared with.
        extractor: What makes features; "" picks one.
        seed: Of the samples and of the choice of real ones.
        on_note: Called with a sentence on what takes long, and on what is left out.
        k: The neighbor for precision, recall, density and coverage; None for that of the papers.

    Raises:
        ConfigError: There is nothing to measure.
    """

    pipeline: Pipeline
    own: Loaded
    compared: Loaded
    split: str
    metrics: tuple[str, ...]
    num_samples: int
    extractor: str
    seed: int
    on_note: Note | None
    k: int | None = None

    def __post_init__(self) -> None:
        if self.num_samples < 1:
            raise ConfigError(f"At least 1 sample is measured, not {self.num_samples}.")
        if self.k is not None and self.k < 1:
            raise ConfigError(f"k={self.k} is no neighbor's number. The nearest is number 1.")

    @property
    def options(self) -> MetricOptions:
        """The metrics' few choices."""
        return MetricOptions.asked(self.seed, self.k)

    def note(self, text: str) -> None:
        """Tells what a user should know."""
        if self.on_note:
            self.on_note(text)

    def conditions(self, count: int) -> Tensor | None:
        """Returns what `count` samples are conditioned on, as often as the reference has it."""
        data = (self.compared, self.own)
        return conditions_like(self.pipeline, *data, count=count, split=self.split, seed=self.seed)

    @property
    def by_class(self) -> bool:
        """Whether both the generator and the real samples have classes."""
        return bool(classes_of(self.pipeline.condition) and classes_of(self.compared.condition))


class Embedder(Protocol[S]):
    """Turns samples of one kind of data into what its metrics compare, for one evaluation."""

    @property
    def chosen(self) -> Chosen:
        """Which samples are measured."""
        ...

    def read(self, data: Loaded, which: Tensor) -> tuple[S, S | None]:
        """Returns the real samples at places (N,), as they are and after the round trip."""
        ...

    def generate(self, count: int, condition: Tensor | None) -> S:
        """Returns generated samples under conditions (N, ...)."""
        ...

    def compare(self, real: S, fake: S) -> Any:
        """Returns both, with the attributes that `Metric.of` names."""
        ...


def metrics_of(*of: str) -> list[str]:
    """Returns the names of metrics that measure one of these, features by default."""
    of = of or ("features",)
    return [name for name, metric in METRICS.items() if metric.of in of]


def suitable_features(config: EvaluationConfig) -> tuple[str, ...]:
    """Returns the metrics of features that a pipeline and the data it is compared with allow."""
    return WITHOUT_CLASSES + metrics_of_classes(config)


def metrics_of_classes(config: EvaluationConfig) -> tuple[str, ...]:
    """Returns the metrics of classes, none without classes; says so if only one side has some."""
    if config.by_class:
        return OF_CLASSES
    if classes_of(config.pipeline.condition):
        config.note(f"{config.split} has no labels, so {' and '.join(OF_CLASSES)} are left out.")
    return ()


def allow_any(pipeline: Pipeline) -> None:
    """Refuses no pipeline."""


class TensorEmbedder(ABC, Generic[S]):
    """An embedder of samples that are tensors, read by places and with classes matched by name."""

    def __init__(self, config: EvaluationConfig) -> None:
        self.config, self.pipeline = config, config.pipeline
        require_own(config.own, self.pipeline.condition)
        self._numbers(config.compared)  # raises before anything takes long

    @cached_property
    def chosen(self) -> Chosen:
        """Which samples are measured: as many real ones, and as many others if there are."""
        asked = self.config
        real, others = places(asked.own, asked.compared, asked.num_samples, asked.seed)
        return Chosen(real, others, asked.num_samples)

    def read(self, data: Loaded, which: Tensor) -> tuple[S, S | None]:
        """Returns the real samples at places (N,), as they are and after the round trip."""
        raw, labels = data.source.read(which)
        labels = labels.cpu() if labels is not None and classes_of(data.condition) else None
        numbers = self._numbers(data)
        if labels is not None and numbers is not None:
            labels = numbers[labels]
        return self.embed(raw, labels), self.embed_round_trip(raw, labels)

    def generate(self, count: int, condition: Tensor | None) -> S:
        """Returns generated samples under conditions (N, ...)."""
        latents = self.pipeline.latents(count, seed=self.config.seed)
        samples = self.pipeline.generate(latents, condition, batch_size=AT_ONCE)
        samples = self.pipeline.modality.as_decoded(samples)
        by_class = classes_of(self.pipeline.condition)
        return self.embed_generated(samples, condition if by_class else None)

    @abstractmethod
    def embed(self, raw: Tensor, labels: Tensor | None) -> S:
        """Returns what metrics see of raw samples (N, ...) and their classes (N,)."""

    @abstractmethod
    def embed_generated(self, samples: Tensor, labels: Tensor | None) -> S:
        """Returns what metrics see of generated samples (N, *S) and the classes asked for (N,)."""

    def embed_round_trip(self, raw: Tensor, labels: Tensor | None) -> S | None:
        """Returns the same of raw samples after the round trip; None where nothing is lost."""
        return None

    def _numbers(self, data: Loaded) -> Tensor | None:
        return class_numbers(data.condition, self.pipeline.condition, self.config.split)


def own_classifier(config: EvaluationConfig, *, by_default: bool = True) -> bool:
    """Returns whether a classifier of the data's own classes is to make the features."""
    wanted = not config.extractor and by_default and bool(classes_of(config.own.condition))
    return wanted or config.extractor == "classifier"


def built_classifier(config: EvaluationConfig, **options: Any) -> FeatureExtractor | None:
    """Returns a classifier of the data's own classes; None, and says so, if too few samples allow.

    Raises:
        ConfigError: It was asked for by name, and cannot be trained.
    """
    try:
        return classifier_extractor(config.own, config.on_note, **options)
    except MeasureError as error:
        if config.extractor:
            raise
        config.note(f"No classifier of the data's classes makes the features: {error}")
        return None


class FeatureEmbedder(TensorEmbedder[Features]):
    """Features of samples as networks see them.

    Args:
        config: What is asked.
        classifier_by_default: Whether a classifier trained on the data's own classes makes the
            features where it has classes and nobody names an extractor.
    """

    def __init__(self, config: EvaluationConfig, *, classifier_by_default: bool = False) -> None:
        super().__init__(config)
        # Convolutions need a row of values at least.
        default = "random-conv" if len(self.pipeline.modality.sample_shape) > 1 else "flat"
        wanted = own_classifier(config, by_default=classifier_by_default)
        self.extractor: FeatureExtractor = (
            built_classifier(config) if wanted else None
        ) or build_extractor(config.extractor or default)
        if isinstance(self.extractor, ModuleExtractor):
            # Apple's GPUs lack operations that extractors need, such as pooling of any size.
            on_cuda = self.pipeline.device.type == "cuda"
            self.extractor.to(self.pipeline.device if on_cuda else "cpu")
        self.compare = partial(Comparison, options=config.options)

    def embed(self, raw: Tensor, labels: Tensor | None) -> Features:
        """Returns features of raw samples (N, ...) and their classes (N,)."""
        encode, device = self.pipeline.modality.encode, self.pipeline.device
        parts = (encode(part.to(device)) for part in torch.split(raw, AT_ONCE))
        return self.embed_generated(parts, labels)

    def embed_generated(
        self, samples: Tensor | Iterable[Tensor], labels: Tensor | None
    ) -> Features:
        """Returns features of samples (N, *S), or batches of them, and their classes (N,)."""
        return extract(self.extractor, samples).with_labels(labels)


@dataclass(frozen=True)
class Evaluator:
    """How a kind of data is measured; by features alone if it says nothing else.

    Attributes:
        embedder: Begins an evaluation: builds what makes features.
        names: Returns the metrics there are.
        suitable: Returns those that suit what is asked, tells which are left out.
        refuse: Raises a `ConfigError` for a pipeline whose samples say nothing of it.
    """

    embedder: Callable[[EvaluationConfig], Embedder[Any]] = FeatureEmbedder
    names: Callable[[], Collection[str]] = metrics_of
    suitable: Callable[[EvaluationConfig], Sequence[str]] = suitable_features
    refuse: Callable[[Pipeline], None] = allow_any

    def check_names(self, names: Sequence[str]) -> None:
        """Raises an `UnknownNameError` for the first metric that there is not."""
        known, claims = self.names(), {claim.lower() for claim in INCEPTION_NAMES.values()}
        for name in names:
            if name not in known and name.lower() not in claims:
                raise UnknownNameError("metric", name, known)

    def lower_is_better(self, name: str) -> bool | None:
        """Whether less of a metric is better; None where neither direction is good in itself."""
        return METRICS[name].lower_is_better if name in METRICS else True  # "FID" and its like

    def check(self, pipeline: Pipeline, own: Loaded, names: Sequence[str], count: int) -> None:
        """Raises a ConfigError, at no cost, for what `count` samples and this data do not allow."""
        self.refuse(pipeline)
        _require_labels(names, own, "the data")
        _require_enough(names, own, count)

    def __call__(self, config: EvaluationConfig) -> list[MetricResult]:
        """Measures a pipeline as is asked."""
        self.refuse(config.pipeline)
        self.check_names(config.metrics)  # before anything takes long
        names = config.metrics or self.suitable(config)
        _require_labels(names, config.compared, config.split)
        embedder = self.embedder(config)
        chosen = embedder.chosen
        real, trip = embedder.read(config.compared, chosen.real)
        baseline = RealBaseline(real_round_trip=trip)
        if chosen.others is not None:
            baseline = RealBaseline(*embedder.read(config.own, chosen.others), trip)
        fake = embedder.generate(chosen.count, config.conditions(chosen.count))
        measuring = Measuring(real, fake, embedder.compare, config.split, config.seed, baseline)
        return measuring.results(names, None if config.metrics else config.note)


def _require_labels(names: Sequence[str], compared: Loaded, split: str) -> None:
    needing = [name for name in names if name in OF_CLASSES]
    if needing and not classes_of(compared.condition):
        raise ConfigError(
            f"{needing[0]} needs the real samples' labels, and {split} has none. Leave that metric "
            "out, or give data with labels."
        )


def _require_enough(names: Sequence[str], own: Loaded, count: int) -> None:
    """Refuses metrics for which there is too little data; `count` is the most a side."""
    features = FEATURES if classes_of(own.condition) else RandomConv.features
    count = min(count, len(own.source))
    for name in names:
        fewest = METRICS[name].samples_a_feature * features if name in METRICS else 0
        if count < fewest:
            raise ConfigError(
                f"{name} wants at least {fewest} samples a side of {features} features, and there "
                f"would be {count}. Name another metric, such as frechet."
            )
