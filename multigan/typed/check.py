"""Whatever is typed, read and checked by one set of rules: records, options, arguments.

An annotation says what a value may be: a plain type, `Literal`, `dict[str, ...]`, `tuple[...]`, a
dataclass, a `Component`, any of them or None, with ranges beside it (see `ranges`).
"""

import dataclasses
import functools
import reprlib
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from numbers import Integral, Real
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from multigan.errors import ConfigError
from multigan.typed.component import Component
from multigan.typed.ranges import Bound, That, WholeName, choice

T = TypeVar("T")

PLAIN = {
    int: "a whole number",
    float: "a finite number",
    bool: "true or false",
    str: "a text",
    Path: "a path",
}
TABLE = "a table of names and values"


def to_plain(value: Any) -> Any:
    """Returns dataclasses as dicts and tuples as lists, all the way down: what JSON can hold."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


class MisfitError(ConfigError):
    """A value is not what its annotation says; what the option is for is still to be added."""


def from_plain(kind: Any, value: Any, path: str = "") -> Any:
    """Returns a plain value as the annotated type `kind`.

    Args:
        kind: What it has to be, as an annotation.
        value: What `to_plain` returns, or JSON or text that a person wrote.
        path: Where it stands, for the message; "" for a record by itself.

    Raises:
        ConfigError: A field is unknown or missing, or a value is of the wrong type, out of range
            or not finite.
    """
    base, beside = peeled(kind)
    accepted = alternatives(base)
    if value is None and type(None) in accepted:
        return None
    for one in accepted:
        if _suits(one, value):
            found = _parsed(one, value, path, beside)
            if _all_hold(beside, found) and _all_hold(peeled(one)[1], found):
                return found
    _check_finite(value, path)
    raise MisfitError(f"{path} must be {expected(kind)}, not {reprlib.repr(value)}.")


def read_fields(
    hints: Mapping[str, Any], values: Mapping[str, Any], owner: Any, path: str
) -> dict[str, Any]:
    """Returns the values by name as their annotations say.

    Args:
        hints: The annotation of each name.
        values: A value for some of them.
        owner: The class or function whose fields or arguments they are, and which documents them.
        path: Where they stand, for the message; "" for nowhere.

    Raises:
        ConfigError: As `from_plain`; the message ends with what the option is for.
    """
    read = {}
    for name, value in values.items():
        try:
            read[name] = from_plain(hints[name], value, under(path, name))
        except MisfitError as error:
            from multigan.typed.describe import doc_of  # which nobody pays for without a mistake

            raise ConfigError(f"{error} {doc_of(owner, name, hints[name])}".rstrip()) from None
    return read


def chosen(kind: type[T], options: T | None, fields: Mapping[str, Any]) -> T:
    """Returns the record that a function was given: as one, by its fields, or both.

    Raises:
        ConfigError: A field is unknown or cannot have its value.
    """
    given = {} if options is None else {name: getattr(options, name) for name in hints_of(kind)}
    found: T = from_plain(kind, {**given, **fields})
    return found


def peeled(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Returns an annotation without what stands beside it, and that."""
    beside: tuple[Any, ...] = ()
    while get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        beside = (*beside, *more)
    return kind, beside


def expected(kind: Any) -> str:
    """Returns what an annotation takes, in words: "a whole number of at least 1, or null"."""
    base, beside = peeled(kind)
    accepted = alternatives(base)
    bounds = [each for each in beside if isinstance(each, Bound)]
    whole = [each.words for each in bounds if isinstance(each, That)]
    texts = whole or [_words(one) for one in accepted if one is not type(None)]
    limits = " and ".join(each.words for each in bounds if not isinstance(each, That))
    named = " or ".join(texts) + (f" {limits}" if limits else "")
    return f"{named}, or null" if type(None) in accepted else named


def alternatives(kind: Any) -> tuple[Any, ...]:
    """Returns the members of a union, None among them, or the one type that it is."""
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _words(kind: Any) -> str:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return expected(kind)
    if origin is Literal:
        return choice(inner)
    if origin is dict or origin is Mapping or (dataclasses.is_dataclass(kind)):
        return "a name, or a name with options" if kind is Component else TABLE
    if _is_list(kind):
        count = len(inner) if origin is tuple and inner[-1] is not ... else 0
        return f"a list of {count}" if count else f"a list, each {expected(inner[0])}"
    return PLAIN.get(kind, "anything" if kind is Any else getattr(kind, "__name__", str(kind)))


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple or get_origin(kind) is Sequence


