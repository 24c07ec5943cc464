"""Changes of one value within a plain tree, by its path: what `--set key=value` does."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from multigan.errors import ConfigError
from multigan.typed.check import alternatives, from_plain, guess, hints_of, peeled, to_plain
from multigan.typed.component import Component


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
    (kind,) = _some(kind)
    if kind is Component:
        tree, kind = tree.setdefault("options", {}), dict[str, Any]
    if get_origin(kind) is dict:
        _put_in_table(tree, get_args(kind)[1], keys, value, path)
        return
    hints = hints_of(kind)
    key = keys[0]
    if key not in hints:
        raise ConfigError(f"There is nothing called {path!r} in a recipe.{guess(key, hints)}")
    if len(keys) == 1:
        # Written out, so that a later change may reach the new component's options.
        named = Component in _some(hints[key]) and isinstance(value, str)
        tree[key] = to_plain(from_plain(hints[key], value, path)) if named else value
        return
    if not isinstance(tree[key], dict):
        raise ConfigError(f"{key} is {tree[key]!r}, so {path!r} leads nowhere. Set {key} first.")
    put(tree[key], hints[key], keys[1:], value, path)


def named_parts(kind: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Returns which fields of a dataclass hold a component, and which a table of named entries."""
    parts = {name: _some(hint) for name, hint in hints_of(kind).items()}
    components = frozenset(name for name, found in parts.items() if Component in found)
    return components, frozenset(n for n, found in parts.items() if get_origin(found[0]) is dict)


def _put_in_table(table: dict[str, Any], kind: Any, keys: list[str], value: Any, path: str) -> None:
    if kind is Any and len(keys) > 1:  # within an option of a component, whose names have no dots
        _put_in_table(_inner_table(table, keys[0], path), Any, keys[1:], value, path)
        return
    # The names of knobs contain dots, so an entry's own field is at most the last key.
    fields = hints_of(kind) if dataclasses.is_dataclass(kind) else None
    if fields and keys[-1] not in fields and ".".join(keys[:-1]) in table:
        raise ConfigError(f"There is no {path}.{guess(keys[-1], fields)}")
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
    """Returns the table that is the value of `key`; a component written as text becomes one."""
    found = {} if table.get(key) is None else table[key]
    if isinstance(found, str):
        named = Component.parse(found)
        found = {"name": named.name, **named.options}
    if not isinstance(found, Mapping):
        raise ConfigError(f"{key} is {found!r}, so {path!r} leads nowhere. Set {key} first.")
    table[key] = inner = dict(found)
    return inner


def _some(kind: Any) -> list[Any]:
    """Returns what an annotation takes besides None."""
    return [one for one in alternatives(peeled(kind)[0]) if one is not type(None)]
