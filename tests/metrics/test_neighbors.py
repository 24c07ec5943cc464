"""Neighbor metrics against a definition spelled out in loops, and in cases anyone can count."""

import pytest
import torch
from torch import Tensor

from multigan.errors import ConfigError, ShapeError
from multigan.metrics import density_coverage, precision_recall
from multigan.metrics.distances import squared_distances
from multigan.metrics.neighbors import neighbor_radii


def draws(count: int, dim: int = 4, seed: int = 0) -> Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed)).double()


def radius(points: Tensor, index: int, k: int) -> float:
    others = [(points[index] - other).norm().item() for j, other in enumerate(points) if j != index]
    return sorted(others)[k - 1]


def inside(points: Tensor, centers: Tensor, k: int) -> Tensor:
    """Whether point j lies in the ball of center i: (points, centers) bool."""
    radii = [radius(centers, i, k) for i in range(len(centers))]
    return torch.tensor(
        [[(p - c).norm().item() <= r for c, r in zip(centers, radii, strict=True)] for p in points]
    )


@pytest.mark.parametrize("k", [1, 3])
def test_agrees_with_the_definitions_in_loops(k):
    real, fake = draws(25), draws(18, seed=1) * 0.8 + 0.3
    fakes_in_real, reals_in_fake = inside(fake, real, k), inside(real, fake, k)

    shares = precision_recall(real, fake, k)
    assert shares.precision == pytest.approx(fakes_in_real.any(1).double().mean().item())
    assert shares.recall == pytest.approx(reals_in_fake.any(1).double().mean().item())
    numbers = density_coverage(real, fake, k)
    assert numbers.density == pytest.approx(fakes_in_real.sum().item() / (k * len(fake)))
    assert numbers.coverage == pytest.approx(fakes_in_real.any(0).double().mean().item())


def reference(real: Tensor, fake: Tensor, k: int) -> tuple[float, float]:
    """Density and coverage as github.com/clovaai/generative-evaluation-prdc writes them."""
    within = (real[:, None] - real[None]).square().sum(2).sqrt()
    radii = within.kthvalue(k + 1, dim=1).values  # the nearest of all is the sample itself
    distances = (real[:, None] - fake[None]).square().sum(2).sqrt()
    density = (distances < radii[:, None]).sum(0).double().mean().item() / k
    coverage = (distances.min(1).values < radii).double().mean().item()
    return density, coverage


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_ties_count_as_in_the_reference_implementation(k, offset):
    # A grid of few places: duplicates, balls without a radius, and fakes on edges, everywhere.
    real, fake = (draws(60, 2).round() + offset), (draws(50, 2, seed=1).round() + offset)
    assert tuple(density_coverage(real, fake, k)) == pytest.approx(reference(real, fake, k))
    spread = draws(60, 4) + offset
    fakes = torch.cat([spread[:20], draws(30, 4, seed=1) + offset])  # copies among the fakes
    assert tuple(density_coverage(spread, fakes, k)) == pytest.approx(reference(spread, fakes, k))


def test_equal_samples_have_balls_that_hold_nothing():
    real = torch.zeros(8, 3)
    assert density_coverage(real, real, k=5) == (0, 0)


def test_points_on_a_line():
    real = torch.tensor([[0.0], [1.0], [2.0], [10.0]])  # radii for k=1: 1, 1, 1, 8
    fake = torch.tensor([[1.5], [2.5], [30.0]])  # radii for k=1: 1, 1, 27.5
    # 1.5 lies in the balls of 1 and 2 and not in [2, 18]; 2.5 in those of 2 and 10; 30 in none.
    assert precision_recall(real, fake, k=1).precision == pytest.approx(2 / 3)
    # [0.5, 2.5] and [1.5, 3.5] hold 1 and 2, [2.5, 57.5] holds 10; nothing holds 0.
    assert precision_recall(real, fake, k=1).recall == pytest.approx(3 / 4)
    assert density_coverage(real, fake, k=1).density == pytest.approx(4 / 3)
    assert density_coverage(real, fake, k=1).coverage == pytest.approx(3 / 4)


def test_identical_sets_are_perfect():
    features = draws(60)
    assert precision_recall(features, features) == (1, 1)
    numbers = density_coverage(features, features, k=5)
    assert numbers.coverage == 1
    assert numbers.density == pytest.approx(1)  # itself and k - 1 others; the k-th is on the edge


def test_disjoint_sets_share_nothing():
    real, fake = draws(40), draws(40, seed=1) + 1000
    assert precision_recall(real, fake) == (0, 0)
    assert density_coverage(real, fake) == (0, 0)


def test_equal_distributions_meet_their_expectations():
    # Naeem et al. (2020): density 1, coverage 1 - (N-1)...(N-k) / (M+N-1)...(M+N-k).
    count, k = 400, 5
    numbers = [
        density_coverage(draws(count, seed=2 * i), draws(count, seed=2 * i + 1), k)
        for i in range(10)
    ]
    missed = 1.0
    for j in range(1, k + 1):
        missed *= (count - j) / (2 * count - j)
    density, coverage = torch.tensor(numbers).mean(0).tolist()
    assert density == pytest.approx(1, abs=0.03)
    assert coverage == pytest.approx(1 - missed, abs=0.01)


def test_mode_collapse_costs_recall_and_coverage_but_not_precision():
    modes = torch.tensor([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0], [20.0, 20.0]]).double()
    real = draws(200, 2) + modes.repeat(50, 1)
    collapsed = draws(200, 2, seed=1) + modes[0]
    assert precision_recall(real, collapsed).precision > 0.9
    assert precision_recall(real, collapsed).recall < 0.3
    assert density_coverage(real, collapsed).coverage < 0.3


def test_far_from_the_origin_nothing_changes():
    real, fake = draws(50), draws(50, seed=1)
    assert precision_recall(real + 1e5, fake + 1e5) == precision_recall(real, fake)


def test_blocks_join_seamlessly(monkeypatch):
    real, fake = draws(30), draws(31, seed=1)
    whole = precision_recall(real, fake), density_coverage(real, fake), neighbor_radii(real, 3)
    monkeypatch.setattr("multigan.metrics.distances.BLOCK_ENTRIES", 70)  # two rows at a time
    assert len(list(squared_distances(fake, real))) == 16
    assert (precision_recall(real, fake), density_coverage(real, fake)) == whole[:2]
    torch.testing.assert_close(neighbor_radii(real, 3), whole[2])


@pytest.mark.parametrize("metric", [precision_recall, density_coverage])
def test_misuse_is_explained(metric):
    with pytest.raises(ConfigError, match=r"k=5 .* 5 real and 9 fake"):
        metric(draws(5), draws(9), 5)
    with pytest.raises(ConfigError, match="at least 1"):
        metric(draws(5), draws(9), 0)
    with pytest.raises(ShapeError, match="same extractor"):
        metric(draws(9), draws(9, dim=3), 3)
