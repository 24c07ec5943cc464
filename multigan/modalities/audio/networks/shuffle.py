"""Phase shuffle: a discriminator's activations, moved a little in time.

Shapes: B samples, T frames or samples; `...` are channels and bins.
"""

import torch
from torch import Tensor, nn

from multigan.core.draws import uniform


class PhaseShuffle(nn.Module):
    """Moves each sample by -n to n places in time while training; the gap mirrors what is there.

    A discriminator that cannot rely on the phase leaves the generator no phase to betray it by.
    WaveGAN's program draws one shift for a batch; here each sample draws its own, so that a batch
    in pieces is shuffled as the whole one.

    Source: Donahue, McAuley & Puckette (2019), "Adversarial Audio Synthesis", section 3.3.

    Args:
        most: n; 0 moves nothing.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, ..., T) -> (B, ..., T)."""
        length = hidden.shape[-1]
        most = min(self.most, length - 1)
        if not self.training or most == 0:
            return hidden
        share = uniform(len(hidden), 1, device=hidden.device)
        shift = (share * (2 * most + 1)).long().clamp_max(2 * most) - most  # (B, 1)
        place = (torch.arange(length, device=hidden.device) + shift).abs()  # mirrors the start
        place = torch.where(place < length, place, 2 * (length - 1) - place)  # and the end
        middle = hidden.ndim - 2
        return hidden.gather(-1, place.view(len(hidden), *[1] * middle, length).expand_as(hidden))
