"""Flips, turns and stretches for augmentation, differentiable twice.

They are the pixel moves and the general geometric ones of Karras et al. (2020), "Training
Generative Adversarial Networks with Limited Data", appendix B, with their ranges. torch's
`grid_sample` has no second derivative, which a gradient penalty needs, so pixels are gathered.

Shapes: B samples, C channels, H height, W width. `draws` are uniform in [0, 1), (B, 3).
"""

from math import log, pi

import torch
from torch import Tensor

SPREAD = 0.2 * log(2)  # deviation of a scale's logarithm


def flip(samples: Tensor, draws: Tensor) -> Tensor:
    """Mirrors half of the samples (B, C, H, W) left to right."""
    return torch.where((draws[:, 0] < 0.5).view(-1, 1, 1, 1), samples.flip(3), samples)


def quarter_turns(samples: Tensor, draws: Tensor) -> Tensor:
    """Turns each sample by 0, 90, 180 or 270 degrees; one that is not square by 0 or 180."""
    square = samples.shape[2] == samples.shape[3]
    turns = integer(draws[:, 0], 4)
    chosen = (turns if square else turns // 2 * 2).view(-1, 1, 1, 1)
    for count in (1, 2, 3) if square else (2,):
        samples = torch.where(chosen == count, samples.rot90(count, (2, 3)), samples)
    return samples


def integer(draw: Tensor, count: int) -> Tensor:
    """Turns draws in [0, 1) into integers in [0, count)."""
    # Half precision rounds draws just below 1 up to 1, hence the clamp.
    return (draw.float() * count).long().clamp(max=count - 1)


def affine(samples: Tensor, draws: Tensor) -> Tensor:
    """Scales, stretches and rotates each sample around its middle, reflecting it at its borders.

    The scale is 2^N(0, 0.2), as is what one axis is stretched and the other is squeezed by; the
    angle is any.
    """
    height, width = samples.shape[2:]
    scale, stretch = torch.exp(SPREAD * _normal(draws[:, :2].float())).unbind(1)
    angle = 2 * pi * (draws[:, 2].float() - 0.5)
    cos, sin = angle.cos()[:, None, None], angle.sin()[:, None, None]
    down = torch.arange(height, device=samples.device)[:, None] - (height - 1) / 2
    right = torch.arange(width, device=samples.device) - (width - 1) / 2
    # Where each pixel comes from: turned back, then scaled back.
    rows = (cos * down - sin * right) / (scale * stretch)[:, None, None] + (height - 1) / 2
    columns = (sin * down + cos * right) / (scale / stretch)[:, None, None] + (width - 1) / 2
    return _between_pixels(samples, rows, columns)


def _between_pixels(samples: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Returns samples at places (B, H, W) in pixels, bilinear between the four next to each."""
    height, width = samples.shape[2:]
    flat = samples.flatten(2)
    found = torch.zeros_like(samples)
    for row, row_share in _neighbors(rows, height):
        for column, column_share in _neighbors(columns, width):
            index = (row * width + column).flatten(1)[:, None].expand_as(flat)
            share = (row_share * column_share)[:, None].to(samples.dtype)
            found = found + share * flat.gather(2, index).view_as(samples)
    return found


def _neighbors(places: Tensor, size: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Returns the pixels before and after each place, with their shares."""
    last = max(size - 1, 1)
    places = last - (places.remainder(2 * last) - last).abs()  # reflected into 0 to `last`
    before = places.floor().clamp(0, last - 1)
    after = places - before
    low, high = before.long().clamp(max=size - 1), (before.long() + 1).clamp(max=size - 1)
    return (low, 1 - after), (high, after)


def _normal(draws: Tensor) -> Tensor:
    """Turns uniform draws into normal ones."""
    return torch.special.ndtri(draws.clamp(1e-4, 1 - 1e-4))
