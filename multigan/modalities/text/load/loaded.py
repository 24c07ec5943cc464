"""Texts as rows of tokens, and what is said of how they came about.

Shapes: N samples, L tokens in a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from multigan.data.loaded import Loaded, LoadReport, counted
from multigan.data.source import TensorSource
from multigan.modalities.text.tokenizers import Tokenizer

MUCH = 0.2  # of the tokens: so many unknown ones are no text to learn from


@dataclass(frozen=True, kw_only=True)
class TextReport(LoadReport):
    """How a set of texts was read.

    Attributes:
        length: Tokens of every row: the longest sample and its end.
        vocab_size: How many tokens there are.
        tokenizer: Its kind.
        tokens: How many of the samples' tokens are text.
        unknown: How many of those are outside of the vocabulary.
        left_out: How many texts each rule left out, e.g. `{"empty": 3}`.
        changed: How many texts each rule changed, e.g. `{"cut to 40 tokens": 2}`.
        examples: Some samples, evenly over all of them, to be seen beside generated ones.
    """

    length: int
    vocab_size: int
    tokenizer: str
    tokens: int = 0
    unknown: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[str, ...] = ()

    samples: ClassVar[str] = "texts"

    def summary(self) -> str:
        """Returns a few sentences for people."""
        form = f"up to {self.length} tokens of a vocabulary of {self.vocab_size}"
        first = f"{self.origin}: {form} ({self.tokenizer}; {self.seconds:.1f} s)."
        return " ".join([first, *self.details()])

    def changes(self) -> list[str]:
        """Returns what the vocabulary lacks, and what was left out and changed."""
        share = self.unknown / max(self.tokens, 1)
        unknown = f"{share:.2%} of the tokens are outside of the vocabulary."
        if share >= MUCH:
            unknown += (
                " A generator learns to write <unk> as often. Raise data.vocab_size, lower "
                "data.min_count, or take smaller pieces: --set data.tokenizer=bpe, or char."
            )
        return [
            *([unknown] if self.unknown else []),
            *counted("Left out", self.left_out),
            *counted("Changed", self.changed),
        ]


@dataclass(frozen=True)
class TextSet(Loaded):
    """Texts as rows of tokens, ready for a `Stream`, and how they came about.

    Attributes:
        source: (N, L) int32 tokens; the end fills the rest of a row. With classes if there are any.
        report: What was found, changed and left out.
        tokenizer: Made them, and makes text of others.
        texts: The samples as they were read, before tokenizing; of windows, what the tokens say.
    """

    source: TensorSource
    report: TextReport
    tokenizer: Tokenizer = field(kw_only=True)
    texts: tuple[str, ...] = field(kw_only=True)

    @property
    def length(self) -> int:
        """L: tokens in a row."""
        return self.report.length
