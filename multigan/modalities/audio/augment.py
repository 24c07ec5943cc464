"""What the discriminator of sounds is kept from seeing.

Shapes: B samples, P planes, F frequencies, M frames.
"""

import torch
from torch import Tensor, nn

from multigan.errors import ShapeError
from multigan.modalities.registries import AUGMENTATIONS


@AUGMENTATIONS.register("hide_first_phase")
class HideFirstPhase(nn.Module):
    """Hides the frequencies of the first frame of `log_magnitude_if`.

    There they are the phase that the sound begins with, which is like nothing that follows. A
    generator whose sounds begin nowhere in particular cannot make it, and need not.
    """

    def forward(self, samples: Tensor) -> Tensor:
        """Returns samples (B, P, F, M) with zeros in the first frame of the last P / 2 planes."""
        if samples.ndim != 4 or samples.shape[1] % 2:
            raise ShapeError(
                "hide_first_phase is made for planes of magnitude and as many of frequency, not "
                f"for samples of shape {tuple(samples.shape)}: leave the augmentation out."
            )
        mask = torch.ones_like(samples[:1])
        mask[:, samples.shape[1] // 2 :, :, 0] = 0
        return samples * mask
