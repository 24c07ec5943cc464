"""Two Gaussians have a distance in closed form, and features are only ever seen as Gaussians."""

import pytest
import torch

from multigan.errors import ConfigError, ShapeError
from multigan.metrics import Gaussian, frechet_distance


def draws(count: int, dim: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed)).double()


def gaussian(mean: list[float], covariance: torch.Tensor) -> Gaussian:
    return Gaussian(torch.tensor(mean).double(), covariance.double(), count=100)


def test_moments_are_the_unbiased_ones():
    features = torch.tensor([[0.0, 0.0], [2.0, 4.0]])
    moments = Gaussian.fit(features)
    assert moments.mean.tolist() == [1, 2]
    assert moments.covariance.tolist() == [[2, 4], [4, 8]]
    assert moments.count == 2


def test_commuting_covariances_have_a_distance_of_standard_deviations():
    left = gaussian([0, 0, 0], torch.diag(torch.tensor([1.0, 4.0, 9.0])))
    right = gaussian([3, 0, 4], torch.diag(torch.tensor([4.0, 4.0, 1.0])))
    # 5^2 for the means, (1-2)^2 + (2-2)^2 + (3-1)^2 for the standard deviations.
    assert frechet_distance(left, right) == pytest.approx(30)


def test_rotated_covariances_agree_with_the_root_of_their_product():
    # For 2 x 2 matrices, Tr (AB)^(1/2) = sqrt(Tr AB + 2 sqrt(det AB)).
    a = torch.tensor([[2.0, 0.5], [0.5, 1.0]]).double()
    b = torch.tensor([[1.0, -0.7], [-0.7, 3.0]]).double()
    root = ((a @ b).trace() + 2 * torch.linalg.det(a @ b).sqrt()).sqrt()
    expected = a.trace() + b.trace() - 2 * root
    assert frechet_distance(gaussian([0, 0], a), gaussian([0, 0], b)) == pytest.approx(
        expected.item()
    )


@pytest.mark.parametrize(
    ("count", "dim"), [(200, 8), (20, 64)], ids=["full rank", "rank deficient"]
)
def test_a_set_is_at_distance_zero_from_itself(count, dim):
    features = draws(count, dim)
    assert 0 <= frechet_distance(features, features) < 1e-9
    assert frechet_distance(features, features + 2) == pytest.approx(4 * dim)


def test_constant_features_differ_by_their_means_only():
    assert frechet_distance(torch.zeros(5, 3), torch.ones(7, 3)) == pytest.approx(3)


def test_distance_is_symmetric_and_ignores_rotations():
    left, right = draws(300, 6), draws(200, 6, seed=1) * 2 + 1
    rotation = torch.linalg.qr(draws(6, 6, seed=2)).Q
    distance = frechet_distance(left, right)
    assert frechet_distance(right, left) == pytest.approx(distance)
    assert frechet_distance(left @ rotation, right @ rotation) == pytest.approx(distance)


def test_distance_grows_with_noise():
    features, noise = draws(500, 16), draws(500, 16, seed=1)
    distances = [frechet_distance(features, features + s * noise) for s in (0, 0.5, 1, 2, 4)]
    assert distances == sorted(distances)
    assert distances[0] < 1e-9 < distances[1]


def test_cached_moments_give_the_same_number():
    real, fake = draws(50, 4), draws(60, 4, seed=1)
    assert frechet_distance(Gaussian.fit(real), fake) == frechet_distance(real, fake)


def test_misuse_is_explained():
    with pytest.raises(ShapeError, match="same extractor"):
        frechet_distance(draws(9, 3), draws(9, 4))
    with pytest.raises(ShapeError, match=r"expected \(N, F\)"):
        frechet_distance(torch.zeros(9, 3, 2), torch.zeros(9, 3, 2))
    with pytest.raises(ConfigError, match=r"1 fake samples.*at least 2"):
        frechet_distance(draws(9, 3), draws(1, 3))
    with pytest.raises(ConfigError, match="not finite"):
        frechet_distance(draws(9, 3), torch.full((9, 3), torch.nan))
