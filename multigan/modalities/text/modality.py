"""Text: strings outside, rows of token numbers inside.

A sample is a point of the product of simplexes (L, V), one distribution over the vocabulary for
each position. Real and sampled text are its corners, so they travel as token numbers (B, L): a
tensor of one-hot rows (B, L, V) is never made.

Shapes: B texts, L tokens in a row, V tokens in the vocabulary.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from multigan.core.modality import Modality
from multigan.errors import ShapeError
from multigan.files import write_atomic
from multigan.modalities.text.tokenizers import read_tokenizer


class TextModality(Modality):
    """Texts of at most `length` tokens; a row's first end ends the text and fills the rest.

    Example:
        >>> modality = TextModality({"kind": "char", "characters": ["a", "b"]}, length=4)
        >>> modality.encode_texts(["ab", "babba"]).tolist()
        [[2, 3, 0, 0], [3, 2, 3, 3]]
        >>> modality.decode(torch.tensor([[3, 2, 0, 3]]))
        ['ba']
    """

    name: ClassVar[str] = "text"
    is_text: ClassVar[bool] = True

    def __init__(self, tokenizer: Mapping[str, Any], length: int) -> None:
        super().__init__()
        self.tokenizer = read_tokenizer(tokenizer)
        self.length = length

    @property
    def sample_shape(self) -> tuple[int, int]:
        """(L, V)."""
        return self.length, len(self.tokenizer)

    @property
    def end_id(self) -> int:
        """The token that ends a text."""
        return self.tokenizer.end_id

    def encode(self, raw: Tensor) -> Tensor:
        """Turns stored tokens (B, L) of any integer type into int64."""
        if raw.ndim != 2 or raw.shape[1] != self.length or raw.is_floating_point():
            raise ShapeError(
                f"TextModality(length={self.length}) got {raw.dtype} of shape {tuple(raw.shape)}, "
                f"but expects token numbers (B, {self.length})."
            )
        return raw.long()

    def encode_texts(self, texts: Sequence[str]) -> Tensor:
        """Tokenizes strings as (B, L) int64; longer ones are cut to L tokens."""
        rows = [row[: self.length] for row in self.tokenizer.encode_all(texts)]
        filled = [row + [self.end_id] * (self.length - len(row)) for row in rows]
        return torch.tensor(filled, dtype=torch.int64).view(len(rows), self.length)

    def decode(self, samples: Tensor) -> list[str]:
        """Turns token numbers (B, L) into B strings: what stands before the first end."""
        if samples.ndim != 2 or samples.is_floating_point():
            raise ShapeError(
                f"TextModality decodes token numbers (B, L), not {samples.dtype} of shape "
                f"{tuple(samples.shape)}."
            )
        tokenizer = self.tokenizer
        return [tokenizer.decode(tokenizer.until_end(row)) for row in samples.tolist()]

    def write(self, item: Any, stem: Path) -> Path:
        """Writes one string as `.txt`."""
        return write_atomic(stem.with_name(f"{stem.name}.txt"), _encoded(f"{item}\n"))

    def write_sheet(self, items: Sequence[Any], stem: Path, *, columns: int) -> Path:
        """Writes many strings into one `.txt`, a line each; a line break inside is shown as ⏎."""
        lines = "".join(f"{_one_line(item)}\n" for item in items)
        return write_atomic(stem.with_name(f"{stem.name}.txt"), _encoded(lines))


def _one_line(text: str) -> str:
    return text.replace("\n", " ⏎ ").replace("\r", "")


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")  # a lone surrogate has no UTF-8
