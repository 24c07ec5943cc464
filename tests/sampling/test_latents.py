"""Walks through the latent space."""

import math

import pytest
import torch

from multigan.errors import ConfigError
from multigan.sampling.latents import (
    factorized_directions,
    principal_directions,
    project,
    pyramid_distance,
    random_directions,
    slerp,
    walk,
)


def test_the_middle_of_an_arc_between_perpendicular_unit_vectors():
    x, y = torch.eye(2)
    torch.testing.assert_close(slerp(x, y, 0.5), torch.tensor([1.0, 1.0]) / math.sqrt(2))


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_length_stays_on_the_sphere(share):
    start, end = torch.nn.functional.normalize(torch.randn(2, 6, 64), dim=2)
    torch.testing.assert_close(slerp(start, end, share).norm(dim=1), torch.ones(6))


def test_parallel_vectors_are_joined_by_a_line():
    x = torch.tensor([1.0, 0.0])
    torch.testing.assert_close(slerp(x, 3 * x, 0.5), 2 * x)


def test_a_walk_passes_through_its_stops_evenly():
    stops = torch.randn(3, 16)
    frames = walk(stops, 9)
    torch.testing.assert_close(frames[[0, 4, 8]], stops)
    assert frames.shape == (9, 16)


def test_a_walk_of_one_frame_is_its_start():
    stops = torch.randn(2, 4)
    torch.testing.assert_close(walk(stops, 1), stops[:1])


def test_a_straight_walk_has_its_middle_halfway():
    stops = torch.randn(2, 16)
    torch.testing.assert_close(walk(stops, 3, linear=True)[1], stops.mean(0))


class Scaled(torch.nn.Module):
    """A linear generator whose singular vectors are the latent's axes, in a known order."""

    STRENGTHS = (0.5, 3.0, 1.0, 2.0)

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(4, 12)
        self.last = torch.nn.Linear(12, 12)
        rotation, _ = torch.linalg.qr(torch.randn(12, 12))
        with torch.no_grad():
            self.first.weight.copy_(rotation[:, :4] * torch.tensor(self.STRENGTHS))
            self.last.weight.copy_(torch.eye(12))

    def forward(self, latent, condition=None):
        return self.last(self.first(latent))


@pytest.mark.parametrize("find", [factorized_directions, principal_directions])
def test_a_linear_generator_has_its_singular_vectors_as_directions(find):
    torch.manual_seed(0)
    found = find(Scaled(), 4, count=3)
    torch.testing.assert_close(found.vectors, torch.eye(4)[[1, 3, 2]], atol=0.1, rtol=0)
    torch.testing.assert_close(found.strengths, torch.tensor([3.0, 2.0, 1.0]), atol=0.1, rtol=0.05)


class WithPlaces(Scaled):
    """Its samples also depend on a layer over places, which hears no latent."""

    def __init__(self):
        super().__init__()
        self.places = torch.nn.Linear(2, 12)

    def forward(self, latent, condition=None):
        return self.last(self.first(latent)) + self.places(torch.ones(7, 2)).sum(0)


@pytest.mark.parametrize("find", [factorized_directions, principal_directions])
def test_layers_that_hear_no_latent_are_passed_over(find):
    torch.manual_seed(0)
    found = find(WithPlaces(), 4, count=1)
    torch.testing.assert_close(found.vectors, torch.eye(4)[[1]], atol=0.1, rtol=0)


def test_moving_along_a_direction():
    directions = random_directions(6, count=3, seed=1)
    torch.testing.assert_close(directions.vectors @ directions.vectors.T, torch.eye(3))
    latents = torch.randn(2, 6)
    moved = directions.move(latents, 2, torch.tensor([1.0, -2.0]))
    torch.testing.assert_close((moved - latents) @ directions.vectors[2], torch.tensor([1.0, -2.0]))
    with pytest.raises(ConfigError, match="directions 0 to 2, not 3"):
        directions.move(latents, 3, 1.0)
    with pytest.raises(ConfigError, match="1 to 6 directions"):
        random_directions(6, count=7)


def test_projection_finds_the_latents_of_a_linear_generator():
    torch.manual_seed(0)
    generator, latents = Scaled(), torch.randn(3, 4)
    found = project(generator, generator(latents).detach(), 4, steps=200)
    torch.testing.assert_close(found.latents, latents, atol=0.05, rtol=0)
    assert (found.distances < 0.01 * found.starts).all()
    assert all(p.requires_grad and p.grad is None for p in generator.parameters())


def test_projection_never_ends_farther_than_it_began():
    torch.manual_seed(0)
    found = project(Scaled(), torch.full((2, 12), 50.0), 4, steps=3, learning_rate=1e3)
    assert (found.distances <= found.starts).all()


def test_the_pyramid_counts_a_pixel_off_as_nearer_than_two():
    line = torch.zeros(1, 1, 8, 8)
    line[..., 4] = 1
    off = pyramid_distance(line.roll(1, -1), line)
    assert pyramid_distance(line, line) == 0
    assert off < pyramid_distance(line.roll(2, -1), line)
