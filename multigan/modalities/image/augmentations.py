"""Differentiable augmentation: the discriminator never sees a sample as it is.

With few training images a discriminator overfits to them. Augmenting what it sees of both,
real and generated images, prevents that, and the generator learns nothing of the augmentation as
long as its gradient goes through the same transformation.

Source: Zhao et al. (2020), "Differentiable Augmentation for Data-Efficient GAN Training"; ranges
as in the authors' implementation. Geometry has a file of its own.

Shapes: B samples, C channels, H height, W width. `draws` are uniform in [0, 1), one row a sample.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from multigan.core.draws import uniform
from multigan.core.registries import AUGMENTATIONS
from multigan.modalities.image.geometry import affine, flip, integer, quarter_turns
from multigan.typed import Share

Policy = Callable[[Tensor, Tensor], Tensor]  # (samples (B, C, H, W), draws (B, 3)) -> samples
Name = Literal["color", "translation", "cutout", "flip", "quarter_turns", "affine"]
NUM_DRAWS = 3


@AUGMENTATIONS.register("diffaugment")
class DiffAugment(nn.Module):
    """Random brightness, saturation and contrast, shifts and holes, differentiable twice.

    Args:
        policies: Any of "color", "translation", "cutout", "flip", "quarter_turns" and "affine",
            applied in this order; see `multigan.modalities.image.geometry` for the last three.
        strength: The probability, in [0, 1], that a policy changes a sample. May be assigned
            during training; 0 does nothing and costs nothing.

    Attributes:
        leaks_above: From this strength on generators may learn the augmentation itself (Karras et
            al. 2020); the doctor's remedy goes no further.
    """

    leaks_above: ClassVar[float] = 0.8

    def __init__(
        self,
        policies: Sequence[Name] = ("color", "translation", "cutout"),
        strength: Share = 1.0,
    ) -> None:
        super().__init__()
        self.policies = tuple(policies)
        self.strength = strength

    def forward(self, samples: Tensor) -> Tensor:
        """Augments each sample of (B, C, H, W) with draws of its own."""
        if self.strength <= 0:
            return samples
        for name in self.policies:
            draws = uniform(len(samples), NUM_DRAWS + 1, device=samples.device)
            chosen = (draws[:, -1] < self.strength).view(-1, 1, 1, 1)
            # `where`, unlike indexing, needs no count of the chosen and so never waits for a GPU.
            changed = POLICIES[name](samples, draws[:, :-1].to(samples.dtype))
            samples = torch.where(chosen, changed, samples)
        return samples

    def extra_repr(self) -> str:
        """The options, for `print(game)`."""
        return f"policies={self.policies}, strength={self.strength}"


@AUGMENTATIONS.register("ada")
class ADAugment(DiffAugment):
    """Flips, turns, shifts, stretches and colors: what adaptive augmentation was made with.

    As long as each is left out now and then, the generator does not learn it: the authors keep
    the strength below 0.8. Usually a controller (`controllers.adaptive_augment`) or a schedule
    (`schedules.augment.strength`) moves it.

    Source: Karras et al. (2020), "Training Generative Adversarial Networks with Limited Data"; its
    kinds of moves, one draw for each kind instead of each move, and the colors of `DiffAugment`.

    Args:
        policies: As in `DiffAugment`.
        strength: The probability, in [0, 1], that a policy changes a sample.
    """

    def __init__(
        self,
        policies: Sequence[Name] = ("flip", "quarter_turns", "translation", "affine", "color"),
        strength: Share = 0.2,
    ) -> None:
        super().__init__(policies, strength)


@AUGMENTATIONS.register("mirror")
class Mirror(DiffAugment):
    """Each sample as it is, or its mirror image: twice as many pictures, where both are likely.

    Letters, faces looking one way and whatever else has a left and a right are no such pictures.

    Args:
        strength: The probability, in [0, 1], that a sample is mirrored half of the time.
    """

    def __init__(self, strength: Share = 1.0) -> None:
        super().__init__(("flip",), strength)


def color(samples: Tensor, draws: Tensor) -> Tensor:
    """Changes brightness, then saturation (of three colors only), then contrast; never alpha."""
    channels = samples.shape[1]
    num_colors = channels - 1 if channels in (2, 4) else channels  # LA and RGBA end with alpha
    colors, alpha = samples[:, :num_colors], samples[:, num_colors:]
    brightness, saturation, contrast = draws.view(-1, NUM_DRAWS, 1, 1, 1).unbind(1)
    colors = colors + (brightness - 0.5)
    if num_colors == 3:
        colors = _scaled_around(colors.mean(1, keepdim=True), colors, 2 * saturation)
    colors = _scaled_around(colors.mean((1, 2, 3), keepdim=True), colors, contrast + 0.5)
    return torch.cat([colors, alpha], 1)


def translation(samples: Tensor, draws: Tensor) -> Tensor:
    """Shifts by up to an eighth of each side, rounded; what comes in from outside is 0."""
    for axis, draw in ((2, draws[:, 0]), (3, draws[:, 1])):
        samples = _shifted(samples, draw, axis)
    return samples


def cutout(samples: Tensor, draws: Tensor) -> Tensor:
    """Sets a rectangle of half the height and width, rounded, to 0; it may reach outside."""
    rows = _hole(samples.shape[2], draws[:, 0])[:, :, None]
    columns = _hole(samples.shape[3], draws[:, 1])[:, None, :]
    return samples.masked_fill((rows & columns)[:, None], 0)


POLICIES: dict[str, Policy] = {
    "color": color,
    "translation": translation,
    "cutout": cutout,
    "flip": flip,
    "quarter_turns": quarter_turns,
    "affine": affine,
}


def _scaled_around(center: Tensor, values: Tensor, factor: Tensor) -> Tensor:
    return center + factor * (values - center)


def _shifted(samples: Tensor, draw: Tensor, axis: int) -> Tensor:
    size = samples.shape[axis]
    reach = _share(size, 0.125)
    shift = integer(draw, 2 * reach + 1) - reach  # (B,)
    source = torch.arange(size, device=samples.device) - shift[:, None]  # (B, size)
    shape = [len(samples), 1, 1, 1]
    shape[axis] = size
    source = source.view(shape).expand_as(samples)
    moved = samples.gather(axis, source.clamp(0, size - 1))
    return moved.masked_fill((source < 0) | (source >= size), 0)


def _hole(size: int, draw: Tensor) -> Tensor:
    hole = _share(size, 0.5)
    start = integer(draw, size + 1 - hole % 2)[:, None] - hole // 2  # (B, 1)
    positions = torch.arange(size, device=draw.device)
    return (positions >= start) & (positions < start + hole)  # (B, size)


def _share(size: int, ratio: float) -> int:
    return int(size * ratio + 0.5)  # the authors' rounding, which `round` does not do for halves
