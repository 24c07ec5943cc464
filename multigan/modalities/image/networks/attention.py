"""Attention between the positions of a map, for what a few convolutions cannot see at once."""

from torch import Tensor, nn, zeros
from torch.nn.functional import max_pool2d


class SelfAttention(nn.Module):
    """Adds to each position what it looks for at all others; it starts by adding nothing.

    Source: Zhang et al. (2019), "Self-Attention Generative Adversarial Networks", Eq. 1 to 3;
    looked at are maxima over 2 x 2 positions, as in the authors' implementation.

    Args:
        channels: C.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner, carried = max(1, channels // 8), max(1, channels // 2)
        self.query = nn.Conv2d(channels, inner, 1, bias=False)
        self.key = nn.Conv2d(channels, inner, 1, bias=False)
        self.value = nn.Conv2d(channels, carried, 1, bias=False)
        self.output = nn.Conv2d(carried, channels, 1, bias=False)
        self.strength = nn.Parameter(zeros(()))  # gamma in the paper

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        queries = _positions(self.query(hidden))
        keys = _positions(max_pool2d(self.key(hidden), 2))
        values = _positions(max_pool2d(self.value(hidden), 2))
        # The paper does not divide by the root of the dimensions. Written out, because exporters
        # know fused attention only with heads.
        found = (queries @ keys.transpose(1, 2)).softmax(-1) @ values  # (B, H W, C / 2)
        found = found.transpose(1, 2).reshape(hidden.shape[0], -1, *hidden.shape[2:])
        return hidden + self.strength * self.output(found)


def _positions(maps: Tensor) -> Tensor:
    """(B, C, H, W) -> (B, H W, C)."""
    return maps.flatten(2).transpose(1, 2)
