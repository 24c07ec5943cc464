"""A built-in n-gram language model: how well one text predicts another.

Trained on real text and scored on samples it is the language-model score, which fluent samples
lower; trained on samples and scored on real text it is the reverse score, which samples lower only
if they are both fluent and as varied as real text. Temperature trades the first for the second, so
they are read together (Caccia et al. 2020, "Language GANs Falling Short").

Shapes: N texts, T words, M predicted words (each text's words and its end), K n-grams.
"""

import numpy as np
from numpy.typing import NDArray

from multigan.modalities.text.metrics.corpus import Corpus, Ints, NGrams, join, number_ngrams

ORDER = 3

Floats = NDArray[np.float64]


def ngram_nll(training: Corpus, scored: Corpus, order: int = ORDER) -> float:
    """Returns the mean negative log-likelihood of a word or a text's end, in nats.

    Args:
        training: What the model is trained on.
        scored: What it predicts. Both share a numbering; see `with_unknown`.
        order: Words in an n-gram; the model sees order - 1 words back.
    """
    return float(-ngram_log_probs(training, scored, order).mean())


def ngram_log_probs(training: Corpus, scored: Corpus, order: int = ORDER) -> Floats:
    """Returns the log probability (M,) of every word of `scored` and of every text's end.

    Interpolated Kneser-Ney smoothing with three discounts, estimated from counts of counts. What
    the shortest n-grams leave is spread evenly over the vocabulary and the end, so nothing has
    probability 0.

    Source: Chen & Goodman (1999), "An Empirical Study of Smoothing Techniques for Language
    Modeling", modified Kneser-Ney, interpolated.
    """
    joined = join(_framed(training, order - 1), _framed(scored, order - 1))
    known = len(training)
    orders = number_ngrams(joined, order)
    at = orders[-1].starts[orders[-1].owners >= known]  # where n-grams of `scored` begin
    seen = [_seen(joined, ngrams, known) for ngrams in orders]
    probability = np.full(len(at), 1 / (training.vocab_size + 1))
    for length in range(1, order + 1):
        counts = _counts(orders, seen, length)
        # The word that is predicted is an n-gram's last, so shorter n-grams begin later.
        probability = _interpolate(orders, length, counts, at + order - length, probability)
    return np.log(probability)


def with_unknown(corpus: Corpus, vocabulary: Corpus) -> Corpus:
    """Returns a corpus in which all words that `vocabulary` lacks are one unknown word.

    Models with different words are compared fairly only on the same ones.
    """
    numbers = np.full(corpus.vocab_size, 0)
    kinds = np.unique(vocabulary.words)
    numbers[kinds] = np.arange(1, len(kinds) + 1)
    return Corpus(numbers[corpus.words], corpus.lengths, len(kinds) + 1)


def _framed(corpus: Corpus, before: int) -> Corpus:
    """Returns the corpus with `before` starts before each text and an end after it."""
    start, end = corpus.vocab_size, corpus.vocab_size + 1
    lengths = corpus.lengths + before + 1
    ends = np.cumsum(lengths)
    words = np.full(int(lengths.sum()), start)
    words[ends - 1] = end
    inside = np.arange(len(corpus.words)) + np.repeat(
        (np.arange(len(corpus)) + 1) * before + np.arange(len(corpus)), corpus.lengths
    )
    words[inside] = corpus.words
    return Corpus(words, lengths, corpus.vocab_size + 2)


def _seen(joined: Corpus, ngrams: NGrams, known: int) -> NDArray[np.bool_]:
    """Returns which n-grams (M,) the model learns from: those in training that end in no start."""
    start = joined.vocab_size - 2
    last = ngrams.starts + ngrams.order - 1
    return (ngrams.owners < known) & (joined.words[last] != start)


def _counts(orders: list[NGrams], seen: list[NDArray[np.bool_]], length: int) -> Ints:
    """Returns how often the training text has each n-gram (K,) of a length.

    Of all but the longest n-grams it counts how many different longer ones end in them, which is
    how likely they are where a longer one is not known.
    """
    ngrams = orders[length - 1]
    if length == len(orders):
        return np.bincount(ngrams.ids[seen[length - 1]], minlength=ngrams.count)
    longer, inside = orders[length], seen[length]
    _, first = np.unique(longer.ids[inside], return_index=True)
    ending = _ids_at(ngrams)[longer.starts[inside][first] + 1]
    return np.bincount(ending, minlength=ngrams.count)


def _interpolate(
    orders: list[NGrams], length: int, counts: Ints, at: Ints, shorter: Floats
) -> Floats:
    """Returns probabilities (M,) by n-grams of a length, given those by shorter ones."""
    ngrams = orders[length - 1]
    contexts = np.zeros(ngrams.count, np.int64)  # each n-gram's number without its last word
    number = 1
    if length > 1:
        context = orders[length - 2]
        contexts[ngrams.ids] = _ids_at(context)[ngrams.starts]
        number = context.count
    discounts = _discounts(counts)[np.minimum(counts, 3)]
    total = np.bincount(contexts, counts, number)
    left = np.bincount(contexts, discounts, number)
    id_ = _ids_at(ngrams)[at]
    where = contexts[id_]
    seen = np.maximum(total[where], 1)
    own = np.maximum(counts[id_] - discounts[id_], 0) / seen
    return own + np.where(total[where] > 0, left[where] / seen, 1.0) * shorter


def _discounts(counts: Ints) -> Floats:
    """Returns what is taken off n-grams seen 0, 1, 2 and more times (4,).

    Text too short for the estimate, which needs n-grams seen once to four times, gets one discount
    of 1/2 for all.
    """
    once, twice, thrice, four = (float((counts == times).sum()) for times in (1, 2, 3, 4))
    if not (once and twice and thrice and four):
        return np.array([0.0, 0.5, 0.5, 0.5])
    ratio = once / (once + 2 * twice)
    estimated = np.array(
        [
            0.0,
            1 - 2 * ratio * twice / once,
            2 - 3 * ratio * thrice / twice,
            3 - 4 * ratio * four / thrice,
        ]
    )
    # The estimate leaves the open interval only where the counts are odd, e.g. of repeated text.
    return np.clip(estimated, [0, 0.05, 0.05, 0.05], [0, 0.95, 1.95, 2.95])


def _ids_at(ngrams: NGrams) -> Ints:
    """Returns the number of the n-gram that begins at each word (T,), where one does."""
    ids = np.zeros(int(ngrams.starts.max(initial=-1)) + 1, np.int64)
    ids[ngrams.starts] = ngrams.ids
    return ids
