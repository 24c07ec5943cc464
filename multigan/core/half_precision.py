"""Layers that a CPU fails at in bfloat16 run in float32; convolutions are tried before their use.

oneDNN's bfloat16 convolutions are wrong, NaN or finite, for some shapes whose output is one wide at
a stride above one: with AMX the result and the weights' gradient, with AVX-512 the gradient. So
every convolution of new shapes, be it a layer's or a plain function's, is run once on drawn numbers
of these shapes, forwards and backwards, in bfloat16 and in float32. Where they disagree by more
than rounding explains, it runs in float32 for the rest of the session. Second derivatives are wrong
for further shapes; everything here that takes them does so in `full_precision`.
An LSTM that oneDNN refuses to run in bfloat16 runs in float32 too.

The draws have a generator of their own and the verdict follows from shapes alone: this disturbs no
random state and no statistics, and a resumed run comes to the same verdicts.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
)
from torch.overrides import TorchFunctionMode

Convolution = Callable[..., Tensor]

CONVOLUTIONS: frozenset[Convolution] = frozenset(
    (conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d)
)
LARGEST_ERROR = 0.05  # of the largest value; rounding explains 0.01, known faults exceed 1
TRIES = 2  # what lies in memory decides how wrong a faulty result is


class CheckedLayers(TorchFunctionMode):
    """Runs those convolutions and LSTMs of the block that bfloat16 fails for in float32.

    Their results are bfloat16 all the same, as those of any under autocast. Outside of autocast
    nothing changes.

    Args:
        on_fault: Called with one sentence when the first of them fails.
    """

    def __init__(self, on_fault: Callable[[str], None]) -> None:
        super().__init__()
        self.on_fault = on_fault
        self._sound: dict[tuple[Any, ...], bool] = {}
        self._lstm_runs, self._said = True, False

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Calls `func`; a convolution or an LSTM with care."""
        kwargs = kwargs or {}
        if func in CONVOLUTIONS and torch.is_autocast_enabled("cpu"):
            return self._convolve(func, *args, **kwargs)
        if func is torch.lstm and torch.is_autocast_enabled("cpu"):
            return self._recur(func, *args, **kwargs)
        return func(*args, **kwargs)

    def _convolve(
        self,
        function: Convolution,
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        *how: Any,
        **named: Any,
    ) -> Tensor:
        shapes = (input.shape, input.stride(), weight.shape, weight.stride(), bias is None)
        key = (function, *shapes, repr((how, named)))
        if key not in self._sound:
            self._sound[key] = is_sound(function, input, weight, bias, *how, **named)
            if not self._sound[key]:
                self._say(f"{function.__name__} of {(*input.shape,)}, weights {(*weight.shape,)}")
        if self._sound[key]:
            return function(input, weight, bias, *how, **named)
        exact: Tensor = _exactly(function, input, weight, bias, *how, **named)
        return exact

    def _recur(self, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        if self._lstm_runs:
            try:
                return function(*args, **named)
            except RuntimeError as error:
                if "primitive descriptor" not in str(error):
                    raise
                self._lstm_runs = False
                self._say("lstm")
        return _exactly(function, *args, **named)

    def _say(self, failed: str) -> None:
        if not self._said:
            self.on_fault(
                "In bfloat16 this processor gets some layers wrong or cannot run them, the first: "
                f"{failed}. Those run in float32, which takes longer; all others stay in bfloat16."
            )
        self._said = True


def is_sound(
    function: Convolution,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *how: Any,
    **named: Any,
) -> bool:
    """Returns whether a convolution gives in bfloat16 what it gives in float32.

    Args:
        function: One of `CONVOLUTIONS`, or what stands in for it.
        input, weight, bias: Of the shapes and layouts in question; their values are not looked at.
        how, named: The function's other arguments.
    """

    def convolve(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        return function(input, weight, bias, *how, **named)

    generator = torch.Generator().manual_seed(0)
    given = [_drawn_like(t, generator) for t in (input, weight, bias) if t is not None]
    with torch.enable_grad(), torch.autocast("cpu", enabled=False):
        expected = _results(convolve, [t.float() for t in given])
        for _ in range(TRIES):
            _leave_rubbish()
            if not _agree(_results(convolve, given), expected):
                return False
    return True


def smallest_case_is_sound() -> bool:
    """Returns whether the smallest convolution known to fail on some processors works here."""
    samples, weight = torch.empty(2, 32, 65, 2), torch.empty(8, 32, 3, 3)
    return is_sound(conv2d, samples, weight, None, (1, 3), (1, 1))


def _results(convolve: Convolution, given: Sequence[Tensor]) -> list[Tensor]:
    """Returns the convolution and its gradients for drawn slopes."""
    given = [t.detach().clone().requires_grad_() for t in given]
    result = convolve(*given)
    slope = _drawn_like(result, torch.Generator().manual_seed(1)).to(result.dtype)
    return [result, *torch.autograd.grad(result, given, slope)]


def _agree(results: Sequence[Tensor], expected: Sequence[Tensor]) -> bool:
    """Compares each with what is expected; NaN agrees with nothing."""
    pairs = zip(results, expected, strict=True)
    return all(bool((a.float() - b).abs().max() <= LARGEST_ERROR * b.abs().max()) for a, b in pairs)


def _drawn_like(tensor: Tensor, generator: torch.Generator) -> Tensor:
    """Returns normal draws in bfloat16, in the shape and memory layout of `tensor`."""
    drawn = torch.empty_like(tensor, dtype=torch.bfloat16, requires_grad=False)
    return drawn.normal_(generator=generator)


def _leave_rubbish() -> None:
    """Fills memory and frees it, so that whatever reads beyond its own finds NaN."""
    blocks = [torch.full((2**k,), torch.nan) for k in range(4, 17) for _ in range(2)]
    del blocks


def _exactly(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """Calls `function` in float32 and returns its result in bfloat16."""
    with torch.autocast("cpu", enabled=False):
        result = function(*_cast(args, torch.float32), **named)
    return _cast(result, torch.bfloat16)


def _cast(value: Any, dtype: torch.dtype) -> Any:
    """Returns what is given with its floating-point tensors, in lists and tuples too, cast."""
    if isinstance(value, list | tuple):
        return type(value)(_cast(each, dtype) for each in value)
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.to(dtype)
    return value