def _suits(kind: Any, value: Any) -> bool:
    """Whether a value is of a type at first sight; what it holds is looked at when it is read."""
    kind, _ = peeled(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return True
    if origin is Literal:
        return any(type(value) is type(each) and value == each for each in inner)
    if dataclasses.is_dataclass(kind):
        named = kind is Component and (isinstance(value, str) or "name" in _keys(value))
        fits = kind is not Component and isinstance(value, Mapping)
        return named or fits or isinstance(value, kind)  # type: ignore[arg-type]
    if origin is dict or origin is Mapping:
        return isinstance(value, Mapping)
    if _is_list(kind):
        if isinstance(value, str):  # one name stands for a list of it
            return peeled(inner[0])[0] is str
        fixed = origin is tuple and inner[-1] is not ...
        return isinstance(value, Sequence) and (not fixed or len(value) == len(inner))
    return _is_a(kind, value)


def _is_a(kind: Any, value: Any) -> bool:
    if isinstance(value, bool):
        return kind is bool  # though it is an int to Python
    if kind is float:
        return isinstance(value, Real) and _is_finite(value)
    if kind is int:
        return isinstance(value, Integral)
    return isinstance(value, (str, Path) if kind is Path else kind)


def _keys(value: Any) -> Iterable[Any]:
    return value if isinstance(value, Mapping) else ()


def _parsed(kind: Any, value: Any, path: str, beside: tuple[Any, ...]) -> Any:
    kind, _ = peeled(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Component:
        whole = any(isinstance(each, WholeName) for each in beside)
        return _component(value, path, whole=whole)
    if dataclasses.is_dataclass(kind):
        return value if not isinstance(value, Mapping) else _record(kind, value, path)
    if origin is dict or origin is Mapping:
        return {key: from_plain(inner[1], item, under(path, key)) for key, item in value.items()}
    if _is_list(kind):
        items = [value] if isinstance(value, str) else value
        return tuple(from_plain(inner[0], item, path) for item in items)
    if kind is Any:
        _check_finite(value, path)
        return value
    return kind(value) if kind in (int, float, Path) else value


def _component(value: Any, path: str, *, whole: bool) -> Component:
    if isinstance(value, str) and whole:
        return Component(value)
    try:
        found = Component.read(value)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    hints = {"name": str, "options": dict[str, Any]}
    for name, hint in hints.items():
        from_plain(hint, getattr(found, name), under(path, name))
    return found


def _record(kind: Any, value: Mapping[str, Any], path: str) -> Any:
    hints = hints_of(kind)
    for name in value:
        if name not in hints:
            there = f"There is no {under(path, name)}." if path else f"There is no option {name!r}."
            raise ConfigError(f"{there}{guess(name, hints)}")
    fields = read_fields(hints, value, kind, path)
    try:
        return kind(**fields)
    except ConfigError as error:  # which names the field, and does not know where it is
        raise ConfigError(under(path, str(error))) from None
    except TypeError as error:  # a required field is missing
        raise ConfigError(f"{path} is incomplete: {error}") from None


def _all_hold(beside: tuple[Any, ...], value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_all_hold(beside, item) for item in value)
    return all(each.holds(value) for each in beside if isinstance(each, Bound))


def _is_finite(number: Any) -> bool:
    return bool(abs(number) <= sys.float_info.max)  # NaN is not


def _check_finite(value: Any, path: str) -> None:
    """Refuses what JSON has no numbers for, in a value or in anything it holds."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_finite(item, under(path, key))
    elif isinstance(value, list | tuple):
        for item in value:
            _check_finite(item, path)
    elif isinstance(value, int | float) and not _is_finite(value):
        raise ConfigError(f"{path} must be a finite number, not {reprlib.repr(value)}.")


def under(path: str, name: str) -> str:
    """Returns the path of what `path` holds under a name."""
    return f"{path}.{name}" if path else name


def guess(name: str, known: Iterable[str]) -> str:
    """Returns " Did you mean 'steps'?", or all that is known."""
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(known)}."


def hints_of(kind: Any) -> dict[str, Any]:
    """Returns a dataclass's fields with their annotations, in order."""
    return _hints_of(kind)


@functools.cache
def _hints_of(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
