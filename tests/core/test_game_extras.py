"""Top-k updates, packs and unrolling: what each does to the game, in closed form or by hand."""

import copy

import pytest
import torch
from torch import nn

from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame, top_mean
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.packing import Packed, packed_shape
from multigan.core.prior import Prior
from multigan.core.regularizers import DRAGAN, R1, R2, WassersteinGradientPenalty
from multigan.core.unrolled import UnrolledGame
from multigan.errors import ConfigError, ShapeError
from tests.tiny import MLP, Ring, make_game, make_trainer

# What the discriminator's phase tells


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_the_game_logs_what_the_logits_say(loss):
    game = make_game(loss)
    with seeded("observed"):
        real, fake = torch.randn(2, 64, 1)
    seen = game._observed(real, fake)
    wins = (real > fake).float().mean()
    torch.testing.assert_close(seen["advantage"], 2 * wins - 1)
    sign = 2 * (real > 0).float().mean() - 1 if LOSSES[loss].absolute else seen["advantage"]
    torch.testing.assert_close(seen["sign"], sign)


def test_what_is_only_logged_moves_nobody():
    plain, observed = make_trainer(), make_trainer()
    plain.objective._observed = lambda real, fake: {}
    plain.fit(3)
    observed.fit(3)
    for one, other in zip(
        plain.objective.parameters(), observed.objective.parameters(), strict=True
    ):
        assert torch.equal(one, other)


def test_discriminator_steps_are_a_knob():
    trainer = make_trainer()
    trainer.turn("discriminator_steps", 3)
    trainer.step()
    assert trainer.batches_seen == 4
    with pytest.raises(ConfigError, match="discriminator_steps cannot be 0"):
        trainer.turn("discriminator_steps", 0)


# Top-k


def test_top_mean_keeps_the_losses_of_the_highest_logits():
    losses, logits = (
        torch.tensor([[1.0], [2.0], [3.0], [4.0]]),
        torch.tensor([[9.0], [0], [8], [1]]),
    )
    assert top_mean(losses, logits, 0.5) == 2.0  # the first and the third
    assert top_mean(losses, logits, 1.0) == 2.5
    assert top_mean(losses, logits, 0.01) == 1.0  # never none


def test_rejected_samples_teach_the_generator_nothing():
    fake = torch.randn(6, 1, requires_grad=True)
    top_mean(LOSSES["non_saturating"].generator(fake, fake), fake, 0.5).backward()
    rejected = fake.detach().squeeze(1).argsort()[:3]
    assert not fake.grad[rejected].any()
    assert fake.grad.count_nonzero() == 3


@pytest.mark.parametrize("share", [0, -1, 1.5])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ConfigError, match="top_share lies above 0"):
        make_game(top_share=share)


# Packs


@pytest.mark.parametrize("shape", [(2,), (1, 4, 4), (12, 30)])
def test_a_pack_is_its_neighbors_channels(shape):
    seen = []

    class Seeing(nn.Module):
        def forward(self, samples, condition=None):
            seen.append(samples)
            return samples.flatten(1).sum(1, keepdim=True)

    samples = torch.randn(6, *shape)
    logits = Packed(Seeing(), 3)(samples)
    assert logits.shape == (2, 1)
    assert seen[0].shape == (2, *packed_shape(shape, 3))
    torch.testing.assert_close(seen[0][1], samples[3:].reshape(packed_shape(shape, 3)))


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_packed_games_train_with_penalties(loss):
    game = AdversarialGame(
        MLP(8, 2), Packed(MLP(4, 1), 2), Prior(8), LOSSES[loss], regularizers=[R1(), R2()]
    )
    logs = make_trainer(game=game).step()
    assert all(value.isfinite() for value in logs.values())


class Total(nn.Module):
    """Scores a sample by the sum of its numbers, so its slope has the length sqrt(numbers)."""

    def forward(self, samples, condition=None):
        return samples.flatten(1).sum(1, keepdim=True)


@pytest.mark.parametrize("pack", [1, 2, 4])
def test_penalties_measure_the_slope_of_a_whole_pack(pack):
    """It is 2 P numbers long: R1 is 2 P / 2, R2 the same, a one-centered one (sqrt(2 P) - 1)^2."""
    penalties = [R1(1.0), R2(1.0), WassersteinGradientPenalty(1.0), DRAGAN(1.0)]
    judge = Total() if pack == 1 else Packed(Total(), pack)
    game = AdversarialGame(
        MLP(3, 2), judge, Prior(3), LOSSES["wasserstein"], regularizers=penalties
    )
    terms = game.discriminator_terms(Batch(torch.randn(8, 2)), 0)
    centered = ((2 * pack) ** 0.5 - 1) ** 2
    wanted = {"r1": pack, "r2": pack, "gradient_penalty": centered, "dragan": centered}
    assert {name: float(terms[name]) for name in wanted} == pytest.approx(wanted, rel=1e-5)


def test_a_gradient_penalty_mixes_a_pack_as_one_sample():
    """Of real samples at 0 and generated ones at 1, both of a pack come out alike."""
    seen = []

    class Watching(Total):
        def forward(self, samples, condition=None):
            seen.append(samples.detach())
            return super().forward(samples, condition)

    class Ones(nn.Module):
        def forward(self, latent, condition=None):
            return torch.ones(len(latent), 2)

    game = AdversarialGame(
        Ones(), Packed(Watching(), 2), Prior(3), LOSSES["wasserstein"],
        regularizers=[WassersteinGradientPenalty()],
    )  # fmt: skip
    game.discriminator_terms(Batch(torch.zeros(8, 2)), 0)
    mixed = seen[-1]
    assert mixed.std(1).max() < 1e-6
    assert len(mixed[:, 0].unique()) == 4


