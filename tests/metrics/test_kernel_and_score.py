"""The kernel distance is unbiased; the score is 1 for doubt and K for certainty."""

import pytest
import torch

from multigan.errors import ConfigError, ShapeError
from multigan.metrics import inception_score, kernel_distance


def draws(count: int, dim: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed))


def test_kernel_distance_of_two_points_masses():
    # k(x, y) = (xy + 1)^3 in one dimension: k(0, 0) = k(0, 1) = 1 and k(1, 1) = 8.
    distance = kernel_distance(torch.zeros(8, 1), torch.ones(6, 1))
    assert distance.mean == pytest.approx(1 + 8 - 2 * 1)
    assert distance.std == 0


def test_kernel_distance_of_equal_distributions_is_zero_on_average():
    distances = [kernel_distance(draws(60, 8, 2 * i), draws(60, 8, 2 * i + 1)) for i in range(30)]
    means = torch.tensor([distance.mean for distance in distances])
    assert means.mean().abs() < 4 * means.std() / len(means) ** 0.5
    assert (means < 0).any()  # what "unbiased" costs


def test_kernel_distance_sees_a_shift_and_repeats_for_a_seed():
    real, fake = draws(80, 8), draws(80, 8, seed=1)
    near, far = kernel_distance(real, fake), kernel_distance(real, fake + 1)
    assert far.mean > 10 * abs(near.mean)
    assert kernel_distance(real, fake) == near
    assert kernel_distance(real, fake, seed=1) != near


def test_kernel_distance_needs_enough_samples():
    with pytest.raises(ConfigError, match=r"3 fake samples.*at least 4"):
        kernel_distance(draws(9, 2), draws(3, 2))
    with pytest.raises(ConfigError, match="subsets=0"):
        kernel_distance(draws(9, 2), draws(9, 2), subsets=0)


def test_score_of_certain_and_even_classes_is_their_number():
    certain = torch.eye(5).repeat(20, 1)
    assert inception_score(certain, splits=1).mean == pytest.approx(5)


def test_score_of_doubt_and_of_collapse_is_one():
    assert inception_score(torch.full((40, 5), 0.2)).mean == pytest.approx(1)
    assert inception_score(torch.eye(5)[:1].repeat(40, 1)).mean == pytest.approx(1)


def test_score_of_two_samples_in_closed_form():
    probabilities = torch.tensor([[0.75, 0.25], [0.25, 0.75]]).double()
    divergence = 0.75 * torch.log(torch.tensor(1.5)) + 0.25 * torch.log(torch.tensor(0.5))
    assert inception_score(probabilities, splits=1).mean == pytest.approx(divergence.exp().item())


def test_score_does_not_depend_on_sorted_samples():
    # Cut in order, every split of samples sorted by class would hold one class and score 1.
    sorted_by_class = torch.eye(4).repeat_interleave(100, 0)
    assert inception_score(sorted_by_class, splits=4).mean > 3.8


def test_score_refuses_what_are_not_probabilities():
    with pytest.raises(ConfigError, match="softmax"):
        inception_score(draws(10, 3))
    with pytest.raises(ConfigError, match="splits"):
        inception_score(torch.full((5, 2), 0.5), splits=6)
    with pytest.raises(ShapeError, match=r"\(N, K\)"):
        inception_score(torch.full((5,), 0.2))
