"""`$name` on a magic's line: a value of the notebook's, in the command's words."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from multigan.errors import ConfigError

_END_OF_WORD = re.compile(r"(.*[=])?\$(\w+)")


class NotebookObject(str):
    """The word `$name`, with the object that it stands for.

    Attributes:
        value: The object.
    """

    value: Any

    def __new__(cls, word: str, value: Any) -> "NotebookObject":
        """Returns the word."""
        given = super().__new__(cls, word)
        given.value = value
        return given


def words_of(line: str, names: Mapping[str, Any]) -> list[str]:
    """Splits a line as a shell would, and puts in the values of `$name`.

    A text, a number, a path or a run becomes a word; any other object stays a `NotebookObject`,
    which the commands that take objects look into.

    Args:
        line: What follows the magic's name.
        names: The notebook's variables.

    Raises:
        ConfigError: A quote has no end, or there is no such variable.

    Example:
        >>> words_of("train digits --steps $count", {"count": 50})
        ['train', 'digits', '--steps', '50']
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ConfigError(f"The line cannot be read: {error}.") from None
    return [given for word in words for given in _put_in(word, names)]


def given_value(word: str | None) -> Any:
    """Returns the object that an argument stands for; None if it is an ordinary word."""
    return word.value if isinstance(word, NotebookObject) else None


def changes_of(cell: str, names: Mapping[str, Any]) -> list[str]:
    """Reads the body of `%%multigan`: a `key = value` a line, `#` before a remark.

    Example:
        >>> changes_of("generator.width = 64  # wider\\n\\nloss = hinge", {})
        ['generator.width=64', 'loss=hinge']
    """
    changes = []
    for line in cell.splitlines():
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        if not text:
            continue
        key, equals, value = text.partition("=")
        word = f"{key.strip()}{equals}{value.strip()}"
        changes += [str(given) for given in _put_in(word, names)]
    return changes


def _put_in(word: str, names: Mapping[str, Any]) -> Iterator[str]:
    found = _END_OF_WORD.fullmatch(word)
    if found is None:
        yield word
        return
    before, name = found[1] or "", found[2]
    if name not in names:
        raise ConfigError(f"There is no variable called {name!r} in this notebook.")
    value = names[name]
    text = _text_of(value, json_wanted=bool(before) and not before.startswith("--"))
    if text is not None:
        yield before + text
    elif before.startswith("--"):
        yield before.removesuffix("=")
        yield NotebookObject(f"${name}", value)
    elif before:
        raise ConfigError(
            f"{before}${name} wants a number, a text or a list, not a {_kind(value)}."
        )
    else:
        yield NotebookObject(f"${name}", value)


def _text_of(value: Any, *, json_wanted: bool) -> str | None:
    """Returns a value as it is typed; None for an object that cannot be."""
    from multigan.runs.folder import RunFolder

    if isinstance(value, RunFolder):
        return str(value.path)
    if isinstance(value, str | int | float | Path) and not isinstance(value, bool):
        return str(value)
    if not json_wanted:
        return None
    try:
        return json.dumps(value)
    except (TypeError, ValueError):
        return None


def _kind(value: Any) -> str:
    return type(value).__name__
