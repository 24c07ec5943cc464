"""A named thing with options, and the one text in which a shell writes it."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from multigan.errors import ConfigError

# A name, which may hold colons itself, and options from the first ":word=" on.
TEXT = re.compile(r"(?P<name>.+?)(?::(?P<options>[A-Za-z_]\w*=.*))?", re.DOTALL)
NEXT = re.compile(r",(?=[A-Za-z_]\w*=)")  # what ends a text among options


@dataclass(frozen=True)
class Component:
    """A component by name: what a recipe stores and a registry builds.

    As text it is `mel:n_mels=64,n_fft=512`; values are JSON where they can be, else text, which
    ends at the next `,word=`. Where no `word=` follows a colon, the colon is part of the name.

    Example:
        >>> Component.parse("mel:n_mels=64,scaling=bins")
        Component(name='mel', options={'n_mels': 64, 'scaling': 'bins'})
        >>> str(Component("mel", {"n_mels": 64}))
        'mel:n_mels=64'
        >>> Component.parse("inception:weights.pt").name
        'inception:weights.pt'
    """

    name: str
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "Component":
        """Reads a component that a person wrote.

        Raises:
            ConfigError: Something between two commas is no `name=value`, or no finite number.
        """
        found = TEXT.fullmatch(text)
        if found is None:  # nothing at all, which is the name of nothing
            return cls(text)
        return cls(found["name"], dict(_options(found["options"] or "", text)))

    @classmethod
    def parse_located(cls, text: str) -> "Component":
        """Reads a component whose path may stand alone behind the name, as extractors' do.

        Example:
            >>> str(Component.parse_located("inception:weights.pt"))
            'inception:path=weights.pt'
        """
        named = cls.parse(text)
        name, _, path = named.name.partition(":")
        return cls(name, ({"path": path} if path else {}) | named.options)

    @classmethod
    def read(cls, value: "str | Mapping[str, Any] | Component") -> "Component":
        """Returns a component from its text, or from a table as JSON has it.

        The table's options stand under "options", or beside "name": {"name": "rollout", "lag": 0}.
        """
        if isinstance(value, Component):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        inner = {key: item for key, item in value.items() if key not in ("name", "options")}
        return cls(value["name"], {**value.get("options", {}), **inner})

    def __str__(self) -> str:
        options = ",".join(f"{key}={_written(value)}" for key, value in self.options.items())
        return f"{self.name}:{options}" if options else self.name


def read_value(text: str, name: str) -> Any:
    """Returns what a text says in JSON, or the text itself where it says nothing.

    Args:
        text: What a person wrote.
        name: What it is the value of, for the message.

    Raises:
        ConfigError: It is a number that is not finite.
    """
    try:
        return _decoder(name).decode(text)
    except ConfigError:
        raise
    except ValueError:  # not JSON, or a whole number of thousands of digits
        return text


def _decoder(name: str) -> json.JSONDecoder:
    def finite(number: str) -> float:
        value = float(number)
        if not math.isfinite(value):
            raise ConfigError(f"{name} cannot be {number}: give a finite number.")
        return value

    return json.JSONDecoder(parse_float=finite, parse_constant=finite)


def _options(text: str, whole: str) -> Iterator[tuple[str, Any]]:
    while text:
        key, equals, rest = text.partition("=")
        if not equals or "," in key:
            raise ConfigError(
                "Options are written name=value with commas between, as in mel:n_mels=64,n_fft=512;"
                f" {whole!r} cannot be read at {text!r}."
            )
        value, text = _first_value(rest, key.strip())
        yield key.strip(), value


def _first_value(text: str, name: str) -> tuple[Any, str]:
    """Returns the value that a list of options begins with, and the options after its comma."""
    try:
        value, end = _decoder(name).raw_decode(text)
    except ConfigError:
        raise
    except ValueError:
        end = -1
    if end == len(text) or text[end : end + 1] == ",":
        return value, text[end + 1 :]
    raw, *rest = NEXT.split(text, maxsplit=1)
    return raw, "".join(rest)


def _written(value: Any) -> str:
    """Returns a value as the text that is read as it."""
    if isinstance(value, str):
        try:
            bare = _first_value(value, "") == (value, "")
        except ConfigError:  # it would be read as a number
            bare = False
        if bare:
            return value
    return json.dumps(value, allow_nan=False)
