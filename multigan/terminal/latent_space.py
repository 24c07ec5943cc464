"""What `multigan sample` writes of the latent space: its directions, and real data found in it."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multigan.sampling.pipeline import Pipeline

DISTANCES = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)  # standard deviations of the prior


def write_directions(pipeline: "Pipeline", args: Namespace, condition: Any) -> list[Path]:
    """Writes a sheet of one sample moved along each direction, a row a direction."""
    import torch

    directions = pipeline.directions(
        args.num_samples, method=args.directions, condition=condition, seed=args.seed
    )
    start = pipeline.latents(1, seed=args.seed, truncation=args.truncation)
    distances = torch.tensor(DISTANCES)
    rows = [
        directions.move(start.expand(len(distances), -1), index, distances)
        for index in range(len(directions))
    ]
    latents = torch.cat(rows)
    conditions = pipeline.conditions(pipeline.one_condition(condition), len(latents))
    made = pipeline.generate(latents, conditions, truncation=args.truncation)
    items = pipeline.modality.decode(made)
    stem = args.out / f"directions-{args.directions}-{args.seed}"
    return [pipeline.modality.write_sheet(items, stem, columns=len(distances))]


def write_mixtures(pipeline: "Pipeline", args: Namespace, condition: Any) -> Path:
    """Writes a sheet of samples with their coarse styles by row and their fine ones by column.

    On the diagonal are the samples themselves.
    """
    latents = pipeline.latents(args.num_samples, seed=args.seed)
    items = pipeline.mix_styles(latents, latents, condition=condition)
    return pipeline.modality.write_sheet(
        items, args.out / f"mixtures-{args.seed}", columns=len(latents)
    )


def write_projections(pipeline: "Pipeline", args: Namespace, condition: Any) -> list[Path]:
    """Writes a sheet, real above found, and a table of the latents that were found."""
    from multigan.files import write_json

    targets = targets_of(pipeline, args.project, args.num_samples)
    if isinstance(condition, list):
        condition = condition[: len(targets)]
    found = pipeline.project(targets, condition=condition, seed=args.seed)
    conditions = None if found.condition is None else found.condition.cpu()
    latents = found.latents.cpu()
    made = pipeline.generate(latents, conditions)
    items = pipeline.modality.decode(targets) + pipeline.modality.decode(made)
    stem = args.out / f"projection-{args.seed}"
    table = {
        "distances": found.distances.tolist(),
        "conditions": None if conditions is None else conditions.tolist(),
        "latents": latents.tolist(),
    }
    return [
        pipeline.modality.write_sheet(items, stem, columns=len(targets)),
        write_json(stem.with_suffix(".json"), table),
    ]


def targets_of(pipeline: "Pipeline", data: Any, most: int) -> Any:
    """Returns the first samples of other data, (B, *S), in the pipeline's shape."""
    import torch

    from multigan.modalities.kind import kind_of

    modality = pipeline.modality
    source = kind_of(modality.name).load_like(modality, data).source
    raw, _ = source.read(torch.arange(min(most, len(source))))
    return modality.encode(raw.to(pipeline.device)).cpu()
