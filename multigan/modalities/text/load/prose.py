"""English prose that every CPython carries: the help texts of the Python language."""

import re

from multigan.errors import DataError
from multigan.modalities.text.load.texts import Texts, gather

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“(])")
_MARKUP = re.compile(r"[*\"`“”]+|\[\d+\]")
_ENDS = (".", "!", "?")
_CODE = ("::=", ">>>", " = ", "==", "|", "---")
FEWEST_WORDS = 5


def read_prose() -> Texts:
    """Returns the sentences of `pydoc_data.topics`, without code, tables, headings and markup."""
    try:
        from pydoc_data.topics import topics
    except ImportError:  # some distributions leave it out
        raise DataError(
            "This Python carries no pydoc_data. Name a text file to train on instead: --data."
        ) from None
    paragraphs = (part for text in topics.values() for part in re.split(r"\n\s*\n", text))
    sentences = (one for part in paragraphs if is_prose(part) for one in sentences_of(part))
    # The same paragraph explains several topics; once is enough.
    unique = list(dict.fromkeys(sentences))
    return gather("Python's help texts", ((one, None) for one in unique), labelled=False)


def is_prose(paragraph: str) -> bool:
    """Whether a paragraph is running text: no code, grammar, table or heading.

    It begins with a capital letter, perhaps after a list's bullet, and all its lines after the
    first are indented alike, as code seldom is.
    """
    lines = paragraph.strip("\n").split("\n")
    indents = {len(line) - len(line.lstrip()) for line in lines[1:]}
    begins = lines[0].lstrip(" *")[:1].isupper()
    return begins and len(indents) <= 1 and not any(mark in paragraph for mark in _CODE)


def sentences_of(paragraph: str) -> list[str]:
    """Returns the whole sentences of a paragraph, without quotation marks and emphasis."""
    text = " ".join(_MARKUP.sub("", paragraph).split())
    found = _SENTENCE_END.split(text)
    return [s for s in found if s.endswith(_ENDS) and len(s.split()) >= FEWEST_WORDS]
