"""One operation on the pretend GPU: what it may be given, what it costs, and its result."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map_only, tree_unflatten

from tests.pretend_gpu import rules
from tests.pretend_gpu.cells import CELLS
from tests.pretend_gpu.state import STATE

aten = torch.ops.aten
TYPE = "cuda"


class PretendMode(TorchDispatchMode):
    """Sees every operation, also those that make tensors and are given none."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None) -> Any:
        return run(func, args, kwargs or {})


def run(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Runs an operation, on the pretend GPU if it belongs there."""
    flat, spec = tree_flatten((args, kwargs))
    pretended = [value for value in flat if is_pretended(value)]
    asked = None if kwargs.get("device") is None else torch.device(kwargs["device"])
    if not pretended and (asked is None or asked.type != TYPE):
        return func(*args, **kwargs)
    if _composite(func):  # in inference mode these arrive whole
        with PretendMode():
            return func.decompose(*args, **kwargs)
    target = _target(asked, pretended)
    rules.check(func, args, kwargs, flat, target)
    rules.count_cost(func, args, kwargs, flat, target)
    if func in CELLS:
        made = CELLS[func](*tree_map_only(_kind(), lambda t: t.inner, args))
        return tree_map_only(Tensor, lambda t: _kind()(t, target), made)

    inner = [value.inner if is_pretended(value) else value for value in flat]
    inner_args, inner_kwargs = tree_unflatten(inner, spec)
    if inner_kwargs.get("device") is not None:
        inner_kwargs["device"] = torch.device("cpu")
    if inner_kwargs.get("pin_memory"):
        inner_kwargs["pin_memory"] = False
    drawn = torch.Tag.nondeterministic_seeded in func.tags and kwargs.get("generator") is None
    with _without_modes():
        if drawn and target.type == TYPE:
            made = _draw(func, inner_args, inner_kwargs, target)
        else:
            made = func(*inner_args, **inner_kwargs)
    if func is aten._conj.default:
        made = made.resolve_conj()
    elif func is aten._neg_view.default:
        made = made.resolve_neg()
    return _wrapped(func, made, args, kwargs, flat, inner, target)


def is_pretended(value: object) -> bool:
    """Whether it is a tensor on the pretend GPU."""
    return isinstance(value, _kind())


@cache
def _kind() -> Any:
    from tests.pretend_gpu.tensor import PretendTensor

    return PretendTensor


@cache
def _composite(func: Any) -> bool:
    has = torch._C._dispatch_has_kernel_for_dispatch_key
    return has(func.name(), "CompositeImplicitAutograd")


@contextmanager
def _without_modes() -> Iterator[None]:
    with torch._C._DisableTorchDispatch():
        yield


def _target(asked: torch.device | None, pretended: Sequence[Tensor]) -> torch.device:
    if asked is None:
        return pretended[0].device
    if asked.type != TYPE:
        return asked
    return torch.device(TYPE, STATE.current if asked.index is None else asked.index)


def _draw(func: Any, args: Any, kwargs: Any, target: torch.device) -> Any:
    """Draws from the device's own generator."""
    index = target.index or 0
    if index not in STATE.seeded:
        STATE.record.unseeded[func._schema.name, rules.asking_line()] += 1
    generator = STATE.generators[index]
    before = torch.default_generator.get_state()
    torch.default_generator.set_state(generator.get_state())
    try:
        return func(*args, **kwargs)
    finally:
        generator.set_state(torch.default_generator.get_state())
        torch.default_generator.set_state(before)


def _wrapped(func, made, args, kwargs, flat, inner, target) -> Any:
    """Returns results as pretend tensors; operations in place give back what they were given."""
    if made is None or isinstance(made, (int, float, bool, complex)):
        return made
    mutable = func._schema.is_mutable
    given = {id(i): value for value, i in zip(flat, inner, strict=True) if is_pretended(value)}

    def wrap(tensor: Tensor) -> Tensor:
        if mutable and id(tensor) in given:
            return given[id(tensor)]
        return _kind()(tensor, target) if target.type == TYPE else tensor

    if torch.Tag.inplace_view in func.tags:
        with _without_modes():  # a wrapper has a shape of its own, which the same operation changes
            func(*args, **kwargs)
    elif mutable:
        for value, i in zip(flat, inner, strict=True):
            if is_pretended(value) and value.shape != i.shape:
                raise NotImplementedError(f"The pretend GPU cannot resize in {func}.")
    normal = not any(is_pretended(v) and v.is_inference() for v in flat)
    if torch.is_inference_mode_enabled() and rules.is_view(func) and normal:
        with torch.inference_mode(False):  # a view of a normal tensor is a normal tensor
            return tree_map_only(Tensor, wrap, made)
    return tree_map_only(Tensor, wrap, made)
