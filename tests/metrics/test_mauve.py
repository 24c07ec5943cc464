"""The area under the divergence curve, in closed form, and what it tells apart."""

import numpy as np
import pytest
import torch

from multigan.metrics.mauve import frontier_area, mauve


def test_equal_histograms_have_area_one_and_disjoint_ones_next_to_none():
    half = np.array([0.5, 0.5])
    assert frontier_area(half, half) == pytest.approx(1)
    # The curve is ((1 - w)^5, w^5), and the area under it 5 B(6, 5) = 1 / 252.
    area = frontier_area(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert area == pytest.approx(1 / 252, abs=2e-4)


def test_it_is_symmetric_and_between_the_two():
    one, other = np.array([0.7, 0.2, 0.1]), np.array([0.1, 0.2, 0.7])
    assert frontier_area(one, other) == pytest.approx(frontier_area(other, one))
    assert 1 / 252 < frontier_area(one, other) < 1


def test_samples_of_one_distribution_are_nearer_than_collapsed_and_strange_ones():
    draws = torch.Generator().manual_seed(0)
    centers = 10 * torch.randn(8, 5, generator=draws)

    def sample(modes: int) -> torch.Tensor:
        which = torch.randint(modes, (200,), generator=draws)
        return centers[which] + torch.randn(200, 5, generator=draws)

    real = sample(8)
    alike, collapsed = mauve(real, sample(8)), mauve(real, sample(2))
    assert alike > 0.8
    assert collapsed < alike - 0.3
    assert mauve(real, -real) < 0.1
    assert mauve(real, real) == pytest.approx(1)
