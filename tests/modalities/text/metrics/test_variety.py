"""Shares of different n-grams, of different texts, and of texts that were copied."""

import pytest

from multigan.errors import MeasureError
from multigan.modalities.text.metrics import copied_share, distinct, index_texts, unique_share


def test_distinct_counts_n_grams_within_texts():
    (samples,) = index_texts(["a b a b", "b a"])
    assert distinct(samples, 1) == 2 / 6
    assert distinct(samples, 2) == 2 / 4  # ab ba ab, ba; none across the border
    assert distinct(samples, 3) == 2 / 2
    with pytest.raises(MeasureError, match="5 words in a row"):
        distinct(samples, 5)


def test_shares_of_texts():
    samples = ["a b", "a  b ", "c", "d"]
    assert unique_share(samples) == 3 / 4
    assert copied_share(samples, ["a b", "x", "d e"]) == 2 / 4
    assert unique_share([]) == copied_share([], ["a"]) == 0


def test_an_n_gram_is_itself_alone():
    texts = [f"w{i} w{j}" for i in range(30) for j in range(30)]
    (samples,) = index_texts(texts)
    assert distinct(samples, 2) == pytest.approx(1)
