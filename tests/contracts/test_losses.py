"""What every adversarial loss promises."""

import pytest
import torch

from multigan.core.losses import LOSSES


@pytest.fixture(params=sorted(LOSSES))
def loss(request):
    return LOSSES[request.param]


def test_returns_one_value_per_logit(loss):
    real, fake = torch.randn(2, 4, 3)
    assert loss.discriminator(real, fake).shape == (4, 3)
    assert loss.generator(real, fake).shape == (4, 3)


def test_players_pull_the_fake_logits_in_opposite_directions(loss):
    real = torch.full((4, 1), 0.3)
    fake = torch.full((4, 1), 0.2, requires_grad=True)
    (up,) = torch.autograd.grad(loss.discriminator(real, fake).sum(), fake)
    (down,) = torch.autograd.grad(loss.generator(real, fake).sum(), fake)
    assert (up > 0).all()
    assert (down < 0).all()


def test_discriminator_wants_real_logits_higher(loss):
    real = torch.full((4, 1), 0.3, requires_grad=True)
    (slope,) = torch.autograd.grad(loss.discriminator(real, torch.zeros(4, 1)).sum(), real)
    assert (slope < 0).all()


def test_generator_reads_real_logits_only_if_relativistic(loss):
    fake = torch.randn(4, 1)
    low, high = (loss.generator(torch.full((4, 1), c), fake) for c in (-1.0, 1.0))
    assert torch.equal(low, high) != loss.relativistic


def test_stays_finite_at_large_logits(loss):
    large = torch.full((2, 1), 1e4)
    for real, fake in ((large, -large), (-large, large)):
        assert loss.discriminator(real, fake).isfinite().all()
        assert loss.generator(real, fake).isfinite().all()


def test_only_absolute_losses_notice_when_all_logits_move_together(loss):
    real, fake = torch.randn(2, 16, 1)
    here = loss.discriminator(real, fake).mean()
    there = loss.discriminator(real + 0.7, fake + 0.7).mean()
    assert torch.isclose(here, there, atol=1e-5) != loss.absolute
