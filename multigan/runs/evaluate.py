"""Measures a pipeline against the data it learned from, or against data it never saw."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from multigan.config import Recipe
from multigan.data.loaded import Loaded
from multigan.errors import ConfigError
from multigan.metrics import MetricResult
from multigan.metrics.data_classifier import Note
from multigan.metrics.evaluation import EvaluationConfig
from multigan.modalities.kind import kind_of
from multigan.runs.assemble import load_data
from multigan.runs.run import Run
from multigan.sampling.pipeline import Pipeline

WHILE_TRAINING = 1000  # samples, and as many real ones


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
    k: int | None = None,
) -> list[MetricResult]:
    """Measures a run's EMA generator.

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
        step: Which checkpoint to measure; None for the latest.
        best: Measure the best checkpoint instead.
        on_note: Called with a sentence on what takes long, how good the classifier is, and what
            cannot be measured and is left out.
        k: Which nearest neighbor bounds precision, recall, density and coverage; None for that of
            the papers, 3 and 5.

    Raises:
        MultiganError: A metric or extractor is unknown, or does not suit the data; or the reference
            has classes that the run does not know.
        MeasureError: The samples do not allow a metric that was asked for by name, or any.
    """
    pipeline = run.pipeline(device=device, step=step, best=best)
    own = load_data(run.recipe, data)
    compared, name = own, "training data"
    if reference is not None or split is not None:
        source = run.recipe.data.name if reference is None else reference
        part = {} if split is None else {"split": split}
        kind, options = kind_of(run.recipe.modality), run.recipe.data.options
        compared = kind.load_like(pipeline.modality, source, options, **part)
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
        k=k,
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
    k: int | None = None,
) -> list[MetricResult]:
    """Measures a pipeline against `compared`, or against `own`, the data it learned from.

    See `evaluate_run` for the rest.
    """
    asked = (split, tuple(metrics), num_samples, extractor, seed, on_note, k)
    config = EvaluationConfig(pipeline, own, compared or own, *asked)
    return kind_of(pipeline.modality.name).evaluator(config)


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
    names, evaluator = training_metrics(recipe), kind_of(recipe.modality).evaluator
    try:
        evaluator.check(pipeline, own, names, WHILE_TRAINING)
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
