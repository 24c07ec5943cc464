"""Generating samples until a mixture has what was asked for.

Shapes: B samples, S sample shape, K classes of the data.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from multigan.core.protocols import KeepsExamples
from multigan.data.loaded import Loaded
from multigan.errors import ConfigError, known
from multigan.metrics.classes import class_numbers, classes_of
from multigan.modalities.kind import kind_of
from multigan.runs.run import Run
from multigan.runs.synthesis.filters import FILTERS, Filter, FilterInputs, Verdict
from multigan.runs.synthesis.mixture import Mixture, Provenance
from multigan.runs.synthesis.quotas import balancing, in_proportion, number_to_generate
from multigan.sampling.pipeline import Pipeline

CHUNK = 256  # samples generated at once
MOST_TRIES = 50  # generated samples for each that is wanted, before giving up


def synthesize(
    dataset: Any,
    run: str | int | Path | Run | Pipeline,
    *,
    ratio: float = 0.5,
    filter: str | Filter | None = None,
    keep: float = 0.5,
    balance: bool = False,
    transform: Callable[[Tensor], Any] | None = None,
    seed: int = 0,
    device: str = "auto",
) -> Mixture:
    """Returns real and generated samples as one torch data set.

    Args:
        dataset: The real samples: anything that the run's kind of data can be loaded from. Labels
            are part of the mixture if the run learned by class.
        run: A run by number, name or path, or a pipeline.
        ratio: The share of generated samples in the mixture, in (0, 1]; 1 leaves the real ones out.
        filter: "discriminator", "classifier", or your own `(samples, classes) -> Verdict`.
        keep: For the discriminator, the share of generated samples that pass.
        balance: Fill up the rarest classes first, instead of keeping the classes' proportions.
        transform: Applied to each sample of the mixture, real or not.
        seed: Of the latents.
        device: Where to generate.

    Raises:
        ConfigError: The ratio, the filter or `keep` is none, the data has classes that the run does
            not know or none where it needs them, or hardly any sample passes the filter.
        DataError: The data cannot be read.

    Example:
        >>> mixed = synthesize("train/", "runs/0007-mnist", ratio=0.3)  # doctest: +SKIP
        >>> sample, label = mixed[-1]  # doctest: +SKIP
        >>> mixed.provenance[-1].kind  # doctest: +SKIP
        'generated'
    """
    if not 0 < keep <= 1:
        raise ConfigError(f"keep is a share above 0 and at most 1, not {keep}.")
    pipeline, found = _opened(run, device)
    data = _load(dataset, pipeline)
    numbers = class_numbers(data.condition, pipeline.condition, "the data")
    labels = _labels(data) if numbers is not None else None
    _check_labels(labels, pipeline, balance)
    wanted = _quotas(labels, data, ratio, balance)
    judge = _filter(filter, FilterInputs(found, pipeline, data, numbers, keep, seed))
    origin = pipeline.modality.name if found is None else found.name
    # Only the discriminator's bar is of the person's making.
    advice = ", accept more (a larger keep)," if filter == "discriminator" else ""
    collected = _Collector(pipeline, judge, numbers, origin, seed, advice).collect(wanted)
    real = range(0) if ratio == 1 else range(len(data.source))
    where = str(data.report.to_json().get("where", "the data"))
    return Mixture(
        data,
        pipeline.modality.to("cpu"),
        real,
        collected.tensor(pipeline.modality.sample_shape),
        [
            *(Provenance("real", where, i, None if labels is None else labels[i]) for i in real),
            *collected.provenance,
        ],
        classes=classes_of(data.condition) if numbers is not None else (),
        transform=transform,
        tried=collected.tried,
    )


def _opened(run: str | int | Path | Run | Pipeline, device: str) -> tuple[Pipeline, Run | None]:
    if isinstance(run, Pipeline):
        found, pipeline = None, run
    else:
        found = run if isinstance(run, Run) else Run.find(run)
        pipeline = found.pipeline(device=device)
    if isinstance(pipeline.generator, KeepsExamples):
        raise ConfigError(
            "This generator renders what it is given and makes nothing of its own: all it could "
            "add are copies of its few examples. Name a run of another recipe."
        )
    return pipeline, found


def _load(dataset: Any, pipeline: Pipeline) -> Loaded:
    if hasattr(dataset, "source") and hasattr(dataset, "report"):
        loaded: Loaded = dataset
        return loaded
    return kind_of(pipeline.modality.name).load_like(pipeline.modality, dataset)


def _check_labels(labels: list[int] | None, pipeline: Pipeline, balance: bool) -> None:
    if labels is not None:
        return
    if pipeline.condition is not None:
        raise ConfigError(
            f"This run is conditioned on a {pipeline.condition.kind}, and only classes can "
            "be mixed, which the data has to have. Give data with classes and a run of classes, "
            "or a run that knows no conditions."
        )
    if balance:
        raise ConfigError(
            "balance fills up the rarest classes, and this mixture has none: it takes data with "
            "classes and a run that learned by class."
        )


def _labels(data: Loaded) -> list[int]:
    _, labels = data.source.read(torch.arange(len(data.source)))
    assert labels is not None  # the data has classes
    return [int(label) for label in labels]


def _quotas(labels: list[int] | None, data: Loaded, ratio: float, balance: bool) -> list[int]:
    """Returns how many generated samples are wanted of each class; of all, without classes."""
    total = number_to_generate(len(data.source), ratio)
    if labels is None:
        return [total]
    counts = [0] * len(classes_of(data.condition))
    for label in labels:
        counts[label] += 1
    if balance:
        return balancing(total, [0] * len(counts) if ratio == 1 else counts)
    return in_proportion(total, counts)


def _filter(chosen: str | Filter | None, inputs: FilterInputs) -> Filter:
    if chosen is None:
        return lambda samples, classes: Verdict(torch.ones(len(samples), dtype=torch.bool))
    if not isinstance(chosen, str):
        return chosen
    return FILTERS[known("filter", chosen, FILTERS)](inputs)


@dataclass
class _Collected:
    samples: list[Tensor] = field(default_factory=list)
    provenance: list[Provenance] = field(default_factory=list)
    tried: int = 0

    def tensor(self, shape: tuple[int, ...]) -> Tensor:
        return torch.stack(self.samples) if self.samples else torch.empty(0, *shape)


@dataclass(frozen=True)
class _Collector:
    pipeline: Pipeline
    judge: Filter
    numbers: Tensor | None  # (K,): the run's number of each class of the data
    origin: str
    seed: int
    advice: str  # on how more samples would pass, between commas

    def collect(self, wanted: list[int]) -> _Collected:
        """Generates until each class has as many accepted samples as are wanted."""
        collected = _Collected()
        missing, most = list(wanted), MOST_TRIES * max(sum(wanted), CHUNK)
        while any(missing):
            if collected.tried >= most:
                raise ConfigError(
                    f"Of {collected.tried} generated samples {sum(wanted) - sum(missing)} passed "
                    f"the filter, and {sum(wanted)} are wanted. Train the run longer{self.advice} "
                    "or leave the filter out."
                )
            labels = [label for label, count in enumerate(missing) for _ in range(count)][:CHUNK]
            if collected.tried:  # some were refused: try several for each that is missing
                labels = list(islice(cycle(labels), CHUNK))
            for sample, provenance in self._accepted(labels, start=collected.tried):
                if not missing[provenance.label or 0]:
                    continue  # its class is full
                missing[provenance.label or 0] -= 1
                collected.samples.append(sample)
                collected.provenance.append(provenance)
            collected.tried += len(labels)
        return collected

    def _accepted(self, labels: list[int], *, start: int) -> list[tuple[Tensor, Provenance]]:
        classes = None if self.numbers is None else self.numbers[torch.tensor(labels)]
        latents = self.pipeline.latents(len(labels), seed=self.seed, start=start)
        samples = self.pipeline.generate(latents, classes)
        accepted, scores = self.judge(samples, classes)
        return [
            (
                samples[row],
                Provenance(
                    "generated",
                    self.origin,
                    start + row,
                    None if classes is None else labels[row],
                    self.seed,
                    None if scores is None else float(scores[row]),
                ),
            )
            for row in accepted.nonzero().flatten().tolist()
        ]
