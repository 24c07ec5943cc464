"""Names for components, so that recipes and the command line can refer to them."""

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any, TypeVar

from multigan.errors import ConfigError, MultiganError, UnknownNameError
from multigan.imports import plugins
from multigan.typed.arguments import checked, parameters_of, read_arguments
from multigan.typed.check import peeled
from multigan.typed.component import Component
from multigan.typed.describe import Setting, describe

T = TypeVar("T")

BUILT_IN = ("multigan.modalities.builtin",)  # registers all that multigan has

# How torch complains of a layer whose width is not above 0, and what is said instead.
ZERO_ELEMENTS, NEGATIVE = "Initializing zero-element tensors", "with negative dimension"
NO_SIZE = "one of its sizes is not above 0."


class Registry(MutableMapping[str, T]):
    """Named components; an unknown name is answered with those that you could have meant.

    Args:
        kind: What its components are, e.g. "generator".
        known: The arguments that the run knows, such as "sample_shape", and nobody chooses.
        filled_by: Modules that register the built-in components when they are imported; they are
            when the registry is first read, so that knowing a registry costs nothing. Plug-ins
            that are installed come after them.
    """

    def __init__(
        self, kind: str, *, known: Sequence[str] = (), filled_by: Sequence[str] = ()
    ) -> None:
        self.kind, self.known = kind, frozenset(known)
        self._components: dict[str, T] = {}
        self._to_import = list(filled_by)

    def register(self, name: str) -> Callable[[T], T]:
        """Names the decorated class or function; a name is given once.

        A class then reads its arguments by their annotations, however it is built.
        """

        def add(component: T) -> T:
            module = plugins.foreign_caller()
            if module:
                self._fill()
            if name in self._components:
                raise ValueError(
                    f"There is already a {self.kind} called {name!r}: {self._components[name]!r}."
                )
            if isinstance(component, type):
                checked(component, name, leaving=self.known)
            self._put(name, component, module)
            return component

        return add

    def build(self, component: Component, **context: Any) -> Any:
        """Calls what `component` names with its options and with what only the run knows.

        Raises:
            ConfigError: There is no such component or option, or it cannot be built with these.
        """
        return build(self.kind, self[component.name], component, **context)

    def check(self, component: Component) -> None:
        """Makes sure, before anything is read or built, that a component can be named so.

        Raises:
            ConfigError: There is no such component or option, or a value is not what it takes.
        """
        make = self[component.name]
        parameters = parameters_of(make)
        context = dict.fromkeys(self.known & set(parameters))
        for name, value in _read_options(self.kind, make, component, context).items():
            if name in parameters:
                _check_named(parameters[name].annotation, value)

    def settings(self, name: str) -> list[Setting]:
        """Returns the options of a component, described.

        Raises:
            UnknownNameError: There is no such component.
        """
        return [each for each in describe(self[name]) if each.name not in self.known]

    def __getitem__(self, name: str) -> T:
        self._fill()
        try:
            return self._components[name]
        except KeyError:
            raise self._unknown(name) from None

    def __setitem__(self, name: str, component: T) -> None:
        module = plugins.foreign_caller()
        if module:
            self._fill()  # so that nothing of multigan's own takes its place later
        self._put(name, component, module)

    def __delitem__(self, name: str) -> None:
        del self._components[name]

    def __iter__(self) -> Iterator[str]:
        self._fill()
        return iter(self._components)

    def __len__(self) -> int:
        self._fill()
        return len(self._components)

    def __repr__(self) -> str:
        return f"<the {self.kind}s {', '.join(self)}>"

    def _put(self, name: str, component: T, module: str) -> None:
        self._components[name] = component
        if module:
            plugins.note(module, self, name)

    def _fill(self) -> None:
        # Left in the list until it is done, so that another thread waits for the import, too.
        for module in tuple(self._to_import):
            import_module(module)
        self._to_import.clear()
        plugins.load_installed()

    def _unknown(self, name: str) -> MultiganError:
        known, colon, rest = name.partition(":")
        if colon and known in self._components:
            return ConfigError(
                f"Options of the {self.kind} {known!r} are written key=value with commas between, "
                f"as in {known}:key=value,other=value; not {rest!r}."
            )
        return UnknownNameError(self.kind, name, known=self._components)


@dataclass(frozen=True, eq=False)
class NamedIn:
    """Stands beside the annotation of an option that names a component of its own.

    Example:
        >>> parts: Registry[type] = Registry("part")
        >>> def make(part: Annotated[Component, NamedIn(parts)]) -> None: ...
    """

    registry: Registry[Any]


def _check_named(annotation: Any, value: Any) -> None:
    """Makes sure that there is what an option names; see `NamedIn`."""
    for beside in peeled(annotation)[1]:
        if isinstance(beside, NamedIn) and isinstance(value, Component):
            beside.registry.check(value)
        elif isinstance(beside, NamedIn):
            beside.registry[value]


def build(kind: str, make: Any, component: Component, **context: Any) -> Any:
    """Calls `make` with a component's options and with what only the run knows.

    Options are read by their annotations; see `multigan.typed`.

    Args:
        kind: What the component is called in messages, such as "generator".
        make: The class or function that the component names.
        component: Its name and options.
        context: What only the run knows, e.g. `latent_dim`.

    Raises:
        ConfigError: There is no such option, or it cannot be built with these.
    """
    named = f"{kind} {component.name!r}"
    options = _read_options(kind, make, component, context)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=ZERO_ELEMENTS)
            made = make(**options, **context)
        _check_units(made)
    except MultiganError:
        raise
    except (TypeError, ValueError, RuntimeError, ArithmeticError, UserWarning) as error:
        said = _with(component.options, context)
        raise ConfigError(f"Cannot build {named}{said}: {_reason(error)}") from error
    return made


def _read_options(
    kind: str, make: Any, component: Component, context: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns a component's options as the annotations of `make` say; see `build`."""
    parameters = parameters_of(make)
    try:
        inspect.Signature(list(parameters.values())).bind(**component.options, **context)
    except TypeError as error:
        known = [name for name in parameters if name not in context]
        unknown = next((name for name in component.options if name not in known), None)
        close = get_close_matches(str(unknown), known, n=1)
        hint = f"Did you mean {close[0]!r}? " if unknown is not None and close else ""
        raise ConfigError(
            f"Cannot build {kind} {component.name!r}: {error}. {hint}"
            f"Its options are: {', '.join(known) or 'none'}."
        ) from None
    try:
        return read_arguments(make, component.options)
    except ConfigError as error:
        raise ConfigError(f"Cannot build {kind} {component.name!r}: {error}") from None


def _with(options: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """Returns " with width=8, latent_dim=64": the options, and the numbers that the run knows."""
    numbers = {name: value for name, value in context.items() if isinstance(value, int)}
    said = ", ".join(f"{name}={value!r}" for name, value in {**options, **numbers}.items())
    return f" with {said}" if said else ""


def _check_units(made: Any) -> None:
    """Raises a `ValueError` if a network was built, and some of its weights are none."""
    from torch import nn  # only here: to know names, nobody needs torch
    from torch.nn.parameter import is_lazy

    weights = made.parameters() if isinstance(made, nn.Module) else ()
    if any(not is_lazy(weight) and not weight.numel() for weight in weights):
        raise ValueError(ZERO_ELEMENTS)


def _reason(error: Exception) -> str:
    """Returns what is wrong in a line; torch has words of its own, and writes its stack below."""
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    is_size = ZERO_ELEMENTS in line or NEGATIVE in line or isinstance(error, ZeroDivisionError)
    return NO_SIZE if is_size else line
