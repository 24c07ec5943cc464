"""Measures samples by their features: Fréchet distance, precision, recall and their like.

Shapes: N samples, S sample shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from multigan.data.loaded import Loaded
from multigan.errors import ConfigError
from multigan.metrics import (
    METRICS,
    FeatureExtractor,
    Features,
    MetricOptions,
    MetricResult,
    ModuleExtractor,
    StandIn,
    build_extractor,
    check_names,
    evaluate,
    extract,
)
from multigan.metrics.classes import class_numbers, classes_of, require_own
from multigan.metrics.extractors import classifier as classifier_extractor
from multigan.metrics.judges import Note, data_classifier, places, require_enough
from multigan.metrics.question import Question
from multigan.sampling.pipeline import Pipeline

WITHOUT_CLASSES = ("frechet", "kernel", "precision", "recall", "density", "coverage")
OF_CLASSES = ("agreement", "diversity")


@dataclass(frozen=True)
class FeatureEvaluator:
    """Measures samples by their features; a classifier, where one is wanted, learns from `own`.

    Attributes:
        classifier_by_default: Whether a classifier trained on the data's own classes makes the
            features where it has classes and nobody names an extractor.
    """

    classifier_by_default: bool = False

    def check_names(self, names: Sequence[str]) -> None:
        """Raises an `UnknownNameError` for the first metric that no features have."""
        check_names(names)

    def lower_is_better(self, name: str) -> bool | None:
        """Whether less of a metric is better; "FID" and its like are distances or scores."""
        return METRICS[name].lower_is_better if name in METRICS else True

    def check(self, pipeline: Pipeline, own: Loaded, names: Sequence[str], count: int) -> None:
        """Raises a ConfigError for metrics that want labels, or more samples."""
        _require_labels(names, own, "the data")
        require_enough(names, own, count)

    def __call__(self, pipeline: Pipeline, own: Loaded, question: Question) -> list[MetricResult]:
        """Measures a pipeline as `evaluate_pipeline` says."""
        require_own(own, pipeline.condition)
        numbers = class_numbers(question.compared.condition, pipeline.condition, question.split)
        names = question.metrics or _suitable(
            pipeline, question.compared, question.split, question.on_note
        )
        check_names(names)  # before anything takes long
        _require_labels(names, question.compared, question.split)
        judge = self._extractor(question, pipeline.modality.sample_shape, own)
        if isinstance(judge, ModuleExtractor):
            # Apple's GPUs lack operations that extractors need, such as pooling of any size.
            judge.to(pipeline.device if pipeline.device.type == "cuda" else "cpu")
        which, others = places(own, question.compared, question.num_samples, question.seed)
        real = _real_features(judge, pipeline, question.compared, numbers, which)
        beside = None if others is None else _real_features(judge, pipeline, own, None, others)
        fake = _fake_features(judge, pipeline, question.num_samples, question.seed)
        return evaluate(
            real,
            fake,
            names,
            split=question.split,
            options=MetricOptions(seed=question.seed),
            control=StandIn(beside),
        )

    def _extractor(self, question: Question, shape: Sequence[int], own: Loaded) -> FeatureExtractor:
        spec, on_note = question.extractor, question.on_note
        by_class = own.condition is not None and own.condition.kind == "class"
        if spec != "classifier" and (spec or not by_class or not self.classifier_by_default):
            return build_extractor(spec or ("random-conv" if len(shape) > 1 else "flat"))
        trained = data_classifier(own, on_note=on_note)
        if on_note:
            report = trained.report
            on_note(
                f"The classifier gets {report.accuracy:.2%} of {report.n_held_out} held-out "
                "images right."
            )
        return classifier_extractor(trained)


def _suitable(
    pipeline: Pipeline, compared: Loaded, split: str, on_note: Note | None
) -> tuple[str, ...]:
    """Returns all metrics that a pipeline and the data it is compared with allow."""
    if not classes_of(pipeline.condition):
        return WITHOUT_CLASSES
    if classes_of(compared.condition):
        return WITHOUT_CLASSES + OF_CLASSES
    if on_note:
        on_note(f"{split} has no labels, so {' and '.join(OF_CLASSES)} are left out.")
    return WITHOUT_CLASSES


def _require_labels(names: Sequence[str], compared: Loaded, split: str) -> None:
    needing = [name for name in names if name in OF_CLASSES]
    if needing and not classes_of(compared.condition):
        raise ConfigError(
            f"{needing[0]} needs the real samples' labels, and {split} has none. Leave that metric "
            "out, or give data with labels."
        )


def _real_features(
    judge: FeatureExtractor,
    pipeline: Pipeline,
    compared: Loaded,
    numbers: Tensor | None,
    which: Tensor,
) -> Features:
    source, encode = compared.source, pipeline.modality.encode
    raw, labels = source.read(which)
    samples = (encode(part.to(pipeline.device)) for part in torch.split(raw, 256))
    features = extract(judge, samples)
    if labels is None:
        return features
    labels = labels.cpu()
    return features.with_labels(labels if numbers is None else numbers[labels])


def _fake_features(judge: FeatureExtractor, pipeline: Pipeline, count: int, seed: int) -> Features:
    condition = pipeline.conditions(None, count)
    samples = pipeline.generate(pipeline.latents(count, seed=seed), condition, batch_size=256)
    features = extract(judge, samples)
    by_class = condition is not None and not condition.is_floating_point()
    return features.with_labels(condition) if by_class and condition is not None else features
