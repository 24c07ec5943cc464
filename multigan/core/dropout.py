"""Dropout for a batch in parts: each part sees its rows of the whole batch's mask.

Every part of a batch draws from the same seed, so with plain dropout the parts would share a mask:
less noise than the whole batch has, and other gradients.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import dropout, scaled_dot_product_attention, softmax
from torch.overrides import TorchFunctionMode


class WholeBatchDropout(TorchFunctionMode):
    """Gives `dropout` in the block, whoever calls it, the rows of one part of a batch.

    That of attention is drawn for the weights as torch's own does where no kernel is fused.

    Args:
        index: Which part.
        parts: Of how many; all have as many rows.
    """

    def __init__(self, index: int, parts: int) -> None:
        super().__init__()
        self.index, self.parts = index, parts

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Calls `func`; dropout by this part's rows."""
        kwargs = kwargs or {}
        if func is dropout:
            return self._drop(*args, **kwargs)
        if func is scaled_dot_product_attention and kwargs.get("dropout_p"):
            return _attend(self._drop, *args, **kwargs)
        return func(*args, **kwargs)

    def _drop(
        self, values: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
    ) -> Tensor:
        if not training or p == 0 or values.ndim == 0:
            return values
        rows = len(values)
        # Masks are drawn in the order in which values lie in memory.
        order = sorted(range(values.ndim), key=values.stride, reverse=True)
        shape = [self.parts * rows, *values.shape[1:]]
        whole = values.new_ones([shape[axis] for axis in order])
        mask = dropout(whole, p).permute([order.index(axis) for axis in range(values.ndim)])
        part = mask.narrow(0, self.index * rows, rows)
        return values.mul_(part) if inplace else values * part


def _attend(
    drop: Callable[..., Tensor],
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Attends as `scaled_dot_product_attention` does, and drops weights by `drop`."""
    if enable_gqa:
        repeats = query.shape[-3] // key.shape[-3]
        key, value = (each.repeat_interleave(repeats, -3) for each in (key, value))
    scores = query @ key.transpose(-2, -1) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
        scores = scores.masked_fill(future, -torch.inf)
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -torch.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    return drop(softmax(scores, dim=-1), dropout_p) @ value
