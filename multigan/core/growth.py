"""Progressive growing: both players start small and double their size while they train.

How far they have grown is one number, `growth`, from 0 (the smallest size) to 1. It is a knob like
any other: a schedule turns it as a pure function of the samples seen, so nothing about a fade is
ever remembered, and a run that is resumed in the middle of one goes on exactly.

Source: Karras et al. (2018), "Progressive Growing of GANs for Improved Quality, Stability, and
Variation"; one progress for all stages as in TF-GAN's implementation.

Shapes: B samples, C channels, H height, W width: of images, or bands and frames of a spectrogram.
"""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from multigan.core.game import AdversarialGame
from multigan.core.knobs import Knob
from multigan.core.objective import Batch, Terms
from multigan.errors import ConfigError


class Growing(nn.Module):
    """A network that can work as if it had fewer stages; `level` says how many it uses.

    Samples always have the full shape: those of a smaller network are enlarged, pixel by pixel.
    At level 2 the third size is at work, at 2.25 the fourth has faded in by a quarter.

    Args:
        stages: How often the smallest size is doubled.
    """

    def __init__(self, stages: int) -> None:
        super().__init__()
        self.stages = stages
        self.level = float(stages)

    def get_extra_state(self) -> Tensor:
        """Returns the level, which is saved and averaged with the weights."""
        return torch.tensor(self.level, dtype=torch.float64)

    def set_extra_state(self, state: Tensor) -> None:
        """Takes over the level."""
        self.level = float(state)

    @property
    def position(self) -> tuple[int, float]:
        """The last stage that is wholly there, and the share alpha of the next, below 1."""
        stage = math.floor(self.level)
        return stage, self.level - stage


class ProgressiveGame(AdversarialGame):
    """The adversarial game of two networks that grow together; the real samples' detail with them.

    Gradient penalties are taken with regard to the enlarged samples, as by the paper's program and
    by TF-GAN: in the small ones' own pixels they ask for slopes as many times as steep as the
    samples are enlarged. With regard to those pixels nothing was gained (benchmarks/README.md).

    Args:
        fade: The share of each stage's time in which the next one fades in, above 0, at most 1.
            The paper takes 800,000 images for a fade and as many between two of them: 0.5.

    Raises:
        ConfigError: A network does not grow, both have different numbers of stages, or `fade` is
            out of range.
    """

    def __init__(self, *players: Any, fade: float = 0.5, **options: Any) -> None:
        super().__init__(*players, **options)
        if not 0 < fade <= 1:
            raise ConfigError(f"fade is a share above 0 and at most 1, not {fade}.")
        self.fade = fade
        self.growing = _growing(self.generator), _growing(self.discriminator)
        stages = {network.stages for network in self.growing}
        if len(stages) > 1:
            raise ConfigError(f"The players grow in different numbers of stages: {stages}.")
        self.stages = stages.pop()
        self.growth = 1.0

    @property
    def knobs(self) -> Mapping[str, Knob]:
        """Those of the game, and `growth`."""
        return {**super().knobs, "growth": Knob(lambda: self.growth, self.grow, maximum=1.0)}

    def grow(self, growth: float) -> None:
        """Sets how far both networks have grown, from 0 to 1."""
        self.growth = growth
        for network in self.growing:
            network.level = level_at(growth, self.stages, self.fade)

    def discriminator_terms(self, batch: Batch, step: int) -> Terms:
        """As in any game, but the real samples are as coarse as the generated ones."""
        return super().discriminator_terms(self._coarsened(batch), step)

    def generator_terms(self, batch: Batch, step: int) -> Terms:
        """As in any game, but the real samples are as coarse as the generated ones."""
        return super().generator_terms(self._coarsened(batch), step)

    def shown(self, batch: Batch) -> Tensor:
        """Returns a batch's real samples, as coarse as the networks are now."""
        return coarsened(batch.samples, self.level, self.stages)

    @property
    def level(self) -> float:
        """How far both networks have grown, as `Growing.level` counts."""
        return self.growing[0].level

    def _coarsened(self, batch: Batch) -> Batch:
        return Batch(self.shown(batch), batch.condition)


def level_at(growth: float, stages: int, fade: float = 0.5) -> float:
    """Returns the level of a network that has grown so far.

    Each stage first trains at its size and then lets the next one fade in; the last one only
    trains, for as long as the others do.

    Example:
        >>> [level_at(share / 5, stages=2) for share in (0, 1, 1.5, 2, 3, 4, 5)]
        [0.0, 0.0, 0.5, 1.0, 1.0, 2.0, 2.0]
    """
    stable = 1 - fade
    position = growth * (stages + stable)
    stage = min(math.floor(position), stages)
    if stage == stages:
        return float(stages)
    return stage + max(0.0, position - stage - stable) / fade


def coarsened(samples: Tensor, level: float, stages: int) -> Tensor:
    """Returns samples (B, C, H, W) without the detail that a network of this level cannot make.

    While a stage fades in, so does the samples' detail of its size.
    """
    stage = math.floor(level)
    coarse = _in_blocks(samples, 2 ** (stages - stage))
    if level == stage:
        return coarse
    return torch.lerp(coarse, _in_blocks(samples, 2 ** (stages - stage - 1)), level - stage)


def enlarged(samples: Tensor, factor: int) -> Tensor:
    """Repeats every pixel in a square: (B, C, H, W) -> (B, C, factor H, factor W)."""
    return samples if factor == 1 else interpolate(samples, scale_factor=factor, mode="nearest")


def reduced(samples: Tensor, factor: int) -> Tensor:
    """Returns the means of squares of pixels: (B, C, H, W) -> (B, C, H / factor, W / factor)."""
    return samples if factor == 1 else avg_pool2d(samples, factor)


def _in_blocks(samples: Tensor, factor: int) -> Tensor:
    return enlarged(reduced(samples, factor), factor)


def _growing(network: nn.Module) -> Growing:
    if isinstance(network, Growing):
        return network
    raise ConfigError(
        f"{type(network).__name__} cannot grow: the progressive game needs the networks "
        "'progressive', or others that are `multigan.core.growth.Growing`."
    )
