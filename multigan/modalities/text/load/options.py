"""How text is to be read, checked once."""

from dataclasses import dataclass
from typing import Any

from multigan.data.checking import Kinds, check_types
from multigan.errors import ConfigError

CUTS = ("lines", "windows")
TOO_LONG = ("leave out", "cut")
LONGEST = 4096  # tokens; more than any of the networks here is meant for


@dataclass(frozen=True)
class TextOptions:
    """The options of `load_text`, whose documentation says what they mean."""

    tokenizer: str
    vocab_size: int | None
    min_count: int
    lowercase: bool
    length: int | None
    too_long: str
    cut: str
    text_column: str | None
    label_column: str | None
    max_unreadable: float
    encoding: str
    limit: int | None
    split: str
    streaming: bool

    def __post_init__(self) -> None:
        check_types(self, KINDS)
        _check_choice("cut", self.cut, CUTS)
        _check_choice("too_long", self.too_long, TOO_LONG)
        _check_range("length", self.length, 2, LONGEST)
        _check_range("vocab_size", self.vocab_size, 3, 2**24)
        _check_range("min_count", self.min_count, 1, 2**31)
        _check_range("limit", self.limit, 1, 2**62)
        _check_range("max_unreadable", self.max_unreadable, 0, 1)
        try:
            "".encode(self.encoding)
        except LookupError:
            raise ConfigError(f"There is no encoding {self.encoding!r}. Try utf-8.") from None


KINDS: Kinds = {
    "tokenizer": ((str,), "word, char, byte, bpe, a path or a name on the Hub"),
    "vocab_size": ((int, type(None)), "a whole number, or null for the tokenizer's own choice"),
    "min_count": ((int,), "a whole number"),
    "lowercase": ((bool,), "true or false"),
    "length": ((int, type(None)), "a whole number of tokens, or null to look at the data"),
    "text_column": ((str, type(None)), "a column's name, or null to look for it"),
    "label_column": ((str, type(None)), "a column's name, or null to look for it"),
    "max_unreadable": ((int, float), "a number from 0 to 1"),
    "encoding": ((str,), "a name such as utf-8"),
    "limit": ((int, type(None)), "a whole number, or null for all"),
    "split": ((str,), "a name such as train or test"),
    "streaming": ((bool,), "true or false"),
}


def _check_choice(name: str, value: Any, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f"{name} is {value!r}, but must be one of: {', '.join(known)}.")


def _check_range(name: str, value: float | None, least: float, most: float) -> None:
    if value is not None and not least <= value <= most:
        raise ConfigError(f"{name} is {value}, but must lie between {least:g} and {most:g}.")
