"""What cuDNN's recurrent layers refuse, and whether their weights lie in one piece."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch import nn

from tests.pretend_gpu.record import asking_line
from tests.pretend_gpu.state import STATE
from tests.pretend_gpu.tensor import PretendTensor


class _Refusing(torch.autograd.Function):
    """Passes values on, and refuses the gradients that cuDNN has not."""

    @staticmethod
    def forward(ctx, values, training, where):
        ctx.training, ctx.where = training, where
        return values.view_as(values)

    @staticmethod
    def backward(ctx, slope):
        if not ctx.training:
            raise RuntimeError(
                "cudnn RNN backward can only be called in training mode "
                f"(forward pass at {ctx.where})"
            )
        if torch.is_grad_enabled():
            raise RuntimeError(
                "the derivative for '_cudnn_rnn_backward' is not implemented "
                f"(forward pass at {ctx.where})"
            )
        return slope, None, None


@contextmanager
def cudnn_layers() -> Iterator[None]:
    """Makes nn.LSTM and nn.GRU refuse what cuDNN's do, in the block."""
    functions = torch._VF
    with (
        patch.object(functions, "lstm", _guarded(functions.lstm)),
        patch.object(functions, "gru", _guarded(functions.gru)),
        patch.object(nn.RNNBase, "flatten_parameters", _flatten),
    ):
        yield


def _guarded(layer: Callable[..., Any]) -> Callable[..., Any]:
    def call(values: Any, states: Any, weights: Any, *rest: Any) -> Any:
        made = layer(values, states, weights, *rest)
        on_cudnn = isinstance(values, PretendTensor) and torch.backends.cudnn.enabled
        if not on_cudnn or not isinstance(weights, (list, tuple)):
            return made
        where, training = asking_line(), rest[3]  # bias, layers, dropout, training, ...
        whole = all(getattr(weight, "_in_one_piece", False) for weight in weights)
        STATE.record.recurrent[where, whole] += 1
        return tuple(_Refusing.apply(m, training, where) if m.requires_grad else m for m in made)

    return call


def _flatten(self: nn.RNNBase) -> None:
    """Puts the weights in one piece; a deep copy of the layer takes them apart again."""
    for weight in self._flat_weights:
        if isinstance(weight, PretendTensor):
            weight._in_one_piece = True
