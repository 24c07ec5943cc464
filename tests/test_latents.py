"""Walks through the latent space."""

import math

import pytest
import torch

from multigan.latents import slerp, walk


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
