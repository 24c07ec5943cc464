"""The latent space: walks, directions, and GAN inversion, from a sample back to a latent."""

from multigan.sampling.latents.directions import (
    Directions,
    factorized_directions,
    principal_directions,
    random_directions,
)
from multigan.sampling.latents.projection import Projection, project, pyramid_distance
from multigan.sampling.latents.styles import mix_styles
from multigan.sampling.latents.walks import along, lerp, slerp, walk

__all__ = [
    "Directions",
    "Projection",
    "along",
    "factorized_directions",
    "lerp",
    "mix_styles",
    "principal_directions",
    "project",
    "pyramid_distance",
    "random_directions",
    "slerp",
    "walk",
]
