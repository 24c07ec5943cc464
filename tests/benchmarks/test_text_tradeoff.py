"""The sweep over temperatures, on models whose numbers are known."""

import pytest
import torch
from torch import Tensor

from benchmarks.text_oracle.tradeoff import Point, sweep

TRUE = torch.tensor([0.7, 0.2, 0.1]).log()


class Weather:
    """Tokens that know nothing of one another; a truth, and a model of it."""

    def __init__(self, log_probs: Tensor) -> None:
        self.logits = log_probs

    def _at(self, alpha: float) -> Tensor:
        return (alpha * self.logits).log_softmax(-1)

    def log_probs(self, ids: Tensor) -> Tensor:
        return self._at(1.0)[ids]

    def sample(self, count: int, *, alpha: float, seed: int) -> Tensor:
        draws = torch.Generator().manual_seed(seed)
        probabilities = self._at(alpha).exp().expand(count, -1)
        return torch.multinomial(probabilities, 4, replacement=True, generator=draws)

    def nll(self, ids, alphas):
        return [-self._at(alpha)[ids].mean().item() for alpha in alphas]


def test_a_perfect_model_has_the_entropy_twice_and_a_lower_sum_when_colder():
    truth = Weather(TRUE)
    sentences = truth.sample(5000, alpha=1.0, seed=9)
    points = sweep(truth, truth, sentences, alphas=[0.5, 1.0, 1.6], samples=5000)
    entropy = -(TRUE.exp() * TRUE).sum().item()
    assert points[1].nll_oracle == pytest.approx(entropy, abs=0.02)
    assert points[1].nll_test == pytest.approx(entropy, abs=0.02)
    # The true model is the likeliest for true sentences, so a little colder costs next to nothing
    # there, and makes samples likelier at once.
    best = min(points, key=lambda point: point.total)
    assert best.alpha == 1.6
    assert best.total < 2 * entropy - 0.05
    # Not so the excess, which is the entropy and two divergences.
    nearest = min(points, key=lambda point: point.excess)
    assert nearest.alpha == 1.0
    assert nearest.excess == pytest.approx(entropy, abs=0.03)


def test_the_excess_is_the_entropy_and_both_divergences():
    truth, model = Weather(TRUE), Weather(torch.tensor([0.2, 0.5, 0.3]).log())
    sentences = truth.sample(20_000, alpha=1.0, seed=9)
    (point,) = sweep(model, truth, sentences, alphas=[1.0], samples=20_000)
    p, q = TRUE.exp(), model.logits.exp()
    divergences = ((p - q) * (p / q).log()).sum().item()
    entropy = -(p * TRUE).sum().item()
    assert point.excess == pytest.approx(entropy + divergences, abs=0.02)


def test_colder_samples_are_likelier_and_colder_models_know_less():
    truth, flat = Weather(TRUE), Weather(TRUE / 2)
    sentences = truth.sample(2000, alpha=1.0, seed=9)
    points = sweep(flat, truth, sentences, alphas=[1.0, 2.0, 4.0, 8.0])
    qualities = [point.nll_oracle for point in points]
    assert qualities == sorted(qualities, reverse=True)
    assert min(points, key=lambda point: point.nll_test).alpha == 2.0  # which makes it the truth


def test_the_total_is_the_sum():
    assert Point(1.0, 6.0, 9.25, 5.0).total == 15.25
    assert Point(1.0, 6.0, 9.25, 5.0).excess == 10.25
