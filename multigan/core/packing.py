"""A discriminator that judges several samples at once, so that their sameness shows.

A generator that makes few modes makes the same sample twice in a pack; real packs do not hold
twins. The discriminator sees that, and the generator learns that variety pays.

Source: Lin et al. (2018), "PacGAN: The power of two samples in generative adversarial networks".

Shapes: B samples, P samples in a pack, S sample shape, its first axis the channels.
"""

from typing import Any

from torch import Tensor, nn

from multigan.errors import ConfigError, ShapeError


def packed_shape(sample_shape: tuple[int, ...], pack: int) -> tuple[int, ...]:
    """Returns the shape of a pack of samples (S[0], ...): (P * S[0], ...)."""
    return (pack * sample_shape[0], *sample_shape[1:])


class Packed(nn.Module):
    """Shows a discriminator `pack` neighbors of the batch as one sample of more channels.

    The logits are those of the packs, (B / P, N): losses, penalties and relativistic pairs take
    packs where they took samples.

    Args:
        discriminator: Built for samples of shape `packed_shape(sample_shape, pack)`.
        pack: P, at least 2. Batches, and the pieces they are cut into, must be multiples of it.

    Raises:
        ConfigError: `pack` is below 2.
    """

    def __init__(self, discriminator: nn.Module, pack: int) -> None:
        super().__init__()
        if pack < 2:
            raise ConfigError(f"A pack has at least 2 samples, not {pack}.")
        self.discriminator = discriminator
        self.pack = pack

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """(B, *S) -> logits (B / P, N)."""
        logits: Tensor = self.discriminator(self._joined(samples, condition), None)
        return logits

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the wrapped discriminator's activations for the packs."""
        inner: Any = self.discriminator
        found: list[Tensor] = inner.features(self._joined(samples, condition), None)
        return found

    def _joined(self, samples: Tensor, condition: Tensor | None) -> Tensor:
        if condition is not None:
            raise ShapeError(
                "Packed samples have different conditions, and the discriminator takes one. "
                "Train without: conditional=false, or pack=1."
            )
        if len(samples) % self.pack:
            raise ShapeError(
                f"A batch of {len(samples)} cannot be packed by {self.pack}. Choose batch_size "
                "so that every process and accumulation step gets a multiple of it."
            )
        channels = samples.shape[1]
        return samples.reshape(-1, self.pack * channels, *samples.shape[2:])
