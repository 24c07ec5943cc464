"""Characters and bytes."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Self

from multigan.modalities.text.tokenizers.base import (
    END,
    UNKNOWN,
    Tokenizer,
    most_frequent,
)
from multigan.typed import checked


@checked
class CharacterTokenizer(Tokenizer):
    """A token for each character of the vocabulary.

    Example:
        >>> tokenizer = CharacterTokenizer.trained(["abba", "b"])
        >>> tokenizer.encode("bad"), tokenizer.decode([2, 3])
        ([2, 3, 1], 'ba')
    """

    kind = "char"
    unknown_id = 1

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = [END, UNKNOWN, *characters]
        self._ids = {character: index for index, character in enumerate(self.characters)}

    @classmethod
    def trained(cls, texts: Iterable[str], *, size: int | None = None) -> Self:
        """Learns the vocabulary: the `size` most frequent characters, or all."""
        return cls(most_frequent(chain.from_iterable(texts), size)[0])

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> list[int]:
        """Returns a token for each character."""
        return [self._ids.get(character, 1) for character in text]

    def decode(self, ids: Sequence[int]) -> str:
        """Returns the characters; an unknown one is shown as U+FFFD."""
        return "".join("\N{REPLACEMENT CHARACTER}" if i == 1 else self.characters[i] for i in ids)

    def to_json(self) -> dict[str, Any]:
        """Returns the vocabulary."""
        return {"kind": self.kind, "characters": self.characters[2:]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Builds what `to_json` described."""
        return cls(list(value["characters"]))


@checked
class ByteTokenizer(Tokenizer):
    """The bytes of UTF-8, each one number higher: 0 is the end. Knows every text there is.

    Example:
        >>> ByteTokenizer().encode("é")
        [196, 170]
    """

    kind = "byte"

    def __len__(self) -> int:
        return 257

    def encode(self, text: str) -> list[int]:
        """Returns a token for each byte."""
        return [byte + 1 for byte in text.encode(errors="replace")]

    def decode(self, ids: Sequence[int]) -> str:
        """Returns the text; bytes that are no UTF-8 are shown as U+FFFD."""
        return bytes(index - 1 for index in ids).decode(errors="replace")

    def to_json(self) -> dict[str, Any]:
        """Returns its name: there is nothing else to know."""
        return {"kind": self.kind}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Builds it."""
        return cls()
