"""Balanced losses: shares of the gradient are what the weights say."""

import pytest
import torch

from multigan.core.balancer import Balancer
from multigan.errors import ConfigError


def gradient(terms, output):
    (found,) = torch.autograd.grad(sum(terms.values()), output)
    return found


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_shares_do_not_depend_on_the_losses_scale(scale):
    output = torch.randn(5, 2, requires_grad=True)
    balancer = Balancer({"first": 1.0, "second": 3.0}, total=2.0)
    terms = balancer({"first": scale * output[:, 0].sum(), "second": output[:, 1].sum()}, output)
    expected = torch.tensor([0.5, 1.5]).expand(5, 2)
    torch.testing.assert_close(gradient(terms, output), expected)


def test_values_are_the_losses_own():
    output = torch.randn(4, 3, requires_grad=True)
    losses = {"square": output.square().mean(), "sum": output.sum()}
    terms = Balancer({"square": 1.0, "sum": 2.0})(losses, output)
    assert {n: t.item() for n, t in terms.items()} == pytest.approx(
        {n: t.item() for n, t in losses.items()}, rel=1e-4
    )


def test_directions_are_kept():
    output = torch.randn(4, 3, requires_grad=True)
    loss = output.square().sum()
    balanced = gradient(Balancer({"only": 7.0})({"only": loss}, output), output)
    assert torch.cosine_similarity(balanced.flatten(), output.flatten(), dim=0).item() > 0.99999


def test_norms_are_averaged_over_batches():
    balancer = Balancer({"only": 1.0}, decay=0.5)
    output = torch.zeros(1, 1, requires_grad=True)
    for slope in (1.0, 4.0):
        balanced = gradient(balancer({"only": slope * output.sum()}, output), output)
    # (0.5 * 1 + 4) / (0.5 + 1) = 3: the second gradient is 4/3 of the average.
    assert balanced.item() == pytest.approx(4 / 3)
    restored = Balancer({"only": 1.0}, decay=0.5)
    restored.load_state_dict(balancer.state_dict())
    again = [gradient(b({"only": output.sum()}, output), output) for b in (balancer, restored)]
    assert again[0] == again[1]


def test_a_vanished_gradient_stays_finite():
    output = torch.zeros(2, 2, requires_grad=True)
    terms = Balancer({"flat": 1.0, "steep": 1.0})(
        {"flat": 0 * output.sum(), "steep": output.sum()}, output
    )
    assert gradient(terms, output).isfinite().all()


def test_weights_are_knobs_and_checked():
    balancer = Balancer({"first": 1.0, "second": 1.0})
    balancer.knobs["second.weight"].set(0.0)
    output = torch.randn(3, 2, requires_grad=True)
    terms = balancer({"first": output[:, 0].sum(), "second": output[:, 1].sum()}, output)
    assert not gradient(terms, output)[:, 1].any()
    with pytest.raises(ConfigError, match="third"):
        balancer({"third": output.sum()}, output)
    with pytest.raises(ConfigError, match="at least 0"):
        Balancer({"first": -1.0})
