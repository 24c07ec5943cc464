"""Frozen dataclasses as plain trees: written, read with every type checked, changed by path."""

import dataclasses
import reprlib
import sys
import types
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin, get_type_hints

from multigan.errors import ConfigError
from multigan.registry import Component


def to_plain(value: Any) -> Any:
    """Returns dataclasses as dicts and tuples as lists, all the way down: what JSON can hold."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: Any, value: Any, path: str) -> Any:
    """Returns a plain value as the annotated type `kind`.

    Args:
        kind: A dataclass, `dict[str, ...]`, `tuple[..., ...]`, a plain type, `Any`; any of them
            may be optional.
        value: What `to_plain` returns, or JSON that a person wrote.
        path: Where it stands, for the message.

    Raises:
        ConfigError: A field is unknown or missing, or a value is of the wrong type or not finite.
    """
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        (kind,) = [k for k in get_args(kind) if k is not type(None)]
        return from_plain(kind, value, path)
    if dataclasses.is_dataclass(kind):
        return _parse_dataclass(kind, value, path)
    if origin is dict:
        if not isinstance(value, Mapping):
            raise ConfigError(f"{path} must be a table of names and values, not {value!r}.")
        return {
            key: from_plain(get_args(kind)[1], item, f"{path}.{key}") for key, item in value.items()
        }
    if origin is tuple:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            raise ConfigError(f"{path} must be a list, not {value!r}.")
        return tuple(from_plain(get_args(kind)[0], item, path) for item in items)
    if kind is Any:
        _check_finite(value, path)
        return value
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        _check_finite(value, path)
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ConfigError(f"{path} must be of type {kind.__name__}, not {value!r}.")
    return value


def _parse_dataclass(kind: Any, value: Any, path: str) -> Any:
    if kind is Component and isinstance(value, str):
        return Component(value)
    if not isinstance(value, Mapping):
        raise ConfigError(f"{path} must be a table of names and values, not {value!r}.")
    hints = get_type_hints(kind)
    for name in value:
        if name not in hints:
            raise ConfigError(f"There is no {path}.{name}.{_guess(name, hints)}")
    fields = {name: from_plain(hints[name], item, f"{path}.{name}") for name, item in value.items()}
    try:
        return kind(**fields)
    except ConfigError as error:  # which names the field, and does not know where it is
        raise ConfigError(f"{path}.{error}") from None
    except TypeError as error:  # a required field is missing
        raise ConfigError(f"{path} is incomplete: {error}") from None


def _check_finite(value: Any, path: str) -> None:
    """Refuses what JSON has no numbers for, in a value or in anything it holds."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_finite(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for item in value:
            _check_finite(item, path)
    elif isinstance(value, int | float) and not abs(value) <= sys.float_info.max:
        raise ConfigError(f"{path} must be a finite number, not {reprlib.repr(value)}.")


def put(tree: dict[str, Any], kind: Any, keys: list[str], value: Any, path: str) -> None:
    """Sets one value in a plain tree whose shape is that of the annotated type `kind`.

    Args:
        tree: Changed in place.
        kind: A dataclass, or a table of them, as `from_plain` would read the tree.
        keys: The way to the value, one name a level.
        value: None removes an entry of a table.
        path: The keys as a person wrote them, for the message.

    Raises:
        ConfigError: The way leads nowhere.
    """
    if get_origin(kind) in (Union, types.UnionType):
        (kind,) = [k for k in get_args(kind) if k is not type(None)]
    if kind is Component:
        tree, kind = tree.setdefault("options", {}), dict[str, Any]
    if get_origin(kind) is dict:
        _put_in_table(tree, get_args(kind)[1], keys, value, path)
        return
    hints = get_type_hints(kind)
    key = keys[0]
    if key not in hints:
        raise ConfigError(f"There is nothing called {path!r} in a recipe.{_guess(key, hints)}")
    if len(keys) == 1:
        # Written out, so that a later change may reach the new component's options.
        named = Component in (hints[key], *get_args(hints[key])) and isinstance(value, str)
        tree[key] = {"name": value, "options": {}} if named else value
        return
    if not isinstance(tree[key], dict):
        raise ConfigError(f"{key} is {tree[key]!r}, so {path!r} leads nowhere. Set {key} first.")
    put(tree[key], hints[key], keys[1:], value, path)


def _put_in_table(table: dict[str, Any], kind: Any, keys: list[str], value: Any, path: str) -> None:
    if kind is Any and len(keys) > 1:  # within an option of a component, whose names have no dots
        _put_in_table(_inner_table(table, keys[0], path), Any, keys[1:], value, path)
        return
    # The names of knobs contain dots, so an entry's own field is at most the last key.
    fields = get_type_hints(kind) if dataclasses.is_dataclass(kind) else None
    if fields and keys[-1] not in fields and ".".join(keys[:-1]) in table:
        raise ConfigError(f"There is no {path}.{_guess(keys[-1], fields)}")
    inner = len(keys) > 1 and (keys[-1] in fields if fields is not None else kind is not Any)
    entry = ".".join(keys[:-1] if inner else keys)
    if value is None and not inner:
        table.pop(entry, None)
    elif inner:
        place = table.setdefault(entry, {})
        if not isinstance(place, dict):
            raise ConfigError(
                f"{entry} is {place!r}, so {path!r} leads nowhere. Set {entry} first."
            )
        place[keys[-1]] = value
    else:
        table[entry] = value


def _inner_table(table: dict[str, Any], key: str, path: str) -> dict[str, Any]:
    """Returns the table that is the value of `key`; a component by name alone becomes one."""
    found = table.get(key)
    if found is None or isinstance(found, str):
        found = {} if found is None else {"name": found}
    if not isinstance(found, Mapping):
        raise ConfigError(f"{key} is {found!r}, so {path!r} leads nowhere. Set {key} first.")
    table[key] = inner = dict(found)
    return inner


def _guess(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(known)}."
