"""Measures a pipeline against the data it learned from, or against data it never saw.

Shapes: N samples, S sample shape.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from multigan.assemble import load_data
from multigan.core.condition import ConditionSpec
from multigan.core.draws import seed_from
from multigan.core.modality import Modality
from multigan.data.building import building_alone
from multigan.data.store import cache_root
from multigan.errors import CheckpointError, ConfigError
from multigan.evaluators import TextEvaluator
from multigan.kits import KITS, Loaded
from multigan.metrics import (
    METRICS,
    Classifier,
    FeatureExtractor,
    Features,
    MetricOptions,
    MetricResult,
    ModuleExtractor,
    build_extractor,
    check_names,
    evaluate,
    extract,
    train_classifier,
)
from multigan.metrics.extractors import classifier as classifier_extractor
from multigan.pipelines import Pipeline
from multigan.registry import Registry
from multigan.runs import Run

WITHOUT_CLASSES = ("frechet", "kernel", "precision", "recall", "density", "coverage")
OF_CLASSES = ("agreement", "diversity")
CLASSIFIER_IMAGES = 50_000  # more would not make a better judge, only a slower one
CLASSIFIER_STEPS = 1000

Note = Callable[[str], None]


class Evaluator(Protocol):
    """How a kind of data is measured."""

    def check_names(self, names: Sequence[str]) -> None:
        """Raises an `UnknownNameError` for the first metric that there is not."""
        ...

    def lower_is_better(self, name: str) -> bool | None:
        """Whether less of a metric is better; None where neither direction is good in itself."""
        ...

    def __call__(
        self,
        pipeline: Pipeline,
        own: Loaded,
        *,
        compared: Loaded,
        split: str,
        metrics: Sequence[str],
        num_samples: int,
        extractor: str,
        seed: int,
        on_note: Note | None,
    ) -> list[MetricResult]:
        """Measures a pipeline as `evaluate_pipeline` says; no metrics are all that suit."""
        ...


def evaluate_run(
    run: Run,
    *,
    metrics: Sequence[str] = (),
    num_samples: int = 2000,
    extractor: str = "",
    reference: str | None = None,
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
    compared, split = own, "training data"
    if reference is not None:
        compared, split = _load_like(run, pipeline.modality, reference), Path(reference).name
    return evaluate_pipeline(
        pipeline,
        own,
        compared=compared,
        split=split,
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
    return evaluator(pipeline.modality.name)(
        pipeline,
        own,
        compared=compared or own,
        split=split,
        metrics=metrics,
        num_samples=num_samples,
        extractor=extractor,
        seed=seed,
        on_note=on_note,
    )


class FeatureEvaluator:
    """Measures samples by their features; a classifier, where one is wanted, learns from `own`."""

    def check_names(self, names: Sequence[str]) -> None:
        """Raises an `UnknownNameError` for the first metric that no features have."""
        check_names(names)

    def lower_is_better(self, name: str) -> bool | None:
        """Whether less of a metric is better; "FID" and its like are distances or scores."""
        return METRICS[name].lower_is_better if name in METRICS else True

    def __call__(
        self,
        pipeline: Pipeline,
        own: Loaded,
        *,
        compared: Loaded,
        split: str,
        metrics: Sequence[str],
        num_samples: int,
        extractor: str,
        seed: int,
        on_note: Note | None,
    ) -> list[MetricResult]:
        """Measures a pipeline as `evaluate_pipeline` says."""
        _require_own(own, pipeline.condition)
        numbers = class_numbers(compared.condition, pipeline.condition, split)
        names = tuple(metrics) or _suitable(pipeline, compared, split, on_note)
        check_names(names)  # before anything takes long
        _require_labels(names, compared, split)
        judge = _extractor(extractor, own, pipeline.modality, on_note)
        if isinstance(judge, ModuleExtractor):
            # Apple's GPUs lack operations that extractors need, such as pooling of any size.
            judge.to(pipeline.device if pipeline.device.type == "cuda" else "cpu")
        real = _real_features(judge, pipeline, compared, numbers, num_samples, seed)
        fake = _fake_features(judge, pipeline, num_samples, seed)
        return evaluate(real, fake, names, split=split, options=MetricOptions(seed=seed))


# Kinds of data that are measured in a way of their own; the others are by their features.
EVALUATORS: Registry[Evaluator] = Registry("modality")
EVALUATORS["text"] = TextEvaluator()


def evaluator(modality: str) -> Evaluator:
    """Returns what measures a kind of data."""
    return EVALUATORS.get(modality, FeatureEvaluator())


def labelled_images(loaded: Loaded, limit: int, seed: int) -> tuple[Tensor, Tensor]:
    """Returns up to `limit` raw samples (N, ...) and their classes (N,), drawn by `seed`.

    Raises:
        ConfigError: The data has no classes.
    """
    raw, labels = loaded.source.read(_draw(len(loaded.source), limit, seed))
    if labels is None or loaded.condition is None or loaded.condition.kind != "class":
        raise ConfigError(
            "A classifier needs the data's own labels, and this data has none. "
            "Use --extractor random-conv, or inception:<path> or clip:<path> with local weights."
        )
    return raw.cpu(), labels.cpu()


def data_classifier(loaded: Loaded, *, seed: int = 0, on_note: Note | None = None) -> Classifier:
    """Returns a classifier of the data's own labels, trained once and then kept in the cache."""
    folder = cache_root(None) / "classifiers" / f"{loaded.fingerprint}-{seed}-{CLASSIFIER_STEPS}"
    stored = _stored_classifier(folder)
    if stored is not None:
        return stored
    with building_alone(folder):
        stored = _stored_classifier(folder)  # by another process, while this one waited
        if stored is not None:
            return stored
        trained = _trained_classifier(loaded, seed, on_note)
        trained.save(folder)
    return trained


