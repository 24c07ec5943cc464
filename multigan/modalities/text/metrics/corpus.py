"""Texts as numbered words, and their n-grams, numbered exactly.

Shapes: N texts, T words in all of them together, M n-grams of one order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from multigan.errors import ConfigError

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Corpus:
    """Texts, one after the other.

    Attributes:
        words: (T,) numbers in [0, vocab_size).
        lengths: (N,) words in each text; 0 for an empty one.
        vocab_size: How many numbers there are; corpora that are compared share their numbering.
    """

    words: Ints
    lengths: Ints
    vocab_size: int

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def owners(self) -> Ints:
        """(T,): which text each word is in."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def rows(self, length: int) -> Tensor:
        """Returns the first `length` words of each text, (N, length): numbers from 1, 0 after them.

        Of an empty corpus, and of shorter texts, too.
        """
        found = torch.zeros(len(self), length, dtype=torch.int64)
        ends = self.lengths.cumsum()
        places = np.arange(len(self.words)) - np.repeat(ends - self.lengths, self.lengths)
        kept = places < length
        found[self.owners[kept], places[kept]] = torch.from_numpy(self.words[kept] + 1)
        return found

    @classmethod
    def of_ids(cls, texts: Iterable[Sequence[int]], vocab_size: int) -> "Corpus":
        """Returns token ids as a corpus; each text ends where its sequence does."""
        rows = [np.asarray(text, dtype=np.int64) for text in texts]
        words = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        return cls(words, np.array([len(row) for row in rows], np.int64), vocab_size)


@dataclass(frozen=True)
class NGrams:
    """The n-grams of one order.

    Attributes:
        order: Words in each.
        ids: (M,) in [0, count): equal where, and only where, the n-grams are equal.
        starts: (M,) where in the corpus' words each begins.
        owners: (M,) which text each is in.
        count: How many different ones there are.
    """

    order: int
    ids: Ints
    starts: Ints
    owners: Ints
    count: int


def index_texts(*groups: Sequence[str]) -> list[Corpus]:
    """Returns each group of texts as a corpus; words are what stands between whitespace.

    All share one numbering. Case and punctuation are kept as they are: captions and news of the
    text-GAN literature come with punctuation set apart, other text may be brought to that first.
    """
    numbers: dict[str, int] = {}
    indexed = []
    for texts in groups:
        split = [text.split() for text in texts]
        words = [numbers.setdefault(word, len(numbers)) for word in chain.from_iterable(split)]
        indexed.append((np.array(words, np.int64), np.array([len(s) for s in split], np.int64)))
    return [Corpus(words, lengths, len(numbers)) for words, lengths in indexed]


def join(first: Corpus, second: Corpus) -> Corpus:
    """Returns both corpora as one, so that equal n-grams of theirs get equal numbers."""
    if first.vocab_size != second.vocab_size:
        raise ConfigError(
            f"The corpora number {first.vocab_size} and {second.vocab_size} words, so their "
            "numbers do not mean the same. Index them in one call of index_texts."
        )
    return Corpus(
        np.concatenate([first.words, second.words]),
        np.concatenate([first.lengths, second.lengths]),
        first.vocab_size,
    )


def number_ngrams(corpus: Corpus, most: int) -> list[NGrams]:
    """Returns the n-grams of orders 1 to `most` that lie within one text.

    An n-gram is the pair of its first n - 1 words' number and its last word, so sorting pairs
    numbers it: no hash, hence no collision, and no more than a sort for each order.
    """
    owners = corpus.owners
    ends = np.repeat(np.cumsum(corpus.lengths), corpus.lengths)
    starts = np.arange(len(corpus.words))
    prefixes = np.zeros(len(corpus.words), np.int64)
    found = []
    for order in range(1, most + 1):
        starts = starts[starts + order <= ends[starts]]
        pairs = prefixes[starts] * corpus.vocab_size + corpus.words[starts + order - 1]
        kinds, ids = np.unique(pairs, return_inverse=True)
        found.append(NGrams(order, ids, starts, owners[starts], len(kinds)))
        prefixes[starts] = ids
    return found
