"""Words and punctuation."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Self

from multigan.modalities.text.tokenizers.base import (
    END,
    UNKNOWN,
    Tokenizer,
    most_frequent,
)
from multigan.typed import checked

_WORD = re.compile(r"\w+(?:['’.\-]\w+)*|[^\w\s]")
_CLINGS_LEFT = frozenset(".,;:!?%)]}…’”")
_CLINGS_RIGHT = frozenset("([{“‘#$")
_SENTENCE_MARKS = ".,!?;:"
LINES_LOOKED_AT = 1000


@checked
class WordTokenizer(Tokenizer):
    """A token for each word and each mark of the vocabulary.

    Args:
        words: The vocabulary.
        lowercase: Whether case is dropped.
        spaced: Tokens are what stands between spaces, and are joined by spaces: for text that was
            tokenized before, as the corpora of the text-GAN literature are. Otherwise words and
            marks are told apart, and marks are set as in print.

    Example:
        >>> tokenizer = WordTokenizer.trained(["A man, a plan."], lowercase=True)
        >>> tokenizer.decode(tokenizer.encode("A plan, a man."))
        'a plan, a man.'
    """

    kind = "word"
    unknown_id = 1

    def __init__(
        self, words: Sequence[str], *, lowercase: bool = False, spaced: bool = False
    ) -> None:
        self.words = [END, UNKNOWN, *words]
        self.lowercase = lowercase
        self.spaced = spaced
        self._ids = {word: index for index, word in enumerate(self.words)}

    @classmethod
    def trained(
        cls,
        texts: Iterable[str],
        *,
        size: int | None = None,
        min_count: int = 1,
        lowercase: bool = False,
        spaced: bool = False,
    ) -> Self:
        """Learns the vocabulary: the `size` most frequent words that are there `min_count` times.

        `size` counts the two tokens for the end and for unknown words.
        """
        empty = cls([], lowercase=lowercase, spaced=spaced)
        pieces = chain.from_iterable(map(empty.split, texts))
        most = None if size is None else max(size - 2, 0)
        words, _ = most_frequent(pieces, most, min_count=min_count)
        return cls(words, lowercase=lowercase, spaced=spaced)

    def __len__(self) -> int:
        return len(self.words)

    def split(self, text: str) -> list[str]:
        """Returns a text's words and marks, whether they are in the vocabulary or not."""
        text = text.lower() if self.lowercase else text
        return text.split() if self.spaced else _WORD.findall(text)

    def encode(self, text: str) -> list[int]:
        """Returns a token for each word and mark."""
        return [self._ids.get(word, 1) for word in self.split(text)]

    def decode(self, ids: Sequence[int]) -> str:
        """Returns the words with spaces where print has them."""
        words = [self.words[index] for index in ids]
        return " ".join(words) if self.spaced else _set_in_print(words)

    def to_json(self) -> dict[str, Any]:
        """Returns the vocabulary and the rules."""
        return {
            "kind": self.kind,
            "lowercase": self.lowercase,
            "spaced": self.spaced,
            "words": self.words[2:],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Builds what `to_json` described."""
        return cls(list(value["words"]), lowercase=value["lowercase"], spaced=value["spaced"])


def is_tokenized(texts: Iterable[str]) -> bool:
    """Whether nine of ten marks in the first texts stand alone, as tokenizers leave them."""
    alone = attached = 0
    for text in islice(texts, LINES_LOOKED_AT):
        for piece in text.split():
            if piece[-1] in _SENTENCE_MARKS:
                alone += len(piece) == 1
                attached += len(piece) > 1
    return alone > 0 and alone >= 9 * attached


def _set_in_print(words: Sequence[str]) -> str:
    parts: list[str] = []
    glued, in_quotes = True, False  # no space before the first word
    for word in words:
        opens = word == '"' and not in_quotes
        if not glued and word not in _CLINGS_LEFT and not (word == '"' and in_quotes):
            parts.append(" ")
        parts.append(word)
        glued = word in _CLINGS_RIGHT or opens
        in_quotes = opens if word == '"' else in_quotes
    return "".join(parts)
