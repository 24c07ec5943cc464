"""Mixtures have the centers, the spread and the shares that they state."""

import pytest
import torch

from multigan.data.synthetic import Grid, Ring
from multigan.errors import ConfigError


@pytest.mark.parametrize("mixture", [Ring(), Ring(3, radius=2, std=0.1), Grid(), Grid(side=2)])
def test_points_lie_around_their_modes_in_equal_shares(mixture):
    count = 400 * len(mixture.centers)
    source = mixture.source(count, seed=1)
    points, modes = source.read(torch.arange(count))
    offsets = points - mixture.centers[modes]
    assert offsets.std().item() == pytest.approx(mixture.std, rel=0.05)
    assert offsets.mean(0).abs().max() < 4 * mixture.std / count**0.5
    assert (modes.bincount() == 400).all()
    assert source.condition.size == len(mixture.centers)


def test_a_ring_is_round_and_a_grid_is_centered():
    assert Ring(radius=2.0).centers.norm(dim=1).allclose(torch.tensor(2.0))
    assert Ring().centers.sum(0).abs().max() < 1e-6
    assert Grid().centers.sum(0).abs().max() < 1e-6
    assert Grid().centers.abs().max() == 1


def test_the_seed_alone_fixes_the_points():
    assert torch.equal(Ring().source(10, seed=1).raw, Ring().source(10, seed=1).raw)
    assert not torch.equal(Ring().source(10, seed=1).raw, Ring().source(10, seed=2).raw)


def test_no_points_are_refused():
    with pytest.raises(ConfigError, match="at least one"):
        Ring().source(0)
