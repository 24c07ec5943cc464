"""A small LSTM learns what an n-gram cannot see, and leaves out padding."""

import math

import pytest

from multigan.errors import ConfigError
from multigan.modalities.text.metrics import index_texts, ngram_nll
from multigan.modalities.text.metrics.neural_model import NeuralModelOptions, neural_nll

QUICK = NeuralModelOptions(width=32, dropout=0.0, epochs=60, batch_size=32, learning_rate=2e-2)


def test_it_remembers_across_what_an_n_gram_sees():
    # The last word is the first one, four words back; everything else is certain.
    texts = [f"{word} so it goes on {word}" for word in "abcd"] * 50
    (corpus,) = index_texts(texts)
    certain = math.log(4) / 7  # the first word, of seven predicted ones
    assert neural_nll(corpus, corpus, QUICK) == pytest.approx(certain, abs=0.03)
    assert ngram_nll(corpus, corpus) > 2 * certain - 0.03


def test_it_is_the_same_each_time():
    (corpus,) = index_texts([f"{a} {b}" for a in "abcde" for b in "abcde"])
    options = NeuralModelOptions(width=8, epochs=1)
    assert neural_nll(corpus, corpus, options) == neural_nll(corpus, corpus, options)


def test_too_few_texts_are_refused():
    (corpus,) = index_texts(["a b"])
    with pytest.raises(ConfigError, match="at least 10 texts"):
        neural_nll(corpus, corpus)
