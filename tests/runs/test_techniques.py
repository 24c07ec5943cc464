"""What tames imbalance and collapse, asked for by a recipe: it trains, saves, resumes, samples."""

import pytest
import torch

from multigan import ImageTrainer
from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame, ScoredBatch
from multigan.core.losses import LOSSES
from multigan.core.packing import Packed
from multigan.core.prior import Prior
from multigan.core.registries import AUGMENTATIONS
from multigan.core.unrolled import UnrolledGame
from multigan.errors import ConfigError
from multigan.modalities.shared.consistency import Consistency
from multigan.runs.session import resume
from tests.tiny import MLP

SMALL = {
    "batch_size": 8,
    "generator.width": 8,
    "discriminator.width": 8,
    "latent_dim": 8,
    "log_every": 1,
    "look_every": 0,
    "checkpoint_every": 2,
}

TECHNIQUES = {
    "pack": {"pack": 2, "conditional": False},
    "unrolled": {"objective": "unrolled", "objective.steps": 2},
    "top-k": {"objective.top_share": 0.5},
    "top-k-scheduled": {"schedules.top_k.share": {"start": 1.0, "end": 0.5}},
    "consistency": {"regularizers.consistency": {"weight": 1.0, "fake_weight": 0.5}},
    "noise": {"augment": "noise", "schedules.augment.strength": {"start": 0.1, "end": 0.0}},
    "adaptive": {
        "augment": "diffaugment",
        "augment.strength": 0,
        "controllers.adaptive_augment": {},
    },
    "balance-rate": {"controllers.balance": {"every": 2}},
    "balance-steps": {"controllers.balance": {"by": "steps", "every": 2}},
}


@pytest.mark.parametrize("name", TECHNIQUES)
def test_a_recipe_with_it_resumes_exactly_and_samples(name, tmp_path):
    def train(steps: int, out: str):
        changes = SMALL | TECHNIQUES[name] | {"regularizers.r1.every": 1}
        # Schedules go over the whole run, so both are asked for the same steps.
        trainer = ImageTrainer("digits", steps=4, out=tmp_path / out, changes=changes)
        if steps == 4:
            return trainer.fit()
        trainer.recipe = trainer.recipe.settled().changed({"steps": steps})
        return resume(trainer.fit(), steps=4).fit()

    whole, parts = train(4, "whole"), train(2, "parts")
    assert len(parts.pipeline(device="cpu")(3, seed=1)) == 3
    one, other = (run.pipeline(device="cpu").generator.state_dict() for run in (whole, parts))
    for key, value in one.items():
        assert torch.equal(value, other[key]), key


def test_recipes_name_the_games_parts(tmp_path):
    from multigan.core.engine import Engine
    from multigan.modalities.recipes import recipe
    from multigan.runs.assemble import build_parts, load_data

    def game(changes):
        chosen = recipe("digits").changed(SMALL | changes)
        return build_parts(chosen, load_data(chosen), Engine()).objective

    assert game(TECHNIQUES["pack"]).discriminator.pack == 2
    unrolled = game(TECHNIQUES["unrolled"])
    assert isinstance(unrolled, UnrolledGame)
    assert unrolled.unroll_steps == 2
    assert game(TECHNIQUES["top-k"]).top_share == 0.5
    assert not isinstance(game({}).discriminator, Packed)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pack": 2}, "conditional=false"),
        ({"pack": 3, "conditional": False}, "cannot be packed by 3"),
        ({"pack": 0}, "pack must be a whole number of at least 1, not 0"),
        ({"controllers.adaptive_augment": {}}, "which this game does not have"),
        (
            TECHNIQUES["adaptive"] | {"schedules.augment.strength": {"start": 0, "end": 1}},
            "has a schedule",
        ),
        ({"controllers.luck": {}}, "luck"),
        (
            {"objective": "unrolled", "objective.steps": 0},
            "steps must be a whole number of at least 1, not 0. How many updates",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_written(
    changes, message, tmp_path
):
    with pytest.raises(ConfigError, match=message):
        ImageTrainer("digits", out=tmp_path / "runs", changes=SMALL | changes).fit()
    assert not (tmp_path / "runs").exists()


# Instance noise


def test_noise_has_the_deviation_it_says_and_draws_anew():
    noise = AUGMENTATIONS["noise"](strength=0.3)
    samples = torch.zeros(500, 2, 4, 4, requires_grad=True)
    first, second = noise(samples), noise(samples)
    assert first.std().item() == pytest.approx(0.3, rel=0.05)
    assert not torch.equal(first, second)
    first.sum().backward()
    assert torch.equal(samples.grad, torch.ones_like(samples))
    assert AUGMENTATIONS["noise"](strength=0)(samples) is samples


@pytest.mark.parametrize("strength", [-0.1, 1.5])
def test_noise_checks_its_strength(strength):
    with pytest.raises(ConfigError, match="deviation"):
        AUGMENTATIONS["noise"](strength=strength)


# Consistency


class Sum(torch.nn.Module):
    """D(x) is the sum of x, so shifting x by c changes the logit by c times its size."""

    def forward(self, samples, condition=None):
        return samples.flatten(1).sum(1, keepdim=True)


def test_consistency_is_the_squared_change_of_the_logits():
    game = AdversarialGame(torch.nn.Identity(), Sum(), Prior(4), LOSSES["hinge"])
    real, fake = torch.randn(2, 5, 1, 4, 4)
    scored = ScoredBatch(
        real, fake, game.score(real, None), game.score(fake, None), torch.empty(5, 4), None
    )
    regularizer = Consistency(weight=2.0, fake_weight=0.5)
    with seeded("consistency"):
        found = regularizer(game, scored)
    with seeded("consistency"):  # the real samples draw first
        real_change = (Sum()(regularizer.alter(real)) - Sum()(real)).square().mean()
        fake_change = (Sum()(regularizer.alter(fake)) - Sum()(fake)).square().mean()
    torch.testing.assert_close(found, 2 * (real_change + 0.5 * fake_change))
    assert found > 0


def test_consistency_suits_points_with_noise():
    regularizer = Consistency(augment="noise", options={"strength": 0.2})
    game = AdversarialGame(
        MLP(8, 2), MLP(2, 1), Prior(8), LOSSES["hinge"], regularizers=[regularizer]
    )
    from multigan.core.objective import Batch

    terms = game.discriminator_terms(Batch(torch.randn(16, 2)), 0)
    assert terms["consistency"] > 0
    with pytest.raises(ConfigError, match="augmentation"):
        Consistency(augment="nothing")
