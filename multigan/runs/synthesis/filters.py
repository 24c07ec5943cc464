"""Who decides which generated samples are good enough for a mixture.

Shapes: B samples, S sample shape.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn

from multigan.core.switches import evaluating
from multigan.data.loaded import Loaded
from multigan.errors import ConfigError
from multigan.metrics.data_classifier import data_classifier
from multigan.runs.run import Run
from multigan.sampling.pipeline import Pipeline

CALIBRATION = 200  # generated samples of a class whose scores set its bar


class Verdict(NamedTuple):
    """What a filter says of B samples.

    Attributes:
        accepted: (B,) bool.
        scores: (B,) floats, more is better; or None.
    """

    accepted: Tensor
    scores: Tensor | None = None


class Filter(Protocol):
    """Judges samples (B, *S) that were generated under the run's classes (B,), if it has any."""

    def __call__(self, samples: Tensor, classes: Tensor | None) -> Verdict: ...


@dataclass(frozen=True)
class FilterInputs:
    """What a filter is made from.

    Attributes:
        run: The run, or None where there is only a pipeline.
        pipeline: Makes the samples.
        data: The real data.
        class_numbers: (K,), the number that each class of the data has in the run; or None.
        keep: The share of samples to accept, for filters that rank.
        seed: Of what is drawn.
    """

    run: Run | None
    pipeline: Pipeline
    data: Loaded
    class_numbers: Tensor | None
    keep: float
    seed: int


def by_discriminator(inputs: FilterInputs) -> Filter:
    """Accepts what the run's discriminator finds more real than its class's bar.

    The bar is what the best `keep` of other generated samples of the class pass. Relativistic and
    Wasserstein logits are no probabilities and have an offset of their own in each class, so only
    their order within a class is used; see Azadi et al. (2019), "Discriminator Rejection
    Sampling", for discriminators whose logits say more.

    Raises:
        ConfigError: There is only a pipeline, which has no discriminator.
    """
    if inputs.run is None:
        raise ConfigError(
            "The discriminator is kept in a run's checkpoints, and this is a pipeline alone. "
            "Name the run, or filter by classifier."
        )
    pipeline = inputs.pipeline
    discriminator = inputs.run.discriminator().to(pipeline.device)

    # Seeds below zero belong to nobody's samples, so none is judged by a bar that it set.
    latents = pipeline.latents(CALIBRATION, seed=-1 - inputs.seed)

    @cache
    def bar(number: int | None) -> float:
        asked = None if number is None else torch.full((CALIBRATION,), number)
        scores = _logits(discriminator, pipeline.generate(latents, asked), asked)
        return scores.quantile(1 - inputs.keep).item()

    def judge(samples: Tensor, classes: Tensor | None) -> Verdict:
        scores = _logits(discriminator, samples, classes)
        numbers = [None] * len(samples) if classes is None else classes.tolist()
        return Verdict(scores >= torch.tensor([bar(number) for number in numbers]), scores)

    return judge


def by_classifier(inputs: FilterInputs) -> Filter:
    """Accepts what a classifier of the real data takes for the class that was asked for.

    The classifier learns from the real data of the mixture, and from nothing else.

    Raises:
        ConfigError: The data has no classes.
    """
    classifier = data_classifier(inputs.data, seed=inputs.seed)
    numbers = inputs.class_numbers
    if numbers is None:
        raise ConfigError("A classifier tells classes apart, and this run knows none.")

    @torch.inference_mode()
    def judge(samples: Tensor, classes: Tensor | None) -> Verdict:
        assert classes is not None  # `numbers` says that there are
        own = (numbers == classes[:, None]).int().argmax(1)  # the data's number of each class
        probabilities = classifier(samples).softmax(1)
        scores = probabilities.gather(1, own[:, None]).squeeze(1)
        return Verdict(probabilities.argmax(1) == own, scores)

    return judge


FILTERS: dict[str, Callable[[FilterInputs], Filter]] = {
    "discriminator": by_discriminator,
    "classifier": by_classifier,
}


@torch.inference_mode()
def _logits(discriminator: nn.Module, samples: Tensor, asked: Tensor | None) -> Tensor:
    """Returns the mean logit of each sample (B,), on the CPU."""
    device = next(discriminator.parameters()).device
    chunks = torch.split(samples, 256)
    conditions = [None] * len(chunks) if asked is None else torch.split(asked, 256)
    with evaluating(discriminator):
        parts = [
            discriminator(s.to(device), None if c is None else c.to(device)).flatten(1).mean(1)
            for s, c in zip(chunks, conditions, strict=True)
        ]
    return torch.cat(parts).float().cpu()
