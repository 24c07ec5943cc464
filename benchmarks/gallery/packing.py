"""A trained run becomes a folder of the gallery: half the bytes, measured as it is given away."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from benchmarks.gallery.members import Member, Sources
from multigan import __version__
from multigan.config import Recipe
from multigan.errors import CheckpointError
from multigan.files import atomic_folder, write_json
from multigan.metrics import MetricResult
from multigan.modalities.kind import kind_of
from multigan.modalities.recipes import recipe
from multigan.runs.assemble import load_data
from multigan.runs.evaluate import evaluate_pipeline
from multigan.sampling.gallery import CARD
from multigan.sampling.pipeline import Pipeline

WEIGHTS = "generator.safetensors"


def halve(folder: Path) -> None:
    """Stores a saved pipeline's weights as float16.

    Raises:
        CheckpointError: A weight is too large for float16.
    """
    weights = load_file(folder / WEIGHTS)
    halved = {n: t.half() if t.is_floating_point() else t for n, t in weights.items()}
    if not all(tensor.isfinite().all() for tensor in halved.values()):
        raise CheckpointError(f"{folder} has weights beyond float16.")
    save_file(halved, folder / WEIGHTS)


def asked_recipe(member: Member, sources: Sources) -> Recipe:
    """Returns the recipe that a member learns by."""
    return recipe(member.recipe).changed(member.changes).with_data(str(member.data(sources)))


def measured(pipeline: Pipeline, member: Member, sources: Sources) -> list[MetricResult]:
    """Returns what a member's card says of its samples, against data that it has not seen."""
    asked = asked_recipe(member, sources)
    source = str(sources.file(member.reference)) if member.reference else asked.data.name
    part = {} if member.reference else {"split": "test"}
    kind = kind_of(asked.modality)
    return evaluate_pipeline(
        pipeline,
        load_data(asked),
        compared=kind.load_like(pipeline.modality, source, asked.data.options, **part),
        split=member.reference or f"{Path(source).name} test",
        metrics=member.metrics,
        num_samples=member.num_samples,
        on_note=print,
    )


def card(
    name: str, member: Member, pipeline: Pipeline, results: list[MetricResult]
) -> dict[str, Any]:
    """Returns what is known of a member, as plain JSON."""
    spec = pipeline.condition
    return {
        "name": name,
        "makes": member.what,
        "data": member.data_name,
        "source": member.source,
        "license": member.license,
        "classes": list(map(str, spec.names or range(spec.size))) if spec is not None else [],
        "recipe": member.recipe,
        "seed": 0,
        "steps": pipeline.step,
        "weights": "float16",
        "versions": {"multigan": __version__, "torch": torch.__version__},
        "metrics": [result.to_json() for result in results],
        "limits": list(member.limits),
    }


def pack(
    name: str,
    member: Member,
    pipeline: Pipeline,
    sources: Sources,
    folder: Path,
    *,
    making: Mapping[str, Any],
) -> Path:
    """Writes a pipeline with its card into `folder`, and returns it; the numbers are of float16.

    Args:
        name: Of the member.
        member: What it is.
        pipeline: What was trained.
        sources: Where the data are.
        folder: To be made, or replaced.
        making: What the card says of how it was trained.
    """
    with atomic_folder(folder) as building:
        inner = pipeline.save_pretrained(building / "saved")
        halve(inner)
        results = measured(Pipeline.from_pretrained(inner), member, sources)
        for path in inner.iterdir():
            path.rename(building / path.name)
        inner.rmdir()
        write_json(building / CARD, card(name, member, pipeline, results) | making)
    return folder
