"""The names under which recipes find kinds of data, networks, augmentations and objectives.

They are known here, where everybody can import them, and filled by `multigan.modalities`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from multigan.config import Recipe
from multigan.core.condition import ConditionSpec
from multigan.core.modality import Modality
from multigan.core.objective import Objective
from multigan.core.prior import Prior
from multigan.typed import Component
from multigan.typed.registry import BUILT_IN, Registry, build

# Holds `multigan.modalities.kind.Kind`s: all that is special to a kind of data, in one object.
KINDS: Registry[Any] = Registry("modality", filled_by=BUILT_IN)

# Functions that return what a kind's loader takes from Python: a tensor, a torch data set ...
DATA: Registry[Callable[[], Any]] = Registry("data set")

# A generator is called as `(latent (B, Z), condition) -> samples (B, *S)` and is built with
# `latent_dim`, `sample_shape` and `condition`, which the run knows, plus a recipe's options.
GENERATORS: Registry[type[nn.Module]] = Registry(
    "generator", known=("latent_dim", "sample_shape", "condition"), filled_by=BUILT_IN
)

# A discriminator is called as `(samples (B, *S), condition) -> logits (B, N)` and is built with
# `sample_shape` and `condition` plus a recipe's options. `features(samples, condition)` returns
# the activations that lead to the logits, from shallow to deep.
DISCRIMINATORS: Registry[type[nn.Module]] = Registry(
    "discriminator", known=("sample_shape", "condition"), filled_by=BUILT_IN
)

# An augmentation is a differentiable `(B, *S) -> (B, *S)` that both halves of a batch go through
# before the discriminator sees them.
AUGMENTATIONS: Registry[type[nn.Module]] = Registry("augmentation", filled_by=BUILT_IN)


def build_modality(named: Component) -> Modality:
    """Returns the modality that a component names.

    Raises:
        ConfigError: There is none of that name, or it cannot be built with these options.
    """
    modality: Modality = build("modality", KINDS[named.name].modality, named)
    return modality


@dataclass(frozen=True)
class Ingredients:
    """What an objective is made of.

    Attributes:
        recipe: What was asked for.
        generator, discriminator: The networks, on the CPU; a recipe may have no discriminator.
        prior: Where latents come from.
        modality: Encodes and decodes the data.
        condition: What the networks are conditioned on, or None.
        data: The loaded data set, a `multigan.data.loaded.Loaded`.
    """

    recipe: Recipe
    generator: nn.Module
    discriminator: nn.Module | None
    prior: Prior
    modality: Modality
    condition: ConditionSpec | None
    data: Any


# An objective is built from `ingredients`, plus a recipe's options.
OBJECTIVES: Registry[Callable[..., Objective]] = Registry(
    "objective", known=["ingredients"], filled_by=BUILT_IN
)
