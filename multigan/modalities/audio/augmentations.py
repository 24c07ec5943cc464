"""What the discriminator of sounds is kept from seeing.

Shapes: B samples, P planes, F frequencies, M frames.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from multigan.core.draws import uniform
from multigan.core.registries import AUGMENTATIONS
from multigan.errors import ShapeError
from multigan.typed import Count, Share

SILENCE = -1.0  # of a picture of magnitudes
LOUDER = 0.15  # of a picture's range of 2: 4.5 dB where that is 60
REACH = 8  # shifts and masks take at most this part of an axis
Policy = Literal["gain", "shift", "time_mask", "frequency_mask"]


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


@AUGMENTATIONS.register("spectrogram")
class SpectrogramAugment(nn.Module):
    """Louder or softer, earlier or later, a few frames or frequencies of silence.

    Against a discriminator that learns few sounds by heart. Small changes, whose gradient goes
    through; what comes in from outside is silence. A controller may turn the strength:
    `--set controllers.adaptive_augment.target=0.6`.

    Source: the masks are those of Park et al. (2019), "SpecAugment: A Simple Data Augmentation
    Method for Automatic Speech Recognition", without the warping.

    Args:
        policies: Any of "gain", "shift", "time_mask" and "frequency_mask", in this order.
        strength: The probability that a policy changes a sample. May be turned while training.
        magnitudes: How many of the first planes are magnitudes, the sound's channels: only they
            change with the gain, and are -1 where it is silent; others are 0 there.

    Attributes:
        leaks_above: From this strength on generators may learn the augmentation itself, as for
            pictures.
    """

    leaks_above: ClassVar[float] = 0.8

    def __init__(
        self,
        policies: Sequence[Policy] = ("gain", "shift", "time_mask", "frequency_mask"),
        strength: Share = 0.2,
        magnitudes: Count = 1,
    ) -> None:
        super().__init__()
        self.policies, self.strength, self.magnitudes = tuple(policies), strength, magnitudes

    def forward(self, samples: Tensor) -> Tensor:
        """Augments each of (B, P, F, M) with draws of its own."""
        if samples.ndim != 4:
            raise ShapeError(
                "spectrogram is made for pictures of sound, (planes, frequencies, frames), not for "
                f"samples of shape {tuple(samples.shape[1:])}: leave the augmentation out."
            )
        if self.strength <= 0:
            return samples
        silence = samples.new_zeros(1, samples.shape[1], 1, 1)
        silence[:, : self.magnitudes] = SILENCE
        for name in self.policies:
            draws = uniform(len(samples), 3, device=samples.device).to(samples.dtype)
            changed = POLICIES[name](samples, draws[:, :2], silence)
            chosen = (draws[:, 2] < self.strength).view(-1, 1, 1, 1)
            samples = torch.where(chosen, changed, samples)
        return samples


def gain(samples: Tensor, draws: Tensor, silence: Tensor) -> Tensor:
    """Adds the same to all magnitudes: as many decibels."""
    change = LOUDER * (2 * draws[:, :1] - 1).view(-1, 1, 1, 1)
    return samples - change * silence  # whose magnitudes are -1, and all else 0


def shift(samples: Tensor, draws: Tensor, silence: Tensor) -> Tensor:
    """Moves sounds by up to an eighth of their frames."""
    frames = samples.shape[3]
    reach = frames // REACH
    by = (draws[:, 0] * (2 * reach + 1)).long() - reach
    source = torch.arange(frames, device=samples.device) - by[:, None]  # (B, M)
    inside = ((source >= 0) & (source < frames)).view(-1, 1, 1, frames)
    places = source.clamp(0, frames - 1).view(-1, 1, 1, frames).expand_as(samples)
    return torch.where(inside, samples.gather(3, places), silence)


def mask(axis: int) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """Returns what silences up to an eighth of an axis (2 of frequencies, 3 of frames)."""

    def masked(samples: Tensor, draws: Tensor, silence: Tensor) -> Tensor:
        size = samples.shape[axis]
        width = (draws[:, 0] * (size // REACH + 1)).long()
        start = (draws[:, 1] * (size - width + 1)).long()
        position = torch.arange(size, device=samples.device)
        hidden = (position >= start[:, None]) & (position < (start + width)[:, None])
        shape = [len(samples), 1, 1, 1]
        shape[axis] = size
        return torch.where(hidden.view(shape), silence, samples)

    return masked


POLICIES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "gain": gain,
    "shift": shift,
    "time_mask": mask(3),
    "frequency_mask": mask(2),
}
