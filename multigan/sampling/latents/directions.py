"""Directions in the latent space along which samples change most.

Shapes: K directions, Z latent size, N latents, F activations of a layer.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from multigan.core.draws import seeded
from multigan.errors import ConfigError
from multigan.sampling.latents.latent_layers import activations, first_effects, listening_layer

NUM_LATENTS = 4000  # for principal directions; more change them little
POWER_STEPS = 5  # of the randomized decomposition


@dataclass(frozen=True)
class Directions:
    """Ways to move a latent.

    Attributes:
        method: How they were found: "principal", "factorized" or "random".
        vectors: (K, Z), each of length one, the most telling first.
        strengths: (K,), how much moving along each changes what it was found by, falling.
    """

    method: str
    vectors: Tensor
    strengths: Tensor

    def __len__(self) -> int:
        return len(self.vectors)

    def move(self, latents: Tensor, index: int, distance: float | Tensor) -> Tensor:
        """Returns latents (N, Z) moved along one direction, by one distance or (N,) of them.

        The prior has standard deviation one along any direction, so distances of 2 or 3 stay
        among latents that the generator knows.

        Raises:
            ConfigError: There is no such direction.
        """
        if not 0 <= index < len(self):
            raise ConfigError(f"There are directions 0 to {len(self) - 1}, not {index}.")
        distances = torch.as_tensor(distance, dtype=latents.dtype, device=latents.device)
        return latents + distances.reshape(-1, 1) * self.vectors[index].to(latents)


def factorized_directions(
    generator: nn.Module, latent_dim: int, *, count: int, condition: Tensor | None = None
) -> Directions:
    """Returns the latent directions that change the first layer's output most.

    They are the eigenvectors of A^T A with the largest eigenvalues, A being what the first layer
    does to the latent; no sampling is needed. Where parts of the latent go to layers of their own,
    as in BigGAN, A holds the first layer of each part.

    Source: Shen & Zhou (2021), "Closed-Form Factorization of Latent Semantics in GANs".

    Args:
        generator: `(latent (B, Z), condition) -> samples`, whose first layer is linear. In one
            with styles that is the mapping's first layer: latents are moved, not styles.
        latent_dim: Z.
        count: K, at most Z.
        condition: (1, ...) for a conditional generator.
    """
    _check_count(count, latent_dim)
    effect = first_effects(generator, latent_dim, condition)  # A, (F, Z)
    values, vectors = torch.linalg.eigh(effect.T @ effect)
    top = vectors.T.flip(0)[:count]
    strengths = values.flip(0)[:count].clamp_min(0).sqrt()
    return Directions("factorized", _with_a_sign(top).float(), strengths.float())


def principal_directions(
    generator: nn.Module,
    latent_dim: int,
    *,
    count: int,
    condition: Tensor | None = None,
    layer: int = 1,
    num_latents: int = NUM_LATENTS,
    seed: int = 0,
) -> Directions:
    """Returns the latent directions that lead along the principal components of a layer.

    The components of the layer's activations are found over random latents; each direction is the
    least-squares answer to which latents lead along its component.

    Source: Härkönen et al. (2020), "GANSpace: Discovering Interpretable GAN Controls", section 3.

    Args:
        generator: `(latent (B, Z), condition) -> samples`.
        latent_dim: Z.
        count: K, at most Z.
        condition: (1, ...) for a conditional generator.
        layer: Which of the layers with weights that hear the whole latent, in the order of their
            use; the last if there are fewer. On the first, a linear one, this finds the factorized
            directions by sampling.
        num_latents: N.
        seed: Of the latents and of the randomized decomposition.
    """
    _check_count(count, latent_dim)
    with seeded(seed, "directions"):  # other threads wait for it: only for what must be drawn
        latents = torch.randn(num_latents, latent_dim).to(next(generator.parameters()).device)
    listener = listening_layer(generator, latent_dim, condition, layer)
    heard = activations(generator, listener, latents, condition, seed)
    heard -= heard.mean(0)
    strengths, components = _principal_components(heard, count, seed)
    coordinates = heard @ components  # (N, K)
    vectors = torch.linalg.lstsq(coordinates, latents).solution  # (K, Z)
    vectors = vectors / vectors.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return Directions(
        "principal", _with_a_sign(vectors).cpu(), (strengths / num_latents**0.5).cpu()
    )


def random_directions(latent_dim: int, *, count: int, seed: int = 0) -> Directions:
    """Returns orthogonal directions of no meaning, to compare others with."""
    _check_count(count, latent_dim)
    with seeded(seed, "directions"):
        basis, _ = torch.linalg.qr(torch.randn(latent_dim, latent_dim))
    return Directions("random", basis.T[:count].contiguous(), torch.ones(count))


def _principal_components(centered: Tensor, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Returns the largest singular values (K,) of a matrix (N, F), and their vectors (F, K).

    Source: Halko, Martinsson & Tropp (2011), "Finding Structure with Randomness", algorithms 4.4
    and 5.1.
    """
    most = min(count, *centered.shape)
    with seeded(seed, "basis"):
        basis = torch.randn(centered.shape[1], most).to(centered.device)
    for _ in range(POWER_STEPS):
        basis = torch.linalg.qr(centered.T @ torch.linalg.qr(centered @ basis).Q).Q
    _, strengths, vectors = torch.linalg.svd(centered @ basis, full_matrices=False)
    return strengths, basis @ vectors.T


def _with_a_sign(vectors: Tensor) -> Tensor:
    """Turns each vector so that its largest entry is positive: decompositions leave that open."""
    largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    return vectors * largest.sign()


def _check_count(count: int, latent_dim: int) -> None:
    if not 1 <= count <= latent_dim:
        raise ConfigError(
            f"A latent space of {latent_dim} dimensions has 1 to {latent_dim} directions to ask "
            f"for, not {count}."
        )
