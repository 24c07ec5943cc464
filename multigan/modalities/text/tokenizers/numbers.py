"""Tokens that are their own numbers, for synthetic data."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from multigan.errors import ConfigError
from multigan.modalities.text.tokenizers.base import Tokenizer
from multigan.typed import checked


@checked
class NumberTokenizer(Tokenizer):
    """Whole numbers from 0 to size - 1 with spaces between; rows have one length and no end.

    Example:
        >>> NumberTokenizer(5000).encode("17 4093")
        [17, 4093]
    """

    kind = "number"
    end_id = -1  # which no token is

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def encode(self, text: str) -> list[int]:
        """Returns the numbers in a text.

        Raises:
            ConfigError: Something else is in it.
        """
        words = text.split()
        bad = next((w for w in words if not w.isdecimal() or int(w) >= self.size), None)
        if bad is not None:
            raise ConfigError(f"{bad!r} is not a whole number from 0 to {self.size - 1}.")
        return [int(word) for word in words]

    def decode(self, ids: Sequence[int]) -> str:
        """Returns the numbers with spaces between."""
        return " ".join(map(str, ids))

    def to_json(self) -> dict[str, Any]:
        """Returns how many there are."""
        return {"kind": self.kind, "size": self.size}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Builds what `to_json` described."""
        return cls(int(value["size"]))
