"""What benches beside other projects need: their absence said, and stand-ins for their imports."""

import importlib.util
import sys
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

from torch import nn

from multigan.errors import MultiganError


class AbsentPeerError(MultiganError):
    """The peer is not installed, or there is no checkout of it at the path."""


class Anything(ModuleType):
    """A module that has everything and does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock()


def stand_in(package: str) -> None:
    """Puts a module that has everything in the place of a package that is not installed."""
    if package not in sys.modules and importlib.util.find_spec(package) is None:
        sys.modules[package] = Anything(package)


def parameters(module: nn.Module) -> int:
    """Returns how many numbers a network learns."""
    return sum(weight.numel() for weight in module.parameters() if weight.requires_grad)
