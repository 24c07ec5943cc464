"""Arguments of classes and functions, read by their annotations like everything typed."""

import functools
import inspect
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin

from multigan.typed.check import alternatives, peeled, read_fields
from multigan.typed.component import Component

T = TypeVar("T")
PLAIN = (int, float, bool, str, Path, Component, NoneType, Any, ...)


def read_arguments(make: Any, given: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Returns arguments as the annotations of `make` say; those of other types as they are.

    Raises:
        ConfigError: A value is of the wrong type, out of range or not finite.
    """
    found = parameters_of(make)
    hints = {name: found[name].annotation for name in given if name in found}
    hints = {name: kind for name, kind in hints.items() if _is_readable(kind)}
    known = {name: value for name, value in given.items() if name in hints}
    return {**given, **read_fields(hints, known, make, path)}


def checked(kind: type[T], name: str = "", *, leaving: Container[str] = ()) -> type[T]:
    """Makes a class read its arguments by their annotations, however it is built.

    Args:
        kind: A class, a dataclass too; its constructor is changed.
        name: What messages call it: "r1" for "r1.weight must be ...".
        leaving: Arguments that it checks itself.
    """
    plain: Any = kind.__init__
    signature = inspect.signature(plain)
    kinds = {each.kind: each.name for each in signature.parameters.values()}
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return kind

    @functools.wraps(plain)
    def read_and_build(self: Any, *args: Any, **options: Any) -> None:
        try:
            given = signature.bind(self, *args, **options).arguments
        except TypeError:  # let Python itself say what is wrong
            plain(self, *args, **options)
        _, *named = given
        arguments = {each: given[each] for each in named}
        arguments |= arguments.pop(kinds.get(inspect.Parameter.VAR_KEYWORD, ""), {})
        chosen = {each: value for each, value in arguments.items() if each not in leaving}
        plain(self, **arguments | read_arguments(kind, chosen, name))

    kind.__init__ = read_and_build  # type: ignore[method-assign]
    return kind


@functools.cache
def parameters_of(make: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Returns what a class or function takes, by name.

    Annotations that exist for type checkers only stay text. Options that a class passes on to the
    one that it extends are named, too.
    """
    try:
        found = dict(inspect.signature(make, eval_str=True).parameters)
    except NameError:
        found = dict(inspect.signature(make).parameters)
    if not isinstance(make, type) or make.__base__ in (None, object) or not _takes_any(found):
        return found
    extended = parameters_of(make.__base__)
    if any(each.kind is each.VAR_KEYWORD for each in extended.values()):
        return found  # what is taken in the end cannot be seen
    own = {name: each for name, each in found.items() if each.kind is not each.VAR_KEYWORD}
    passed_on = {
        name: each.replace(kind=each.KEYWORD_ONLY)
        for name, each in extended.items()
        if name not in own
    }
    return {**own, **passed_on}


def _takes_any(parameters: Mapping[str, inspect.Parameter]) -> bool:
    """Whether there is a `**options`, and nothing is told apart by its place alone."""
    kinds = {each.kind for each in parameters.values()}
    return inspect.Parameter.VAR_KEYWORD in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds


def _is_readable(kind: Any) -> bool:
    """Whether an annotation is made of what JSON can hold, and not only of what Python knows."""
    kind, _ = peeled(kind)
    origin = get_origin(kind)
    if origin is Literal:
        return True
    if origin in (dict, tuple, Sequence, Mapping):
        return all(map(_is_readable, get_args(kind)))
    several = alternatives(kind)
    return all(map(_is_readable, several)) if len(several) > 1 else kind in PLAIN
