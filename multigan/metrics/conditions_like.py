"""What a generator is conditioned on while it is measured: what the data has, as often as it has.

A generator that is perfect under every condition makes the data's own distribution only so. With
the classes in turn it would make another wherever they are unequal, and be blamed for that.

Shapes: N samples, C numbers of a vector.
"""

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.core.draws import seed_from
from multigan.data.loaded import Loaded
from multigan.metrics.classes import class_numbers
from multigan.sampling.pipeline import Pipeline


def conditions_like(
    pipeline: Pipeline, *data: Loaded, count: int, split: str, seed: int
) -> Tensor | None:
    """Returns conditions (N,) or (N, C) drawn from those that real samples have.

    Args:
        pipeline: Of the generator; None is returned for one without conditions.
        data: The real samples to draw from; the first that is labelled as the generator's data was.
        count: N.
        split: What to call the first, in an error.
        seed: Of the draw, which is another than that of the real samples to compare with: real
            samples in the generator's place have other labels than those, too.
    """
    spec = pipeline.condition
    if spec is None:
        return None
    found = (_drawn(each, spec, count, split, seed) for each in data)
    first = next((labels for labels in found if labels is not None), None)
    return pipeline.conditions(None, count) if first is None else first


def _drawn(data: Loaded, spec: ConditionSpec, count: int, split: str, seed: int) -> Tensor | None:
    has = data.condition
    if has is None or has.kind != spec.kind:
        return None
    if spec.kind != "class" and (has.size, has.names) != (spec.size, spec.names):
        return None
    generator = torch.Generator().manual_seed(seed_from(seed, "conditions"))
    order = torch.randperm(len(data.source), generator=generator)
    _, labels = data.source.read(order[torch.arange(count) % len(order)])
    numbers = class_numbers(has, spec, split)
    if labels is None:
        return None
    return labels.cpu().float() if numbers is None else numbers[labels.cpu()]
