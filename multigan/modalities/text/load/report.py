"""What was read, what was left out by which rule, and what the tokenizer made of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from multigan.data.report import Unreadable, describe_unreadable


@dataclass(frozen=True)
class TextReport:
    """How a set of texts was read.

    Attributes:
        where: The file, module or data set.
        found: How many texts there were.
        used: How many of them are samples.
        length: Tokens of every row: the longest sample and its end.
        vocab_size: How many tokens there are.
        tokenizer: Its kind.
        tokens: How many of the samples' tokens are text.
        unknown: How many of those are outside of the vocabulary.
        left_out: How many texts each rule left out, e.g. `{"empty": 3}`.
        changed: How many texts each rule changed, e.g. `{"cut to 40 tokens": 2}`.
        unreadable: Those that could not be read, and why.
        classes: The classes' names, in order; empty without labels.
        examples: Some samples, evenly over all of them, to be seen beside generated ones.
        notes: What else is worth knowing.
        seconds: How long reading took.
    """

    where: str
    found: int
    used: int
    length: int
    vocab_size: int
    tokenizer: str
    tokens: int = 0
    unknown: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()
    classes: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Returns the report as what `json.dumps` can write."""
        return asdict(self)

    def summary(self) -> str:
        """Returns a few sentences for people."""
        classes = f" of {len(self.classes)} classes" if self.classes else ""
        sentences = [
            f"{self.used} texts{classes} from {self.where}: up to {self.length} tokens of a "
            f"vocabulary of {self.vocab_size} ({self.tokenizer}; {self.seconds:.1f} s)."
        ]
        if self.unknown:
            share = self.unknown / max(self.tokens, 1)
            sentences.append(f"{share:.2%} of the tokens are outside of the vocabulary.")
        if self.left_out:
            sentences.append(f"Left out: {_counts(self.left_out)}.")
        if self.changed:
            sentences.append(f"Changed: {_counts(self.changed)}.")
        if self.unreadable:
            sentences.append(
                f"Left out {len(self.unreadable)} unreadable: "
                f"{describe_unreadable(self.unreadable)}"
            )
        return " ".join([*sentences, *self.notes])


def _counts(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{number} {rule}" for rule, number in ordered)
