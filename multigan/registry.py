"""Names for components, so that recipes and the command line can refer to them."""

import inspect
import reprlib
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args

from multigan.errors import ConfigError, MultiganError, UnknownNameError

T = TypeVar("T")

# How torch complains of a layer whose width is not above 0, and what is said instead.
ZERO_ELEMENTS, NEGATIVE = "Initializing zero-element tensors", "with negative dimension"
NO_SIZE = "one of its sizes is not above 0."
BUILT_IN = ("multigan.modalities.builtin",)  # registers all that multigan has
KINDS = {int: "a whole number", float: "a finite number", bool: "true or false", str: "a text"}


@dataclass(frozen=True)
class Component:
    """A component by name: what a recipe stores and a registry builds."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


class Registry(MutableMapping[str, T]):
    """Named components; an unknown name is answered with those that you could have meant.

    Args:
        kind: What a component is called in messages.
        filled_by: Modules that register the built-in components when they are imported; they are
            when the registry is first read, so that knowing a registry costs nothing.
    """

    def __init__(self, kind: str, *, filled_by: Sequence[str] = ()) -> None:
        self.kind = kind
        self._components: dict[str, T] = {}
        self._to_import = list(filled_by)

    def register(self, name: str) -> Callable[[T], T]:
        """Names the decorated class or function; a name is given once."""

        def add(component: T) -> T:
            if name in self._components:
                raise ValueError(
                    f"There is already a {self.kind} called {name!r}: {self._components[name]!r}."
                )
            self._components[name] = component
            return component

        return add

    def build(self, component: Component, **context: Any) -> Any:
        """Calls what `component` names with its options and with what only the run knows.

        Raises:
            ConfigError: There is no such component or option, or it cannot be built with these.
        """
        return build(self.kind, self[component.name], component, **context)

    def __getitem__(self, name: str) -> T:
        self._fill()
        try:
            return self._components[name]
        except KeyError:
            raise UnknownNameError(self.kind, name, known=self._components) from None

    def __setitem__(self, name: str, component: T) -> None:
        self._components[name] = component

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

    def _fill(self) -> None:
        # Left in the list until it is done, so that another thread waits for the import, too.
        for module in tuple(self._to_import):
            import_module(module)
        self._to_import.clear()


def build(kind: str, make: Any, component: Component, **context: Any) -> Any:
    """Calls `make` with a component's options and with what only the run knows.

    Options that are annotated as a number, a text or a truth value have to be one.

    Args:
        kind: What the component is called in messages, such as "generator".
        make: The class or function that the component names.
        component: Its name and options.
        context: What only the run knows, e.g. `latent_dim`.

    Raises:
        ConfigError: There is no such option, or it cannot be built with these.
    """
    signature = _signature(make)
    try:
        call = signature.bind(**component.options, **context)
    except TypeError as error:
        options = [name for name in signature.parameters if name not in context]
        raise ConfigError(
            f"Cannot build {kind} {component.name!r}: {error}. "
            f"Its options are: {', '.join(options) or 'none'}."
        ) from None
    named = f"{kind} {component.name!r}"
    for name, value in component.options.items():
        _check_kind(named, name, value, signature.parameters.get(name))
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=ZERO_ELEMENTS)
            made = make(*call.args, **call.kwargs)
        _check_units(made)
    except MultiganError:
        raise
    except (TypeError, ValueError, RuntimeError, ArithmeticError, UserWarning) as error:
        said = _with(component.options, context)
        raise ConfigError(f"Cannot build {named}{said}: {_reason(error)}") from error
    return made


def _signature(make: Callable[..., Any]) -> inspect.Signature:
    """Returns what a component takes; annotations that exist for type checkers only stay text.

    Options that a class passes on to the one that it extends are named, too.
    """
    try:
        found = inspect.signature(make, eval_str=True)
    except NameError:
        found = inspect.signature(make)
    own = list(found.parameters.values())
    if not isinstance(make, type) or make.__base__ in (None, object) or not _takes_any(own):
        return found
    extended = _signature(make.__base__)
    if any(each.kind is each.VAR_KEYWORD for each in extended.parameters.values()):
        return found  # what is taken in the end cannot be seen
    passed_on = [
        each.replace(kind=each.KEYWORD_ONLY)
        for name, each in extended.parameters.items()
        if name not in found.parameters
    ]
    return found.replace(parameters=own[:-1] + passed_on)


def _takes_any(parameters: list[inspect.Parameter]) -> bool:
    """Whether there is a `**options`, and nothing is told apart by its place alone."""
    kinds = {each.kind for each in parameters}
    return inspect.Parameter.VAR_KEYWORD in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds


def _with(options: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """Returns " with width=8, latent_dim=64": the options, and the numbers that the run knows."""
    numbers = {name: value for name, value in context.items() if isinstance(value, int)}
    said = ", ".join(f"{name}={value!r}" for name, value in {**options, **numbers}.items())
    return f" with {said}" if said else ""


def _check_kind(named: str, option: str, value: Any, parameter: inspect.Parameter | None) -> None:
    """Raises a `ConfigError` unless a value is of its option's plain type, if that has one."""
    told = Any if parameter is None else parameter.annotation
    kinds = get_args(told) if isinstance(told, UnionType) else (told,)
    plain = [kind for kind in kinds if kind is not NoneType]
    if (value is None and NoneType in kinds) or len(plain) != 1 or plain[0] not in KINDS:
        return
    if not _is_a(plain[0], value):
        raise ConfigError(
            f"Cannot build {named}: {option} must be {KINDS[plain[0]]}, not {reprlib.repr(value)}."
        )


def _is_a(kind: type, value: Any) -> bool:
    if isinstance(value, bool):
        return kind is bool  # though it is an int to Python
    if kind is float:
        return isinstance(value, int | float) and abs(value) <= sys.float_info.max  # NaN is not
    return isinstance(value, kind)


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
