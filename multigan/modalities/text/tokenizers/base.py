"""What every tokenizer can do."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

END, UNKNOWN = "<end>", "<unknown>"


class Tokenizer(ABC):
    """Cuts text into tokens with numbers from 0 to `len(self) - 1`.

    Attributes:
        kind: Its name in a recipe and in JSON.
        end_id: The token that ends a text and fills the rest of its row.
        unknown_id: What stands for a piece of text outside of the vocabulary; None if there is no
            such piece.
    """

    kind: ClassVar[str]
    end_id: int = 0
    unknown_id: int | None = None

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def encode(self, text: str) -> list[int]:
        """Returns the tokens of a text, without the end."""

    @abstractmethod
    def decode(self, ids: Sequence[int]) -> str:
        """Returns the text of some tokens, none of which is the end."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Returns plain values, `kind` among them, from which `read_tokenizer` builds it again."""

    @classmethod
    @abstractmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Builds what `to_json` described."""

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        """Encodes many texts."""
        return [self.encode(text) for text in texts]

    def until_end(self, ids: Sequence[int]) -> list[int]:
        """Returns the tokens before the first end."""
        return list(ids[: ids.index(self.end_id)] if self.end_id in ids else ids)


def most_frequent(
    pieces: Iterable[str], size: int | None, *, min_count: int = 1
) -> tuple[list[str], int]:
    """Returns the `size` most frequent pieces, and how many different ones there were.

    The order depends on the counts and the pieces alone, not on the order of their appearance.
    """
    counts = Counter(pieces)
    kept = [piece for piece, count in counts.items() if count >= min_count]
    kept.sort(key=lambda piece: (-counts[piece], piece))
    return kept[:size], len(counts)
