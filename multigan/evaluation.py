"""Measures a pipeline against the data it learned from, or against data it never saw.

Shapes: N samples, S sample shape.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from multigan.assemble import load_data
from multigan.core.draws import seed_from
from multigan.core.modality import Modality
from multigan.data.source import Source
from multigan.data.store import cache_root
from multigan.errors import CheckpointError, ConfigError
from multigan.kits import KITS, Loaded
from multigan.metrics import (
    Classifier,
    FeatureExtractor,
    Features,
    MetricOptions,
    MetricResult,
    build_extractor,
    check_names,
    evaluate,
    extract,
    train_classifier,
)
from multigan.metrics.extractors import classifier as classifier_extractor
from multigan.pipelines import Pipeline
from multigan.runs import Run

WITHOUT_CLASSES = ("frechet", "kernel", "precision", "recall", "density", "coverage")
WITH_CLASSES = (*WITHOUT_CLASSES, "agreement", "diversity")
CLASSIFIER_IMAGES = 50_000  # more would not make a better judge, only a slower one
CLASSIFIER_STEPS = 1000

Note = Callable[[str], None]


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
        seed: Of the samples and of the choice of real ones.
        device: "auto", "cpu", "cuda" or "mps".
        data: The run's data again, if it was given in Python.
        on_note: Told what takes long, and how good the classifier is.

    Raises:
        MultiganError: A metric or extractor is unknown, or does not suit the data.
    """
    pipeline = run.pipeline(device=device)
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

    A classifier, where one is wanted, is trained on `own`. See `evaluate_run` for the rest.
    """
    compared = compared or own
    by_class = pipeline.condition is not None and pipeline.condition.kind == "class"
    names = tuple(metrics) or (WITH_CLASSES if by_class else WITHOUT_CLASSES)
    check_names(names)  # before anything takes long
    judge = _extractor(extractor, own, pipeline.modality, on_note)
    real = _real_features(judge, compared.source, pipeline.modality, num_samples, seed)
    fake = _fake_features(judge, pipeline, num_samples, seed)
    return evaluate(real, fake, names, split=split, options=MetricOptions(seed=seed))


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
    try:
        return Classifier.load(folder)
    except CheckpointError:  # there is none yet, or it is damaged
        pass
    images, labels = labelled_images(loaded, CLASSIFIER_IMAGES, seed)
    assert loaded.condition is not None  # labelled_images has checked
    if on_note:
        on_note(f"Training a classifier on {len(images)} images, once for this data ...")
    trained = train_classifier(
        images, labels, loaded.condition.size, seed=seed, steps=CLASSIFIER_STEPS
    )
    trained.save(folder)
    return trained


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
    judge: FeatureExtractor, source: Source, modality: Modality, count: int, seed: int
) -> Features:
    raw, labels = source.read(_draw(len(source), count, seed))
    device = next(iter(modality.buffers()), torch.empty(0)).device
    samples = [modality.encode(part.to(device)).cpu() for part in torch.split(raw, 256)]
    features = extract(judge, samples)
    return features if labels is None else features.with_labels(labels.cpu())


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
    """Loads other data in the shape of the run's own."""
    recipe = run.recipe
    adapted = KITS[recipe.modality].like(modality.sample_shape)
    return KITS[recipe.modality].load(reference, **{**recipe.data.options, **adapted})
