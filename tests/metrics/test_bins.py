"""Bins of equal sets are filled alike; a lost mode is seen."""

import math
from statistics import fmean

import pytest
import torch

from multigan.errors import ConfigError
from multigan.metrics.bins import fill_bins
from multigan.metrics.frechet import extrapolated_frechet, frechet_distance


def modes(count: int, places: int = 10) -> torch.Tensor:
    """Points at `places` far corners, (count, 4)."""
    centers = 100 * torch.randn(10, 4, generator=torch.Generator().manual_seed(1))
    return centers[torch.arange(count) % places] + torch.randn(count, 4)


def test_equal_sets_fill_bins_alike():
    same = fill_bins(modes(1000), modes(1000), 10)
    assert (same.different, same.empty) == (0, 0)
    assert same.divergence < 1e-9


def test_lost_modes_are_counted():
    lost = fill_bins(modes(1000), modes(1000, places=5), 10)
    assert lost.different == 1  # five are empty, the others too full
    assert lost.empty == 0.5
    # P = 1/10 each, Q = 1/5 or 0: the mean of both is 3/20 or 1/20.
    expected = 0.5 * (0.5 * math.log2(2 / 3) + 0.5 * math.log2(2) + math.log2(4 / 3))
    assert lost.divergence == pytest.approx(expected, abs=1e-6)


def test_chance_alone_differs_in_about_five_percent():
    torch.manual_seed(3)
    found = [fill_bins(torch.randn(1000, 2), torch.randn(1000, 2), 20).different for _ in range(5)]
    assert sum(found) / 5 < 0.2


def test_more_bins_than_samples_are_refused():
    with pytest.raises(ConfigError, match="cannot be cut into 50"):
        fill_bins(torch.randn(20, 2), torch.randn(20, 2), 50)


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_extrapolation_takes_away_the_bias_of_few_samples(shift):
    found = []
    for seed in range(6):
        generator = torch.Generator().manual_seed(seed)
        real, fake = torch.randn(2, 128, 32, generator=generator)
        found.append(extrapolated_frechet(real, fake + shift / 32**0.5, seed=seed))
        again = frechet_distance(real, fake + shift / 32**0.5)
        assert found[-1].finite == pytest.approx(again, rel=1e-9)
    assert fmean(one.finite for one in found) > shift + 4  # the true distance is the shift's square
    assert fmean(one.value for one in found) == pytest.approx(shift, abs=0.4)


def test_extrapolation_from_fewer_than_four_samples_a_feature_is_refused():
    with pytest.raises(ConfigError, match=r"32 features wants at least 128 samples .* are 127"):
        extrapolated_frechet(torch.randn(127, 32), torch.randn(200, 32))
