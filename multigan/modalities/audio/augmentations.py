"""What the discriminator of sounds is kept from seeing.

Shapes: B samples, P planes, F frequencies, M frames.
"""

import torch
from torch import Tensor, nn

from multigan.core.registries import AUGMENTATIONS
from multigan.errors import ShapeError
from multigan.typed import Count


@AUGMENTATIONS.register("hide_edges")
class HideEdges(nn.Module):
    """Hides the frames at both ends of a picture of sound.

    The windows of those reach beyond the clip, into silence, and the frequencies of the first frame
    are the phase that the sound begins with. A generator whose sounds begin and end nowhere in
    particular cannot make either, and need not; a discriminator that sees them is soon sure of
    everything.

    Args:
        frames: How many at each end: half of a window in hops.
    """

    def __init__(self, frames: Count = 2) -> None:
        super().__init__()
        self.frames = frames

    def forward(self, samples: Tensor) -> Tensor:
        """Returns samples (B, P, F, M) with zeros in the first and last frames."""
        if samples.ndim != 4 or samples.shape[3] <= 2 * self.frames:
            raise ShapeError(
                f"hide_edges is made for pictures of sound of more than {2 * self.frames} frames, "
                f"not for samples of shape {tuple(samples.shape)}: leave the augmentation out."
            )
        mask = torch.ones_like(samples[:1])
        mask[..., : self.frames] = 0
        mask[..., -self.frames :] = 0
        return samples * mask
