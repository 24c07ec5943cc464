"""Generators with styles: what the coarse ones of a sample and the fine ones of another make."""

import torch
from torch import Tensor, nn

from multigan.core.protocols import HasStyles
from multigan.errors import ConfigError


def mix_styles(
    generator: nn.Module,
    rows: Tensor,
    columns: Tensor,
    *,
    condition: Tensor | None = None,
    layers: int = 0,
) -> Tensor:
    """Returns every row's sample with the finer styles of every column's: (R * C, *S).

    Source: Karras et al. (2019), "A Style-Based Generator Architecture for Generative Adversarial
    Networks", section 3.1.

    Args:
        generator: A `HasStyles`.
        rows, columns: Latents (R, Z) and (C, Z).
        condition: One for all, (1, ...), or None.
        layers: How many of the coarsest styles are the row's; 0 takes half of them.

    Raises:
        ConfigError: The generator has no styles, or not so many.
    """
    if not isinstance(generator, HasStyles):
        raise ConfigError(f"{type(generator).__name__} has no styles to mix; 'stylegan2' has them.")
    coarse, fine = (
        generator.styles(latents, _repeated(condition, len(latents))) for latents in (rows, columns)
    )
    total = coarse.shape[1]
    layers = layers or total // 2
    if not 0 < layers < total:
        raise ConfigError(f"Of {total} styles, 1 to {total - 1} can be the row's, not {layers}.")
    pairs = torch.cat(
        [
            coarse[:, None, :layers].expand(-1, len(columns), -1, -1),
            fine[None, :, layers:].expand(len(rows), -1, -1, -1),
        ],
        2,
    )
    return generator.synthesize(pairs.flatten(0, 1))


def _repeated(condition: Tensor | None, count: int) -> Tensor | None:
    return None if condition is None else condition.expand(count, *condition.shape[1:])
