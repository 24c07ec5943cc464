"""The control of the sum of likelihoods: worthless, and better by it than what is in print."""

from benchmarks.text_oracle.experiment import PUBLISHED
from benchmarks.text_oracle.stuck import Stuck
from benchmarks.text_oracle.tradeoff import sweep
from multigan.modalities.text.oracle import LENGTH, Oracle


def test_its_likelihoods_are_those_of_its_samples():
    stuck = Stuck(Oracle.drawn(0, vocab_size=3, size=4), share=0.5)
    samples = stuck.sample(4000, alpha=1.0, seed=0)
    same = (samples == stuck.sentence).all(1)
    assert 0.45 < same.float().mean() < 0.55
    (said,) = stuck.nll(stuck.sentence, [1.0])
    assert abs(said * LENGTH - 0.693147) < 1e-5
    (other,) = stuck.nll(samples[~same], [1.0])
    assert abs(other * LENGTH - (0.693147 + LENGTH * 1.098612)) < 1e-3


def test_the_sum_takes_it_for_a_good_model_and_the_divergence_does_not():
    oracle = Oracle.drawn(0)  # of the literature's size
    test = oracle.sample(50, seed=1)
    (point,) = sweep(Stuck(oracle), oracle, test, alphas=[1.0], samples=500)
    assert point.total < PUBLISHED["MLE, published"] - 1
    assert point.excess > point.total - 0.2  # it has hardly any entropy
