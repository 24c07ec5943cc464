"""Kneser-Ney: probabilities that sum to one, a value by hand, and what the scores tell apart."""

import numpy as np
import pytest

from multigan.modalities.text.metrics import index_texts, ngram_log_probs, ngram_nll, with_unknown
from tests.modalities.text.metrics.captions import needs_captions, read_lines

TEXTS = ["a b c", "a b d", "b c", "c c a b", "d", "a b c d", "b a"]


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("context", ["", "a", "a b", "c c", "d d"])
def test_what_may_follow_sums_to_one(order, context):
    words = ["a", "b", "c", "d", "e"]
    length = len(context.split())
    training, ended, *followed = index_texts(TEXTS, [context], *[[f"{context} {w}"] for w in words])
    ends = np.exp(ngram_log_probs(training, ended, order)[-1])
    total = sum(np.exp(ngram_log_probs(training, text, order)[length]) for text in followed)
    assert total + ends == pytest.approx(1)


def test_a_bigram_by_hand():
    training, scored = index_texts(["a b", "a c"], ["b"])
    # Too short for the estimate: every discount is 1/2. Bigrams: <s>a <s>a, ab, ac, b</s>, c</s>.
    # b ends one of the 5 different bigrams, and 4 words (a, b, c and the end) end any.
    unigram = (1 - 0.5) / 5 + 0.5 * 4 / 5 * 1 / 4
    # After the start comes a, twice: half of one count in two is left for all others.
    after_start = 0.5 / 2 * unigram
    # After b the end comes once; it ends two different bigrams.
    end = (1 - 0.5) / 1 + 0.5 * ((2 - 0.5) / 5 + 0.5 * 4 / 5 * 1 / 4)
    assert np.exp(ngram_log_probs(training, scored, 2)) == pytest.approx([after_start, end])


def test_unknown_words_are_one_word():
    training, scored = index_texts(["a b a"], ["a x y b"])
    known = with_unknown(scored, training)
    assert known.words.tolist() == [1, 0, 0, 2]
    assert known.vocab_size == 3
    assert np.isfinite(ngram_nll(with_unknown(training, training), known))


@needs_captions
def test_the_reverse_score_ranks_published_models():
    test = read_lines("coco-captions-test.txt")
    names = ["coco-captions-train.txt", *(f"texygen-samples/{n}.txt" for n in ("mle", "leakgan"))]
    forward, reverse = [], []
    for name in names:
        samples, reference = index_texts(read_lines(name), test)
        samples, reference = with_unknown(samples, reference), with_unknown(reference, reference)
        forward.append(ngram_nll(reference, samples))
        reverse.append(ngram_nll(samples, reference))
    assert forward[2] < forward[0] < forward[1]  # LeakGAN's few sentences are the most fluent
    assert reverse[0] < reverse[1] - 0.2 < reverse[2] - 0.4  # and tell the least about real text
