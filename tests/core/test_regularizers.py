"""A linear discriminator's penalties have closed forms: no stored numbers here."""

import pytest
import torch
from torch import Tensor, nn

from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame, Constraint, Regularizer, ScoredBatch
from multigan.core.losses import LOSSES
from multigan.core.prior import Prior
from multigan.core.regularizers import (
    DRAGAN,
    R1,
    R2,
    REGULARIZERS,
    ApproximateR1,
    ApproximateR2,
    Drift,
    FeatureMatching,
    LeCam,
    Transport,
    WassersteinGradientPenalty,
    WeightClipping,
)
from multigan.errors import ConfigError
from tests.tiny import MLP, make_game, make_trainer


class LinearDiscriminator(nn.Module):
    """D(x) = <w, x>, whose gradient is w everywhere; its features are its input."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        return (samples * self.weight).flatten(1).sum(1, keepdim=True)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        return [samples]


SHAPES = [(2,), (3, 8, 8), (1, 80, 16), (12, 30)]  # a point, an image, a spectrogram, a text


@pytest.fixture(params=SHAPES, ids=str)
def game_and_batch(request) -> tuple[AdversarialGame, ScoredBatch]:
    with seeded("regularizers", str(request.param)):
        weight = torch.randn(request.param)
        real, fake = torch.randn(2, 5, *request.param)
    game = AdversarialGame(
        nn.Identity(), LinearDiscriminator(weight), Prior(4), LOSSES["wasserstein"]
    )
    real.requires_grad_()
    fake.requires_grad_()
    return game, ScoredBatch(
        real=real,
        fake=fake,
        real_logits=game.score(real, None),
        fake_logits=game.score(fake, None),
        latent=torch.empty(5, 4),
        condition=None,
    )


@pytest.mark.parametrize("penalty", [R1, R2])
def test_zero_centered_penalty_is_half_weight_times_squared_slope(penalty, game_and_batch):
    game, scored = game_and_batch
    slope = game.discriminator.weight.norm()
    torch.testing.assert_close(penalty(weight=3.0)(game, scored), 1.5 * slope**2)


@pytest.mark.parametrize("penalty", [R1, R2])
def test_a_share_of_the_batch_has_the_same_slope(penalty, game_and_batch):
    game, scored = game_and_batch
    torch.testing.assert_close(
        penalty(weight=3.0, share=0.4)(game, scored), penalty(weight=3.0)(game, scored)
    )


@pytest.mark.parametrize("penalty", [ApproximateR1, ApproximateR2])
@pytest.mark.parametrize("augmented", [False, True])
def test_differences_have_the_penaltys_mean(penalty, augmented):
    """Of <w, x> a difference is <w, e>, whose square has the mean ||w||^2."""
    with seeded("differences"):
        weight, points = torch.randn(6), torch.randn(20_000, 6)
        discriminator = LinearDiscriminator(weight)
        augment = nn.Hardtanh(-9, 9) if augmented else None
        game = AdversarialGame(
            nn.Identity(), discriminator, Prior(4), LOSSES["wasserstein"], augment=augment
        )
        logits = game.score(points, None)
        scored = ScoredBatch(points, points, logits, logits, torch.empty(0), None)
        found = penalty(weight=3.0, radius=0.1)(game, scored)
    torch.testing.assert_close(found, 1.5 * weight.square().sum(), rtol=0.04, atol=0)


@pytest.mark.parametrize("penalty", [WassersteinGradientPenalty, DRAGAN])
def test_one_centered_penalty_is_weight_times_squared_distance_of_slope_from_one(
    penalty, game_and_batch
):
    game, scored = game_and_batch
    slope = game.discriminator.weight.norm()
    torch.testing.assert_close(penalty(weight=2.0)(game, scored), 2 * (slope - 1) ** 2)


@pytest.mark.parametrize(
    "penalty", [R1, R2, WassersteinGradientPenalty, DRAGAN, ApproximateR1, ApproximateR2]
)
def test_penalty_can_be_descended(penalty, game_and_batch):
    game, scored = game_and_batch
    penalty()(game, scored).backward()
    gradient = game.discriminator.weight.grad
    assert gradient.isfinite().all()
    assert gradient.any()


def test_penalty_of_patches_is_that_of_their_mean(game_and_batch):
    game, scored = game_and_batch
    twice = ScoredBatch(
        **{**vars(scored), "real_logits": torch.cat([scored.real_logits] * 2, dim=1)}
    )
    torch.testing.assert_close(R1()(game, twice), R1()(game, scored))


def test_transport_is_the_distance_of_samples_from_their_latents():
    fake, latent = torch.randn(5, 2, 3), torch.randn(5, 6)
    scored = ScoredBatch(fake, fake, None, fake, latent, None)
    game = make_game()
    expected = 3 * (fake.reshape(5, 6) - latent).square().mean()
    torch.testing.assert_close(Transport(weight=3.0)(game, scored), expected)
    for other in (latent[:, :4], fake):  # a small latent, and words, which have none
        with pytest.raises(ConfigError, match="latent_dim=6"):
            Transport()(game, ScoredBatch(fake, fake, None, fake, other, None))


def test_feature_matching_is_the_squared_difference_of_means(game_and_batch):
    game, scored = game_and_batch
    difference = scored.real.mean(0) - scored.fake.mean(0)
    expected = 2 * difference.square().mean()
    torch.testing.assert_close(FeatureMatching(weight=2.0)(game, scored), expected)


def test_feature_matching_says_what_it_needs():
    with pytest.raises(ConfigError, match=r"features\(samples, condition\); MLP has none"):
        make_trainer(regularizers=[FeatureMatching()])


def test_lecam_pulls_towards_the_other_kinds_running_mean(game_and_batch):
    game, scored = game_and_batch
    lecam = LeCam(weight=1.0, decay=0.0)  # the running mean is the batch's
    real, fake = scored.real_logits, scored.fake_logits
    expected = (real - fake.mean()).square().mean() + (fake - real.mean()).square().mean()
    torch.testing.assert_close(lecam(game, scored), expected)
    torch.testing.assert_close(lecam.real_mean, real.mean())


def test_lecam_remembers_through_a_checkpoint():
    trainer = make_trainer(regularizers=[LeCam()])
    trainer.step()
    saved = trainer.state_dict()
    other = make_trainer(regularizers=[LeCam()], seed=1)
    other.load_state_dict(saved)
    assert other.objective.regularizers[0].real_mean == trainer.objective.regularizers[0].real_mean


def test_weight_clipping_leaves_embeddings_alone_which_are_inputs():
    player = nn.ModuleDict({"embed": nn.Embedding(3, 4), "weigh": nn.Linear(4, 1)})
    before = player["embed"].weight.detach().clone()
    WeightClipping(0.02).enforce(player)
    assert torch.equal(player["embed"].weight, before)
    assert player["weigh"].weight.abs().max() <= 0.02


def test_weight_clipping_bounds_every_weight_after_every_update():
    trainer = make_trainer("wasserstein", [WeightClipping(0.02)], learning_rate=0.1)
    for _ in range(3):
        trainer.step()
        assert max(p.abs().max() for p in trainer.objective.discriminator.parameters()) <= 0.02


@pytest.mark.parametrize("name", sorted(REGULARIZERS))
def test_every_regularizer_is_one_or_a_constraint(name):
    component = REGULARIZERS[name]()
    assert isinstance(component, Regularizer) != isinstance(component, Constraint)
    assert component.name == name


WEIGHTED = sorted(set(REGULARIZERS) - {"weight_clipping"})


@pytest.mark.parametrize("name", WEIGHTED)
@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("weight", ["abc", -1, float("nan"), float("inf"), True, None, 10**400]),
        ("every", [0, -2, 1.5, "4", True]),
    ],
)
def test_weight_and_interval_are_checked(name, option, values):
    for value in values:
        with pytest.raises(ConfigError, match=rf"{name}\.{option} must be .*, not "):
            REGULARIZERS[name](**{option: value})


@pytest.mark.parametrize(
    ("name", "option", "values"),
    [
        ("dragan", "strength", [-1, "x", float("nan")]),
        ("lecam", "decay", [-0.1, 1.0, "x"]),
        ("weight_clipping", "limit", [0, -1, "x", float("inf")]),
    ],
)
def test_other_options_are_checked(name, option, values):
    for value in values:
        with pytest.raises(ConfigError, match=rf"{name}\.{option} must be .*, not "):
            REGULARIZERS[name](**{option: value})


def test_a_weight_of_zero_is_fine():
    assert R1(weight=0).weight == 0


class WithBatchNorm(MLP):
    def __init__(self) -> None:
        super().__init__(2, 1)
        self.insert(1, nn.BatchNorm1d(64))


@pytest.mark.parametrize("penalty", [R1, R2, WassersteinGradientPenalty, DRAGAN])
def test_penalty_refuses_a_discriminator_with_batch_norm(penalty):
    with pytest.raises(ConfigError, match="batch norm mixes the samples"):
        AdversarialGame(
            MLP(8, 2), WithBatchNorm(), Prior(8), LOSSES["hinge"], regularizers=[penalty()]
        )


def test_what_is_no_regularizer_is_refused():
    class Almost:
        name, player, every = "almost", "discriminator", 1

        def __call__(self, game, scored): ...

    with pytest.raises(ConfigError, match="it has no weight, per_sample"):
        make_game(regularizers=[Almost()])


def test_two_regularizers_of_one_name_are_refused():
    with pytest.raises(ConfigError, match="different names"):
        make_game(regularizers=[R1(), R1()])


# The others need networks of a kind: tests/contracts/test_training.py has them.
UNDEMANDING = [name for name, kind in REGULARIZERS.items() if not hasattr(kind, "check_game")]


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("name", sorted(set(UNDEMANDING) - {"consistency", "transport"}))
def test_any_loss_goes_with_any_regularizer(loss, name):
    trainer = make_trainer(loss, [REGULARIZERS[name]()], width=8)
    logs = trainer.step()
    assert all(value.isfinite() for value in logs.values())


def test_drift_is_the_mean_square_of_the_real_logits(game_and_batch):
    game, scored = game_and_batch
    expected = 0.5 * (scored.real * game.discriminator.weight).flatten(1).sum(1).square().mean()
    torch.testing.assert_close(Drift(weight=0.5)(game, scored), expected)


def test_the_critics_distance_is_logged_and_moves_nobody():
    trainer = make_trainer("wasserstein", [WassersteinGradientPenalty()])
    logs = trainer.step()
    torch.testing.assert_close(logs["discriminator/distance"], -logs["discriminator/adversarial"])
    game = trainer.objective
    terms = game.discriminator_terms(next(trainer.data.batches(0)), 1)
    assert not terms["distance"].requires_grad
    assert "discriminator/distance" not in make_trainer("hinge", []).step()
