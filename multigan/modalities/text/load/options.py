"""How text is to be read."""

from dataclasses import dataclass
from typing import Annotated, Literal

from multigan.data.loader_options import LoaderOptions
from multigan.typed import Count, Range, That, checked

LONGEST = 4096  # tokens; more than any of the networks here is meant for


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:
        return False
    return True


@checked
@dataclass(frozen=True)
class TextOptions(LoaderOptions):
    """How texts are read and become rows of tokens."""

    tokenizer: str | None = None
    """word, char, byte, bpe (trained here), or a fast tokenizer: a tokenizer.json, a folder or a
    name on the Hub. Null takes char for a list of different words, as of names, and for scripts
    without spaces, else word."""

    vocab_size: Annotated[int | None, Range(3, 2**24)] = None
    """The largest vocabulary; rarer words and characters are then unknown. Null means 10,000 words,
    4,096 subwords, every character."""

    min_count: Count = 1
    """Words that are there less often are unknown."""

    lowercase: bool = False
    """Whether to drop case."""

    length: Annotated[int | None, Range(2, LONGEST)] = None
    """Tokens in a row, the end among them. Null takes what holds 99 % of the texts, or 64 for
    windows."""

    too_long: Literal["leave out", "cut"] = "leave out"
    """What happens to longer texts: leave out, or cut to their beginning."""

    cut: Literal["lines", "windows"] = "lines"
    """lines: each line or record is a sample. windows: all of them, one after the other with line
    breaks between, are one text, which is cut into pieces of `length` tokens."""

    text_column: str | None = None
    """Of a table, where the texts are; null looks for the usual names."""

    label_column: str | None = None
    """Of a table, where the classes are; null looks for the usual names."""

    encoding: Annotated[str, That("the name of an encoding, such as utf-8", _is_encoding)] = "utf-8"
    """Of a text file."""
