"""Measures a pipeline against the data it learned from, or against data it never saw.

Shapes: N samples, S sample shape.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from multigan.assemble import load_data
from multigan.config import Recipe
from multigan.core.modality import Modality
from multigan.errors import ConfigError
from multigan.evaluators import AudioEvaluator, TextEvaluator
from multigan.evaluators.classes import class_numbers, classes_of, require_own
from multigan.evaluators.judges import Note, data_classifier, places, require_enough
from multigan.evaluators.question import Question
from multigan.kits import KITS, Loaded
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
from multigan.metrics.extractors import classifier as classifier_extractor
from multigan.pipelines import Pipeline
from multigan.registry import Registry
from multigan.runs import Run

WITHOUT_CLASSES = ("frechet", "kernel", "precision", "recall", "density", "coverage")
OF_CLASSES = ("agreement", "diversity")
WHILE_TRAINING = 1000  # samples, and as many real ones


class Evaluator(Protocol):
    """How a kind of data is measured."""

    def check_names(self, names: Sequence[str]) -> None:
        """Raises an `UnknownNameError` for the first metric that there is not."""
        ...

    def lower_is_better(self, name: str) -> bool | None:
        """Whether less of a metric is better; None where neither direction is good in itself."""
        ...

    def check(self, pipeline: Pipeline, own: Loaded, names: Sequence[str], count: int) -> None:
        """Raises a ConfigError, at no cost, for what `count` samples and this data do not allow."""
        ...

    def __call__(self, pipeline: Pipeline, own: Loaded, question: Question) -> list[MetricResult]:
        """Measures a pipeline as `evaluate_pipeline` says; no metrics are all that suit."""
        ...


def evaluate_run(
    run: Run,
    *,
    metrics: Sequence[str] = (),
    num_samples: int = 2000,
    extractor: str = "",
    reference: str | None = None,
    split: str | None = None,
    seed: int = 0,
    device: str = "auto",
    data: Any = None,
    step: int | None = None,
    best: bool = False,
    on_note: Note | None = None,
) -> list[MetricResult]:
    """Measures a run's averaged generator.

    Args:
        run: The run.
        metrics: Names in `multigan.metrics.METRICS`; none for all that suit the data.
        num_samples: How many samples are made, and how many real ones they are compared with.
        extractor: "random-conv", "classifier", "inception:<path>" ...; "" picks a classifier
            trained on the data's own labels where it has labels, else random-conv.
        reference: Other real data to compare with, such as a test split; None for the run's own.
            Classes are matched by name; it may lack some of the run's.
        split: Which part of the reference, e.g. "test"; without a reference, of the run's own data.
        seed: Of the samples and of the choice of real ones.
        device: "auto", "cpu", "cuda" or "mps".
        data: The run's data again, if it was given in Python; its path, if it has moved.
        step: Which checkpoint to measure; None for the newest.
        best: Measure the best checkpoint instead.
        on_note: Told what takes long, and how good the classifier is.

    Raises:
        MultiganError: A metric or extractor is unknown, or does not suit the data; or the reference
            has classes that the run does not know.
    """
    pipeline = run.pipeline(device=device, step=step, best=best)
    own = load_data(run.recipe, data)
    compared, name = own, "training data"
    if reference is not None or split is not None:
        source = run.recipe.data.name if reference is None else reference
        compared = _load_like(run, pipeline.modality, source, split)
        name = " ".join(filter(None, [Path(source).name, split]))
    return evaluate_pipeline(
        pipeline,
        own,
        compared=compared,
        split=name,
        metrics=metrics,
        num_samples=num_samples,
        extractor=extractor,
        seed=seed,
        on_note=on_note,
    )


def evaluate_pipeline(
    pipeline: Pipeline,
    own: Loaded,
    *,
    compared: Loaded | None = None,
    split: str = "training data",
    metrics: Sequence[str] = (),
    num_samples: int = 2000,
    extractor: str = "",
    seed: int = 0,
    on_note: Note | None = None,
) -> list[MetricResult]:
    """Measures a pipeline against `compared`, or against `own`, the data it learned from.

    See `evaluate_run` for the rest.
    """
    question = Question(
        compared or own, split, tuple(metrics), num_samples, extractor, seed, on_note
    )
    return evaluator(pipeline.modality.name)(pipeline, own, question)


def training_metrics(recipe: Recipe) -> list[str]:
    """Returns the metrics to measure while training, the one that decides among them."""
    return list(dict.fromkeys([*recipe.metrics, *filter(None, [recipe.best_by])]))


def check_evaluations(recipe: Recipe, pipeline: Pipeline, own: Loaded) -> None:
    """Refuses what could not be measured once training has come to the first evaluation.

    Raises:
        ConfigError: The recipe asks for it.
    """
    if not recipe.evaluate_every:
        return
    names, judge = training_metrics(recipe), evaluator(recipe.modality)
    try:
        judge.check(pipeline, own, names, WHILE_TRAINING)
    except ConfigError as error:
        raise ConfigError(
            f"evaluate_every={recipe.evaluate_every}: {error} Or do not measure while training: "
            "--set evaluate_every=0"
        ) from None


def evaluate_in_training(
    pipeline: Pipeline, own: Loaded, names: Sequence[str], notes: list[str]
) -> dict[str, float]:
    """Returns metrics by name; one that cannot be measured is noted once, and ends no run."""
    try:
        found = evaluate_pipeline(pipeline, own, metrics=names, num_samples=WHILE_TRAINING)
        return {result.name: result.value for result in found}
    except ConfigError as error:
        if len(names) > 1:  # the others can be
            alone = (evaluate_in_training(pipeline, own, [name], notes) for name in names)
            return {name: value for one in alone for name, value in one.items()}
        note = f"Not measured{f' ({names[0]})' if names else ''}: {error}"
        if note not in notes:
            notes.append(note)
        return {}


class FeatureEvaluator:
    """Measures samples by their features; a classifier, where one is wanted, learns from `own`."""

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
        judge = _extractor(question.extractor, own, pipeline.modality, question.on_note)
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


# Kinds of data that are measured in a way of their own; the others are by their features.
EVALUATORS: Registry[Evaluator] = Registry("modality")
EVALUATORS["audio"] = AudioEvaluator()
EVALUATORS["text"] = TextEvaluator()


def evaluator(modality: str) -> Evaluator:
    """Returns what measures a kind of data."""
    return EVALUATORS.get(modality, FeatureEvaluator())


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


def _extractor(
    spec: str, own: Loaded, modality: Modality, on_note: Note | None
) -> FeatureExtractor:
    by_class = own.condition is not None and own.condition.kind == "class"
    if spec == "classifier" or (not spec and by_class and modality.name == "image"):
        trained = data_classifier(own, on_note=on_note)
        if on_note:
            report = trained.report
            on_note(
                f"The classifier gets {report.accuracy:.2%} of {report.n_held_out} held-out "
                "images right."
            )
        return classifier_extractor(trained)
    return build_extractor(spec or "random-conv")


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


def _load_like(run: Run, modality: Modality, reference: str, split: str | None) -> Loaded:
    """Loads other data, all of it or one of its splits, in the shape of the run's own."""
    recipe = run.recipe
    kit = KITS[recipe.modality]
    part = {} if split is None else {"split": split}
    return kit.load(reference, **kit.like(modality, recipe.data.options), **part)
