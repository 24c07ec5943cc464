"""What options of all kinds of data are checked for."""

from collections.abc import Mapping
from typing import Any

from multigan.errors import ConfigError

Kinds = Mapping[str, tuple[tuple[type, ...], str]]  # by option: its types, and those in words


def check_types(options: Any, kinds: Kinds) -> None:
    """Raises a `ConfigError` that names the first option which is not of its kind."""
    for name, (types, expected) in kinds.items():
        value = getattr(options, name)
        meant = bool in types or not isinstance(value, bool)  # a bool is an int to Python
        if not (meant and isinstance(value, types)):
            raise ConfigError(f"{name} is {value!r}, but must be {expected}.")


def check_amounts(max_unreadable: float, limit: int | None, items: str) -> None:
    """Raises a `ConfigError` if a share is none, or a limit leaves no items, e.g. "images"."""
    if not 0 <= max_unreadable <= 1:
        raise ConfigError(f"max_unreadable is a share, from 0 to 1, not {max_unreadable}.")
    if limit is not None and limit < 1:
        raise ConfigError(f"A limit of {limit} {items} leaves none. Ask for at least 1.")
