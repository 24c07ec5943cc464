"""Closed forms of the adversarial losses at logits where they are known."""

import math

import pytest
import torch

from multigan.core.losses import LOSSES

ZERO = torch.zeros(3, 2)


@pytest.mark.parametrize(
    ("name", "discriminator", "generator"),
    [
        ("non_saturating", 2 * math.log(2), math.log(2)),
        ("minimax", 2 * math.log(2), -math.log(2)),
        ("least_squares", 0.5, 0.5),
        ("hinge", 2.0, 0.0),
        ("wasserstein", 0.0, 0.0),
        ("relativistic", math.log(2), math.log(2)),
        ("relativistic_average", 2 * math.log(2), 2 * math.log(2)),
    ],
)
def test_value_where_the_discriminator_knows_nothing(name, discriminator, generator):
    loss = LOSSES[name]
    torch.testing.assert_close(loss.discriminator(ZERO, ZERO), torch.full((3, 2), discriminator))
    torch.testing.assert_close(loss.generator(ZERO, ZERO), torch.full((3, 2), generator))


def test_every_loss_has_its_closed_form_above():
    marks = test_value_where_the_discriminator_knows_nothing.pytestmark
    assert {case[0] for case in marks[0].args[1]} == set(LOSSES)


def test_minimax_is_a_zero_sum_game():
    real, fake = torch.randn(2, 5, 1)
    loss = LOSSES["minimax"]
    paid = loss.discriminator(real, fake) - torch.nn.functional.softplus(-real)
    torch.testing.assert_close(loss.generator(real, fake), -paid)


def test_relativistic_average_of_one_pair_is_twice_the_pairing():
    real, fake = torch.randn(2, 1, 4)
    pairing, average = LOSSES["relativistic"], LOSSES["relativistic_average"]
    twice = 2 * pairing.discriminator(real, fake)
    torch.testing.assert_close(average.discriminator(real, fake), twice)


def test_hinge_stops_caring_about_samples_beyond_the_margin():
    loss = LOSSES["hinge"]
    assert not loss.discriminator(torch.full((2, 1), 1.5), torch.full((2, 1), -1.5)).any()
