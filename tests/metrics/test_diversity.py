"""Diversity, duplicates, agreement and modes in cases that can be counted by hand."""

import pytest
import torch

from multigan.errors import ConfigError, ShapeError
from multigan.metrics import (
    class_agreement,
    class_diversity_ratio,
    duplicate_shares,
    mean_pairwise_distance,
    mode_coverage,
    within_class_diversity,
)
from multigan.metrics.diversity import typical_gap

LINE = torch.tensor([[0.0], [1.0], [3.0]])  # distances 1, 2 and 3


def test_mean_pairwise_distance_of_three_points():
    assert mean_pairwise_distance(LINE) == pytest.approx(2)
    assert mean_pairwise_distance(torch.full((4, 3), 7.3)) == 0
    with pytest.raises(ConfigError, match="at least 2"):
        mean_pairwise_distance(LINE[:1])


def test_mean_pairwise_distance_agrees_with_pdist():
    features = torch.randn(70, 9, generator=torch.Generator().manual_seed(0)).double()
    expected = torch.pdist(features).mean().item()
    assert mean_pairwise_distance(features + 100) == pytest.approx(expected)


def test_within_class_diversity_looks_inside_classes_only():
    features = torch.cat([LINE, 2 * LINE + 1000, LINE[:1]])
    labels = torch.tensor([0, 0, 0, 4, 4, 4, 7])
    assert within_class_diversity(features, labels) == {0: pytest.approx(2), 4: pytest.approx(4)}


def test_class_diversity_ratio_averages_over_shared_classes():
    real, labels = torch.cat([LINE, LINE]), torch.tensor([0, 0, 0, 1, 1, 1])
    fake = torch.cat([LINE, 0 * LINE])  # class 1 has collapsed
    assert class_diversity_ratio(real, labels, real, labels) == pytest.approx(1)
    assert class_diversity_ratio(real, labels, fake, labels) == pytest.approx(0.5)
    with pytest.raises(ConfigError, match="No class"):
        class_diversity_ratio(real, labels, fake, labels + 2)
    with pytest.raises(ShapeError, match="one class per sample"):
        class_diversity_ratio(real, labels[:3], fake, labels)


def test_duplicates_are_counted_with_their_originals():
    features = torch.tensor([[0.0], [0.0], [5.0], [5.01], [9.0]])
    shares = duplicate_shares(features, near=0.1)
    assert shares.exact == pytest.approx(2 / 5)
    assert shares.near == pytest.approx(4 / 5)
    assert duplicate_shares(LINE, near=0.5) == (0, 0)
    assert typical_gap(LINE) == pytest.approx(1)


def test_class_agreement_is_a_share():
    assert class_agreement(torch.tensor([1, 2, 3, 3]), torch.tensor([1, 2, 3, 0])) == 0.75
    with pytest.raises(ShapeError, match="one class per sample"):
        class_agreement(torch.tensor([1]), torch.tensor([1, 2]))


def ring(modes: int = 8) -> torch.Tensor:
    angles = torch.arange(modes) * 2 * torch.pi / modes
    return torch.stack([angles.cos(), angles.sin()], 1)


def test_draws_from_the_mixture_reach_all_modes():
    noise = torch.randn(4000, 2, generator=torch.Generator().manual_seed(0))
    found = mode_coverage(ring().repeat(500, 1) + 0.02 * noise, ring(), std=0.02)
    assert (found.covered, found.total) == (8, 8)
    # In two dimensions, a Gaussian stays within 3 standard deviations with 1 - exp(-9/2).
    assert found.high_quality == pytest.approx(0.98889, abs=0.01)
    assert sum(found.counts) == round(4000 * found.high_quality)


def test_collapse_and_strays_are_told_apart():
    samples = torch.cat([ring()[:2], ring()[:1], torch.tensor([[0.0, 0.0], [torch.nan, 0.0]])])
    found = mode_coverage(samples, ring(), std=0.02)
    assert found.covered == 2
    assert found.counts == (2, 1, 0, 0, 0, 0, 0, 0)
    assert found.high_quality == pytest.approx(3 / 5)


def test_all_samples_lost_is_no_crash():
    assert mode_coverage(torch.full((3, 2), torch.inf), ring(), std=0.1).covered == 0
    with pytest.raises(ShapeError, match="space of the centers"):
        mode_coverage(torch.zeros(3, 3), ring(), std=0.1)
    with pytest.raises(ConfigError, match="std=0"):
        mode_coverage(torch.zeros(3, 2), ring(), std=0)
