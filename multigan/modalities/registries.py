"""The names under which recipes find kinds of data, networks and augmentations."""

from torch import nn

from multigan.core.modality import Modality
from multigan.registry import Registry

MODALITIES: Registry[type[Modality]] = Registry("modality")

# A generator is called as `(latent (B, Z), condition) -> samples (B, *S)` and is built with
# `latent_dim`, `sample_shape` and `condition`, which the run knows, plus a recipe's options.
GENERATORS: Registry[type[nn.Module]] = Registry("generator")

# A discriminator is called as `(samples (B, *S), condition) -> logits (B, N)` and is built with
# `sample_shape` and `condition` plus a recipe's options. `features(samples, condition)` returns
# the activations that lead to the logits, from shallow to deep.
DISCRIMINATORS: Registry[type[nn.Module]] = Registry("discriminator")

# An augmentation is a differentiable `(B, *S) -> (B, *S)` that both halves of a batch go through
# before the discriminator sees them.
AUGMENTATIONS: Registry[type[nn.Module]] = Registry("augmentation")