def test_a_pack_tells_twins_from_strangers():
    """The discriminator sees one sample repeated; alone, each of them looks real."""
    game = AdversarialGame(MLP(8, 2), Packed(MLP(4, 1), 2), Prior(8), LOSSES["non_saturating"])
    optimizer = torch.optim.Adam(game.discriminator.parameters(), lr=3e-3)
    data = Ring(batch_size=256).batches(0)
    for _ in range(300):
        real = next(data).samples
        twins = real[::2].repeat_interleave(2, 0)
        loss = game.loss.discriminator(game.score(real, None), game.score(twins, None)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert (game.score(real, None) > 0).float().mean() > 0.8


def test_packs_refuse_what_they_cannot_hold():
    with pytest.raises(ConfigError, match="at least 2"):
        Packed(MLP(2, 1), 1)
    with pytest.raises(ShapeError, match="different conditions"):
        Packed(MLP(4, 1), 2)(torch.randn(4, 2), torch.zeros(4))
    with pytest.raises(ShapeError, match="multiple"):
        Packed(MLP(4, 1), 2)(torch.randn(3, 2))


# Unrolling


class Scalar(nn.Module):
    """A player of one number: the generator shifts its latent by it, the discriminator scales."""

    def __init__(self, value: float, scales: bool) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(value))
        self.scales = scales

    def forward(self, x, condition=None):
        return x * self.value if self.scales else 0 * x + self.value


def scalar_game(steps: int, rate: float) -> UnrolledGame:
    players = Scalar(0.5, scales=False), Scalar(2.0, scales=True)
    return UnrolledGame(
        *players, Prior(1), LOSSES["wasserstein"], unroll_steps=steps, unroll_rate=rate
    )


@pytest.mark.parametrize("steps", [1, 3])
def test_the_gradient_goes_through_the_discriminators_answers(steps):
    """On real samples at 1, L_D = d (g - 1), so d becomes d + k r (1 - g), and L_G = -d g."""
    rate, d, g = 0.1, 2.0, 0.5
    game = scalar_game(steps, rate)
    batch = Batch(torch.ones(4, 1))
    for parameter in game.discriminator.parameters():
        parameter.requires_grad_(False)  # as the trainer does
    loss = game.generator_terms(batch, 0)["adversarial"]
    ahead = d + steps * rate * (1 - g)
    torch.testing.assert_close(loss, torch.tensor(-ahead * g))
    loss.backward()
    expected = -ahead + steps * rate * g  # the second term is what a plain game lacks
    torch.testing.assert_close(game.generator.value.grad, torch.tensor(expected))
    assert game.discriminator.value == d
    assert game.discriminator.value.grad is None


class Smooth(nn.Sequential):
    """A network without kinks."""

    def __init__(self, inputs, outputs):
        super().__init__(nn.Linear(inputs, 8), nn.Tanh(), nn.Linear(8, outputs))

    def forward(self, samples, condition=None):
        return super().forward(samples)


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_the_gradient_of_looking_ahead_is_that_of_finite_differences(loss):
    """Of every loss: a relativistic one feels the answers in the real logits, too."""
    with seeded("players"):
        players = Smooth(3, 2), Smooth(2, 1)
    game = UnrolledGame(*players, Prior(3), LOSSES[loss], unroll_steps=3, unroll_rate=0.5)
    with seeded("data"):
        batch = Batch(torch.randn(16, 2) + 1)

    def value() -> torch.Tensor:
        with seeded("latents"):
            return game.generator_terms(batch, 0)["adversarial"]

    weight = next(game.generator.parameters())
    (gradient,) = torch.autograd.grad(value(), weight)
    direction = gradient / gradient.norm()
    size = 0.02
    with torch.no_grad():
        weight += size * direction
    above = value().item()
    with torch.no_grad():
        weight -= 2 * size * direction
    slope = (above - value().item()) / (2 * size)
    assert slope == pytest.approx(gradient.norm().item(), rel=0.03)


def test_looking_ahead_ends_with_the_phase_even_by_an_error():
    game = scalar_game(1, 0.1)
    with pytest.raises(RuntimeError):
        game.generator_terms(Batch(torch.ones(4, 7, 2, dtype=torch.int64)), 0).backward()
    assert game._ahead is None


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_unrolled_games_resume_exactly(loss):
    def trainer(seed: int):
        with seeded(seed):
            players = MLP(8, 2, 16), MLP(2, 1, 16)
        game = UnrolledGame(*players, Prior(8), LOSSES[loss], unroll_steps=2, regularizers=[R1()])
        return make_trainer(game=game)

    whole, first, second = trainer(0), trainer(0), trainer(1)
    whole.fit(4)
    first.fit(2)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    second.fit(2)
    for one, other in zip(whole.objective.parameters(), second.objective.parameters(), strict=True):
        assert torch.equal(one, other)


def test_unrolling_leaves_spectral_norm_and_buffers_alone():
    discriminator = MLP(2, 1, 16)
    nn.utils.parametrizations.spectral_norm(discriminator[0])
    game = UnrolledGame(MLP(8, 2, 16), discriminator, Prior(8), LOSSES["hinge"])
    before = {name: b.clone() for name, b in discriminator.named_buffers()}
    terms = game.generator_terms(Batch(torch.randn(8, 2)), 0)
    terms["adversarial"].backward()
    for name, buffer in discriminator.named_buffers():
        assert torch.equal(buffer, before[name]), name


@pytest.mark.parametrize("options", [{"unroll_steps": 0}, {"unroll_rate": 0.0}])
def test_unrolling_checks_its_options(options):
    with pytest.raises(ConfigError, match="at least one step ahead"):
        UnrolledGame(MLP(8, 2), MLP(2, 1), Prior(8), LOSSES["hinge"], **options)
