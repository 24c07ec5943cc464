"""One of each part that a run on pictures can have of one's own."""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from multigan.core.game import Player
from multigan.core.losses import LOSSES, AdversarialLoss
from multigan.core.registries import AUGMENTATIONS, DATA, DISCRIMINATORS, GENERATORS
from multigan.core.regularizers.common import REGULARIZERS, Every, Factor
from multigan.typed import Count, Share


@GENERATORS.register("my-generator")
class Generator(nn.Module):
    """A linear map.

    Args:
        gain: What its output is multiplied with.
    """

    def __init__(self, latent_dim, sample_shape, condition, gain: Count = 1):
        super().__init__()
        self.shape, self.gain = tuple(sample_shape), gain
        self.map = nn.Linear(latent_dim, math.prod(sample_shape))

    def forward(self, latent, condition=None):
        return (self.gain * self.map(latent)).tanh().unflatten(1, self.shape)


@DISCRIMINATORS.register("my-discriminator")
class Discriminator(nn.Module):
    def __init__(self, sample_shape, condition):
        super().__init__()
        self.map = nn.Linear(math.prod(sample_shape), 1)

    def forward(self, samples, condition=None):
        return self.map(samples.flatten(1))


LOSSES["my-loss"] = AdversarialLoss(
    discriminator=lambda real, fake: (real - 1).square() + (fake + 1).square(),
    generator=lambda real, fake: fake.square(),
)


@REGULARIZERS.register("my-penalty")
@dataclass
class Penalty:
    weight: Factor = 0.1
    every: Every = 1
    name: ClassVar[str] = "my-penalty"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = False

    def __call__(self, game, scored):
        return self.weight * scored.real_logits.square().mean()


@AUGMENTATIONS.register("my-augmentation")
class Dimmed(nn.Module):
    def __init__(self, strength: Share = 0.5):
        super().__init__()
        self.strength = strength

    def forward(self, samples):
        return samples * (1 - self.strength)


@DATA.register("my-data")
def squares():
    """Pictures (64, 1, 8, 8) of a square each."""
    pictures = torch.zeros(64, 1, 8, 8, dtype=torch.uint8)
    for index, picture in enumerate(pictures):
        picture[0, index % 4 : index % 4 + 4, index // 16 : index // 16 + 4] = 255
    return pictures
