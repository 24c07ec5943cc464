"""All that decides a move besides tensors: plain values of modules and of what they hold."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import torch
from torch import Tensor, nn

PLAIN = (bool, int, float, str, bytes, type(None), Enum, torch.dtype, torch.device)
# What every module has and nobody changes while training, except for `training` itself.
_OF_EVERY_MODULE = frozenset(vars(nn.Module())) - {"training"}
_WITHOUT_STATE = (type, FunctionType, MethodType, BuiltinFunctionType, ModuleType, Tensor)


class Watched:
    """Reads the attributes of an objective's modules, and of the plain objects that they hold.

    Plain values are read as they are, all others as which object they are. Tensors of modules are
    left out: a move takes them as they are at the time.

    Args:
        root: Whose modules, regularizers, losses and priors are watched.
    """

    def __init__(self, root: nn.Module) -> None:
        self._root = root
        self._left_out: set[tuple[int, str]] = set()
        self._look()

    def leave_out(self, change: Callable[[], None]) -> None:
        """Leaves out from now on whatever has another value after `change`."""
        before = [owner.get(name) for owner, name in self._places]
        change()
        for (owner, name), value in zip(self._places, before, strict=True):
            now = owner.get(name)
            if now is not value and (not isinstance(now, PLAIN) or now != value):
                self._left_out.add((id(owner), name))
        self._look()

    def values(self) -> tuple[Any, ...]:
        """Returns the values as they are now, to be compared with those of another time."""
        if any(len(owner) != size for owner, size in self._sizes):  # attributes came or went
            self._look()
        read = [owner.get(name) for owner, name in self._places]
        return tuple([v if isinstance(v, PLAIN) else id(v) for v in read])

    def _look(self) -> None:
        owners = list(_owners(self._root))
        self._sizes = [(owner, len(owner)) for owner in owners]
        self._places = [
            (owner, name)
            for owner in owners
            for name in owner
            if not (isinstance(owner.get("_parameters"), dict) and name in _OF_EVERY_MODULE)
            and (id(owner), name) not in self._left_out
        ]


def _owners(root: nn.Module) -> Iterator[dict[str, Any]]:
    """Yields the attributes of every object that is reached from `root`, each once."""
    found: set[int] = set()
    waiting: list[Any] = list(root.modules())
    while waiting:
        thing = waiting.pop()
        if id(thing) in found or isinstance(thing, (*PLAIN, *_WITHOUT_STATE)):
            continue
        found.add(id(thing))
        if isinstance(thing, Mapping):
            waiting += thing.values()
        elif isinstance(thing, (list, tuple, set, frozenset)):
            waiting += thing
        elif isinstance(owned := getattr(thing, "__dict__", None), dict):
            waiting += _held(owned, isinstance(thing, nn.Module))
            yield owned


def _held(owned: dict[str, Any], is_module: bool) -> Iterable[Any]:
    return [v for n, v in owned.items() if not (is_module and n in _OF_EVERY_MODULE)]