def _stored_classifier(folder: Path) -> Classifier | None:
    try:
        return Classifier.load(folder)
    except CheckpointError:  # there is none yet, or it is damaged
        return None


def _trained_classifier(loaded: Loaded, seed: int, on_note: Note | None) -> Classifier:
    images, labels = labelled_images(loaded, CLASSIFIER_IMAGES, seed)
    assert loaded.condition is not None  # labelled_images has checked
    if on_note:
        on_note(f"Training a classifier on {len(images)} images, once for this data ...")
    return train_classifier(
        images, labels, loaded.condition.size, seed=seed, steps=CLASSIFIER_STEPS
    )


def _classes(condition: ConditionSpec | None) -> tuple[str, ...]:
    """Returns the classes' names, numbers if they have none; empty without classes."""
    if condition is None or condition.kind != "class":
        return ()
    return condition.names or tuple(str(number) for number in range(condition.size))


def _require_own(own: Loaded, condition: ConditionSpec | None) -> None:
    found, known = _classes(own.condition), _classes(condition)
    if known and found != known:
        raise ConfigError(
            f"The data has {_listed(found)}, but what the run learned from has {_listed(known)}. "
            "Give the run's own data; other data can be compared with as --reference."
        )


def class_numbers(
    found_in: ConditionSpec | None, condition: ConditionSpec | None, split: str
) -> Tensor | None:
    """Returns the number that each class of some data has in the run; None without classes.

    Args:
        found_in: The data's condition.
        condition: The run's.
        split: What to call the data.

    Raises:
        ConfigError: The data has a class that the run does not know.
    """
    found, known = _classes(found_in), _classes(condition)
    if not (found and known):
        return None
    unknown = [name for name in found if name not in known]
    if unknown:
        raise ConfigError(
            f"{split} has {_listed(unknown)}, which the run does not know. Its {_listed(known)}. "
            "Name the reference's classes as the training data does, or leave those out."
        )
    return torch.tensor([known.index(name) for name in found])


def _suitable(
    pipeline: Pipeline, compared: Loaded, split: str, on_note: Note | None
) -> tuple[str, ...]:
    """Returns all metrics that a pipeline and the data it is compared with allow."""
    if not _classes(pipeline.condition):
        return WITHOUT_CLASSES
    if _classes(compared.condition):
        return WITHOUT_CLASSES + OF_CLASSES
    if on_note:
        on_note(f"{split} has no labels, so {' and '.join(OF_CLASSES)} are left out.")
    return WITHOUT_CLASSES


def _require_labels(names: Sequence[str], compared: Loaded, split: str) -> None:
    needing = [name for name in names if name in OF_CLASSES]
    if needing and not _classes(compared.condition):
        raise ConfigError(
            f"{needing[0]} needs the real samples' labels, and {split} has none. Leave that metric "
            "out, or give data with labels."
        )


def _listed(classes: Sequence[str], limit: int = 10) -> str:
    """Returns, for an error: classes cat, dog."""
    if not classes:
        return "no classes"
    more = f" and {len(classes) - limit} more" if len(classes) > limit else ""
    return f"classes {', '.join(classes[:limit])}{more}"


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
    count: int,
    seed: int,
) -> Features:
    source, encode = compared.source, pipeline.modality.encode
    raw, labels = source.read(_draw(len(source), count, seed))
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


def _draw(total: int, count: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed_from(seed, "evaluate"))
    return torch.randperm(total, generator=generator)[:count]


def _load_like(run: Run, modality: Modality, reference: str) -> Loaded:
    """Loads other data, all of it, in the shape of the run's own."""
    recipe = run.recipe
    kit = KITS[recipe.modality]
    return kit.load(reference, **kit.like(modality, recipe.data.options))
