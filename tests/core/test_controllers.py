"""Controllers turn their knob the right way, within bounds, and resume to the bit."""

import copy

import pytest
import torch
from torch import Tensor, nn

from multigan.core.controllers import CONTROLLERS, AdaptiveAugment, Balance
from multigan.core.engine import Engine
from multigan.core.schedules import Schedule
from multigan.errors import ConfigError
from tests.tiny import make_game, make_trainer


class Noise(nn.Module):
    """An augmentation with a strength."""

    strength = 0.25

    def forward(self, samples: Tensor) -> Tensor:
        return samples + self.strength * torch.randn_like(samples)


def controlled(controller, seed: int = 0, **more):
    game = make_game("non_saturating", seed=seed, augment=Noise())
    return make_trainer(game=game, callbacks=[controller], seed=seed, **more)


def feed(controller, trainer, signal: float) -> float:
    """Tells the controller of `every` steps with one value, and returns the knob's."""
    for _ in range(controller.every):
        trainer.steps_done += 1
        controller.on_step_end(trainer, {controller.signal: torch.tensor(signal)})
    return trainer.knobs[controller.knob].get()


@pytest.mark.parametrize(("signal", "direction"), [(0.9, 1), (0.5, 0), (-0.2, -1)])
def test_augmentation_follows_the_sign_heuristic(signal, direction):
    controller = AdaptiveAugment(target=0.5, samples_to_full=10_240, every=4)
    trainer = controlled(controller)
    step = 4 * 256 / 10_240  # interval x batch / samples to full strength
    assert feed(controller, trainer, signal) == pytest.approx(0.25 + direction * step)


def test_augmentation_stays_a_probability():
    controller = AdaptiveAugment(samples_to_full=256)
    trainer = controlled(controller)
    assert feed(controller, trainer, 1.0) == 1.0
    assert feed(controller, trainer, 1.0) == 1.0
    assert feed(controller, trainer, -1.0) == 0.0


def test_the_scheduled_form_is_a_schedule():
    trainer = make_trainer(
        game=make_game(augment=Noise()),
        schedules={"augment.strength": Schedule(0.0, 0.5, over=2 * 256, shape="linear")},
    )
    trainer.fit(3)
    assert trainer.objective.augment.strength == 0.5


@pytest.mark.parametrize(
    ("by", "knob", "won", "lost"),
    [("rate", "discriminator.rate_scale", 1 / 1.1, 1.1), ("steps", "discriminator_steps", 1, 3)],
)
def test_balance_holds_back_who_wins_and_hastens_who_loses(by, knob, won, lost):
    for signal, expected in ((0.95, won), (0.3, None), (-0.3, lost)):
        controller = Balance(by, every=3)
        trainer = controlled(controller)
        start = 1.0 if by == "rate" else 2.0
        trainer.knobs[knob].set(start)
        found = feed(controller, trainer, signal)
        assert found == pytest.approx(start if expected is None else expected)


def test_balance_keeps_its_bounds():
    controller = Balance("rate", every=1, least=0.5, most=2.0)
    trainer = controlled(controller)
    assert [feed(controller, trainer, 1.0) for _ in range(20)][-1] == 0.5
    assert [feed(controller, trainer, -1.0) for _ in range(40)][-1] == 2.0


def test_the_rate_is_scaled_on_top_of_its_schedule():
    trainer = make_trainer(
        schedules={"discriminator.learning_rate": Schedule(1e-2, 1e-3, over=256, shape="linear")}
    )
    trainer.knobs["discriminator.rate_scale"].set(0.5)
    trainer.fit(2)
    assert trainer.optimizers["discriminator"].param_groups[0]["lr"] == pytest.approx(5e-4)
    assert trainer.optimizers["generator"].param_groups[0]["lr"] == 1e-3


@pytest.mark.parametrize("name", sorted(CONTROLLERS))
def test_resuming_is_exact_in_the_middle_of_an_interval(name):
    def trainer(seed: int):
        options = {"samples_to_full": 4096} if name == "adaptive_augment" else {"high": 0.2}
        return controlled(CONTROLLERS[name](every=3, **options), seed)

    whole, first, second = trainer(0), trainer(0), trainer(1)
    whole.fit(11)
    first.fit(5)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    second.fit(6)
    knob = whole.callbacks[0].knob
    assert whole.callbacks[0]._value is not None, "it never decided"
    assert second.knobs[knob].get() == whole.knobs[knob].get()
    for one, other in zip(whole.objective.parameters(), second.objective.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_log_shows_where_the_knob_is():
    controller = Balance(every=2)
    trainer = controlled(controller)
    trainer.fit(2)
    shown = trainer.window.means(2, Engine())["knob/discriminator.rate_scale"]
    assert shown == pytest.approx(controller._value)


def test_a_person_has_the_last_word():
    controller = Balance(every=1)
    trainer = controlled(controller)
    trainer.turn("discriminator.rate_scale", 0.7)
    assert feed(controller, trainer, 1.0) == 0.7
    trainer.turn("discriminator.rate_scale", None)
    assert feed(controller, trainer, 1.0) == pytest.approx(1 / 1.1)


def test_a_knob_has_one_master():
    schedules = {"augment.strength": Schedule(0.0, 0.5, over=100)}
    with pytest.raises(ConfigError, match=r"augment\.strength has a schedule"):
        controlled(AdaptiveAugment(), schedules=schedules).fit(1)
    with pytest.raises(ConfigError, match=r"augment\.strength, which this game does not have"):
        make_trainer(callbacks=[AdaptiveAugment()]).fit(1)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("adaptive_augment", {"target": 1.0}),
        ("adaptive_augment", {"samples_to_full": 0}),
        ("adaptive_augment", {"every": 0}),
        ("balance", {"by": "luck"}),
        ("balance", {"low": 0.6, "high": 0.1}),
        ("balance", {"factor": 1.0}),
        ("balance", {"least": 2.0, "most": 1.0}),
    ],
)
def test_options_are_checked(name, options):
    with pytest.raises(ConfigError, match="not "):
        CONTROLLERS[name](**options)
