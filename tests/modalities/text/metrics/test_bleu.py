"""BLEU equals sacrebleu's; Self-BLEU leaves each sample out; published tables are met."""

import time

import numpy as np
import pytest

from multigan.errors import ConfigError
from multigan.modalities.text.metrics import bleu, distinct, index_texts, self_bleu
from tests.modalities.text.metrics.captions import needs_captions, read_lines

WORDS = ["a", "man", "rides", "the", "horse", "on", "beach", "red", "dog", "."]


def random_texts(count: int, seed: int, shortest: int = 5) -> list[str]:
    draws = np.random.default_rng(seed)
    return [" ".join(draws.choice(WORDS, draws.integers(shortest, 12))) for _ in range(count)]


def sacrebleu():
    return pytest.importorskip("sacrebleu.metrics", reason="the reference is in the extra 'test'")


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_each_samples_bleu_is_sacrebleus(order):
    samples, references = random_texts(40, 0), random_texts(30, 1)
    theirs = sacrebleu().BLEU(
        smooth_method="floor", smooth_value=0.1, max_ngram_order=order, tokenize="none"
    )
    counts = bleu(*index_texts(samples, references))
    expected = [theirs.sentence_score(sample, references).score / 100 for sample in samples]
    assert counts.of_samples(order) == pytest.approx(expected, abs=1e-9)
    assert counts.references == 30


def test_a_corpus_bleu_is_sacrebleus():
    samples, references = random_texts(40, 2), random_texts(30, 3)
    theirs = sacrebleu().BLEU(smooth_method="none", tokenize="none")
    expected = theirs.corpus_score(samples, [[text] * len(samples) for text in references])
    counts = bleu(*index_texts(samples, references))
    assert counts.of_corpus(4) == pytest.approx(expected.score / 100, abs=1e-9)


def test_self_bleu_is_the_bleu_against_all_others():
    samples = random_texts(30, 4, shortest=1)
    counts = self_bleu(index_texts(samples)[0])
    for number, sample in enumerate(samples):
        others = samples[:number] + samples[number + 1 :]
        alone = bleu(*index_texts([sample], others))
        assert (counts.matches[number] == alone.matches[0]).all()
        assert counts.closest[number] == alone.closest[0]
        assert counts.of_samples(3)[number] == pytest.approx(alone.mean(3))


def test_copies_score_one_and_strangers_nothing():
    samples, references = ["a b c d e f", "a b c d e f"], ["a b c d e f", "a b"]
    assert bleu(*index_texts(samples, references)).mean(5) == pytest.approx(1)
    assert self_bleu(index_texts(samples)[0]).mean(5) == pytest.approx(1)
    assert bleu(*index_texts(["x y z"], references)).mean(2) == 0
    assert bleu(*index_texts([""], references)).mean(2) == 0


def test_what_matches_nothing_counts_as_a_tenth_of_a_match():
    (value,) = bleu(*index_texts(["a b c"], ["a c b"])).of_samples(2)
    assert value == pytest.approx(np.sqrt(1 * 0.1 / 2))


def test_short_samples_pay_the_brevity_penalty_of_the_closest_reference():
    counts = bleu(*index_texts(["a b c"], ["a b c d e f", "a b c d", "a b"]))
    assert counts.closest.tolist() == [2]  # 2 and 4 are as close: the shorter
    counts = bleu(*index_texts(["a b c"], ["a b c d e f", "a b c d e"]))
    assert counts.of_samples(1) == pytest.approx(np.exp(1 - 5 / 3))


def test_too_few_texts_are_refused():
    with pytest.raises(ConfigError, match="0 references"):
        bleu(*index_texts(["a"], []))
    with pytest.raises(ConfigError, match="two samples"):
        self_bleu(index_texts(["a"])[0])


# Source: docs/evaluation.md of Texygen (Zhu et al. 2018), and for real captions, which it lacks,
# a plain dictionary-based BLEU of the same protocol.
PUBLISHED = {
    "mle": [(0.731, 0.497, 0.305, 0.189), (0.916, 0.769, 0.583, 0.408)],
    "seq": [(0.745, 0.498, 0.294, 0.180), (0.950, 0.840, 0.670, 0.489)],
    "leakgan": [(0.746, 0.528, 0.355, 0.230), (0.966, 0.913, 0.848, 0.780)],
    "real": [(0.743, 0.525, 0.343, 0.222), (0.894, 0.750, 0.580, 0.421)],
}


@needs_captions
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_tables_are_met_in_less_than_five_seconds(name):
    path = "coco-captions-train.txt" if name == "real" else f"texygen-samples/{name}.txt"
    texts, references = read_lines(path), read_lines("coco-captions-test.txt")
    begun = time.process_time()
    samples, known = index_texts(texts, references)
    against, among = bleu(samples, known), self_bleu(samples)
    found = [[counts.mean(order) for order in (2, 3, 4, 5)] for counts in (against, among)]
    spent = time.process_time() - begun
    assert np.array(found) == pytest.approx(np.array(PUBLISHED[name]), abs=0.003)
    assert against.references == 10_000
    assert spent < 5


@needs_captions
def test_distinct_shares_of_real_captions():
    (samples,) = index_texts(read_lines("coco-captions-train.txt"))
    shares = [distinct(samples, order) for order in (1, 2, 4)]
    assert shares == pytest.approx([0.041, 0.259, 0.753], abs=0.001)
