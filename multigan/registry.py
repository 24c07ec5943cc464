"""Names for components, so that recipes and the command line can refer to them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from multigan.errors import ConfigError, UnknownNameError

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
        """Calls what `component` names with its options and with what only the run knows."""
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
        return make(*call.args, **call.kwargs)

    def __missing__(self, name: str) -> T:
        raise UnknownNameError(self.kind, name, known=self)
