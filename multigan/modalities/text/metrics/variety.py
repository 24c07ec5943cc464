"""How much of the samples differs: from one another, and from the training data."""

from collections.abc import Collection, Sequence

from multigan.errors import MeasureError
from multigan.modalities.text.metrics.corpus import Corpus, number_ngrams


def distinct(samples: Corpus, order: int) -> float:
    """Returns the share of different n-grams among all n-grams of one order, in [0, 1].

    It falls with the number of samples: compare only numbers of equally many.

    Source: Li et al. (2016), "A Diversity-Promoting Objective Function for Neural Conversation
    Models".

    Raises:
        MeasureError: All texts are shorter.
    """
    ngrams = number_ngrams(samples, order)[-1]
    if not len(ngrams.ids):
        raise MeasureError(f"No text has {order} words in a row. Leave out distinct-{order}.")
    return ngrams.count / len(ngrams.ids)


def unique_share(samples: Sequence[str]) -> float:
    """Returns the share of different texts among all, in [0, 1]; whitespace does not count."""
    return len(_normal(samples)) / max(len(samples), 1)


def copied_share(samples: Sequence[str], training: Collection[str]) -> float:
    """Returns the share of samples that stand in the training data word for word, in [0, 1]."""
    known = _normal(training)
    return sum(" ".join(text.split()) in known for text in samples) / max(len(samples), 1)


def _normal(texts: Collection[str]) -> set[str]:
    return {" ".join(text.split()) for text in texts}
