"""Names for components, so that recipes and the command line can refer to them."""

import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from multigan.errors import ConfigError, MultiganError, UnknownNameError

T = TypeVar("T")


@dataclass(frozen=True)
class Component:
    """A component by name: what a recipe stores and a registry builds."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


class Registry(dict[str, T], Generic[T]):
    """A dict of named components whose `KeyError` says what you could have meant."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def register(self, name: str) -> Callable[[T], T]:
        """Names the decorated class or function; a name is given once."""

        def add(component: T) -> T:
            if name in self:
                raise ValueError(f"There is already a {self.kind} called {name!r}: {self[name]!r}.")
            self[name] = component
            return component

        return add

    def build(self, component: Component, **context: Any) -> Any:
        """Calls what `component` names with its options and with what only the run knows.

        Raises:
            ConfigError: There is no such component or option, or it cannot be built with these.
        """
        make: Any = self[component.name]
        signature = inspect.signature(make)
        try:
            call = signature.bind(**component.options, **context)
        except TypeError as error:
            options = [name for name in signature.parameters if name not in context]
            raise ConfigError(
                f"Cannot build {self.kind} {component.name!r}: {error}. "
                f"Its options are: {', '.join(options) or 'none'}."
            ) from None
        try:
            with warnings.catch_warnings():
                # What torch says of a layer with no units, e.g. with width=0.
                warnings.filterwarnings("error", message="Initializing zero-element tensors")
                return make(*call.args, **call.kwargs)
        except MultiganError:
            raise
        except (TypeError, ValueError, RuntimeError, ArithmeticError, UserWarning) as error:
            raise ConfigError(
                f"Cannot build {self.kind} {component.name!r}"
                f"{_with(component.options, context)}: {_first_line(error)}"
            ) from error

    def __missing__(self, name: str) -> T:
        raise UnknownNameError(self.kind, name, known=self)


def _with(options: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """Returns " with width=8, latent_dim=64": the options, and the numbers that the run knows."""
    numbers = {name: value for name, value in context.items() if isinstance(value, int)}
    said = ", ".join(f"{name}={value!r}" for name, value in {**options, **numbers}.items())
    return f" with {said}" if said else ""


def _first_line(error: Exception) -> str:
    """Returns what is wrong; torch writes its own stack below."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
