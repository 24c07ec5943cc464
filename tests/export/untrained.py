"""Pipelines of recipes before any training: all that an export needs, in seconds."""

from typing import Any

import torch

from multigan import recipe
from multigan.core.draws import seeded
from multigan.core.prior import Prior
from multigan.core.registries import GENERATORS, build_modality
from multigan.modalities.kind import kind_of
from multigan.sampling.pipeline import Pipeline


def untrained(name: str, **changes: Any) -> Pipeline:
    """Returns the pipeline that a recipe begins with, on the data that needs no download."""
    chosen = recipe(name).changed(changes)
    kind = kind_of(chosen.modality)
    loaded = kind.load(chosen.data.name, **chosen.data.options)
    modality = kind.component(loaded, chosen.representation)
    built, prior = build_modality(modality), Prior(chosen.latent_dim)
    with seeded(0):
        generator = GENERATORS.build(
            chosen.generator,
            latent_dim=prior.dim,
            sample_shape=built.sample_shape,
            condition=loaded.condition,
        )
        away_from_start(generator)
    components = {"generator": chosen.generator, "modality": modality}
    return kind.pipeline(generator, built, prior, condition=loaded.condition, components=components)


@torch.no_grad()
def away_from_start(network: torch.nn.Module) -> None:
    """Moves parameters that start as zero, such as gains, which would hide whole branches."""
    for parameter in network.parameters():
        if not parameter.any():
            parameter += 0.1 * torch.randn_like(parameter)
    for buffer in network.buffers():
        if buffer.isnan().any() or (
            buffer.ndim == 2 and not buffer.any()
        ):  # of an untrained vocoder
            buffer.copy_(torch.rand_like(buffer) * 0.1)
