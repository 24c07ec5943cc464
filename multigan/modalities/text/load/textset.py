"""Texts as rows of tokens.

Shapes: N samples, L tokens in a row.
"""

from dataclasses import dataclass

from multigan.core.condition import ConditionSpec
from multigan.data.source import TensorSource
from multigan.modalities.text.load.report import TextReport
from multigan.modalities.text.tokenizers import Tokenizer


@dataclass(frozen=True)
class TextSet:
    """Texts as rows of tokens, ready for a `Stream`, and how they came about.

    Attributes:
        source: (N, L) int32 tokens; the end fills the rest of a row. With classes if there are any.
        tokenizer: Made them, and makes text of others.
        texts: The samples as they were read, before tokenizing; of windows, what the tokens say.
        report: What was found, changed and left out.
        fingerprint: Hexadecimal digits that change when the texts, their order or their classes do.
    """

    source: TensorSource
    tokenizer: Tokenizer
    texts: tuple[str, ...]
    report: TextReport
    fingerprint: str

    @property
    def condition(self) -> ConditionSpec | None:
        """The classes, or None."""
        return self.source.condition

    @property
    def length(self) -> int:
        """L: tokens in a row."""
        return self.report.length

    def __len__(self) -> int:
        return len(self.source)
