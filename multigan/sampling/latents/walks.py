"""Walks through the latent space."""

import torch
from torch import Tensor


def slerp(start: Tensor, end: Tensor, share: float | Tensor) -> Tensor:
    """Returns the point a `share` of the way along the arc from `start` to `end`.

    Normal latents of many dimensions lie near a sphere; a straight line would leave it and pass
    through latents that the generator has never seen.

    Source: Shoemake (1985), "Animating Rotation with Quaternion Curves".

    Args:
        start, end: (..., Z).
        share: In [0, 1]; a tensor must broadcast against (..., 1).
    """
    unit_start = start / start.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    unit_end = end / end.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    angle = (unit_start * unit_end).sum(-1, keepdim=True).clamp(-1, 1).acos()
    straight = lerp(start, end, share)
    arc = ((1 - share) * angle).sin() * start + (share * angle).sin() * end
    # Along nearly the same or the opposite direction the arc is not defined; the line is.
    return torch.where(angle.sin() < 1e-4, straight, arc / angle.sin().clamp_min(1e-12))


def lerp(start: Tensor, end: Tensor, share: float | Tensor) -> Tensor:
    """Returns the point a `share` of the way along the straight line from `start` to `end`."""
    return torch.lerp(start, end, torch.as_tensor(share, dtype=start.dtype))


def walk(stops: Tensor, frames: int, *, linear: bool = False, eased: bool = False) -> Tensor:
    """Returns `frames` latents evenly along the way through `stops`: (K, Z) -> (frames, Z).

    The first frame is the first stop and the last frame the last. The way goes along arcs, or
    along straight lines if `linear`. If `eased` it slows down at every stop, by 3 t^2 - 2 t^3.
    """
    position = torch.linspace(0, len(stops) - 1, frames, dtype=stops.dtype, device=stops.device)
    if eased:
        share = position - position.floor()
        position = position.floor() + share**2 * (3 - 2 * share)
    return along(stops, position, linear=linear)


def along(stops: Tensor, position: Tensor, *, linear: bool = False) -> Tensor:
    """Returns the latents (N, Z) at positions (N,) from 0 to K - 1 on the way through `stops`."""
    left = position.floor().long().clamp_max(max(len(stops) - 2, 0))
    right = (left + 1).clamp_max(len(stops) - 1)
    between = lerp if linear else slerp
    return between(stops[left], stops[right], (position - left).unsqueeze(1))
