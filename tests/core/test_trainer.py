"""The loop: who moves, what it remembers, what it draws."""

import copy

import pytest
import torch

from multigan.core.engine import Engine, open_engine, pick_device
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.prior import Prior
from multigan.core.regularizers import R1, R2
from multigan.core.schedules import Schedule
from multigan.core.trainer import Callback, Trainer
from multigan.errors import CheckpointError, ConfigError, DivergedError, UnknownNameError
from tests.tiny import MLP, Ring, make_game, make_trainer


def weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    return copy.deepcopy(trainer.objective.state_dict())


def assert_same(first: dict, second: dict) -> None:
    assert first.keys() == second.keys()
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_a_phase_moves_its_player_and_nobody_else(loss, player):
    trainer = make_trainer(loss)
    before = weights(trainer)
    other = next(name for name in trainer.optimizers if name != player)
    for group in trainer.optimizers[other].param_groups:
        group["lr"] = 0.0
    trainer.step()
    moved = {n.split(".")[0] for n, t in weights(trainer).items() if not torch.equal(t, before[n])}
    assert moved == {player}


def test_a_gradient_is_scaled_down_to_the_largest_norm_and_a_small_one_left_alone():
    steps = {}
    for largest in (0.0, 1e-3, 1e6):
        trainer = make_trainer(half_life=0)
        for name, phase in zip(trainer.optimizers, trainer.objective.phases, strict=True):
            trainer.optimizers[name] = torch.optim.SGD(phase.player.parameters(), lr=1.0)
        trainer.clip = {"generator": largest}
        before = weights(trainer)
        trainer.step()
        moved = {n: t - before[n] for n, t in weights(trainer).items()}
        steps[largest] = {
            player: torch.cat([t.flatten() for n, t in moved.items() if n.startswith(player)])
            for player in ("generator", "discriminator")
        }
    assert steps[1e-3]["generator"].norm() == pytest.approx(1e-3, rel=1e-3)
    direction = torch.nn.functional.cosine_similarity
    whole = steps[0.0]["generator"]
    assert direction(steps[1e-3]["generator"], whole, dim=0) == pytest.approx(1, abs=1e-3)
    assert torch.equal(steps[1e6]["generator"], whole)
    assert torch.equal(steps[1e-3]["discriminator"], steps[0.0]["discriminator"])


def test_discriminator_steps_repeat_its_phase_on_fresh_batches():
    trainer = make_trainer(game=make_game(discriminator_steps=3))
    trainer.fit(2)
    assert trainer.batches_seen == 2 * (3 + 1)


def test_resuming_is_exact():
    whole = make_trainer()
    whole.fit(20)
    first = make_trainer()
    first.fit(10)
    second = make_trainer(seed=1)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    second.fit(10)
    assert_same(weights(whole), weights(second))
    assert_same(whole.average.state_dict(), second.average.state_dict())
    engine = Engine()
    assert whole.window.means(20, engine) == second.window.means(20, engine)


def test_training_leaves_the_users_random_state_alone():
    trainer = make_trainer()
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    trainer.fit(2)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("loss", ["non_saturating", "relativistic"])
def test_accumulated_gradients_are_those_of_the_whole_batch(loss):
    gradients = []
    for accumulate in (1, 4):
        trainer = make_trainer(loss, accumulate=accumulate)
        trainer.step()
        gradients.append([p.grad.clone() for p in trainer.objective.parameters()])
    for whole, pieces in zip(*gradients, strict=True):
        torch.testing.assert_close(whole, pieces, atol=1e-6, rtol=1e-5)


def test_lazy_penalties_keep_their_mean_strength():
    every_step = make_trainer(regularizers=[R1(1.0)], learning_rate=0.0)
    lazy = make_trainer(regularizers=[R1(1.0, every=4)], learning_rate=0.0)
    terms = [lazy.step().get("discriminator/r1") for _ in range(8)]
    assert [term is not None for term in terms] == [True, False, False, False] * 2
    # With nobody learning, the same batch's penalty is four times as large.
    torch.testing.assert_close(terms[0], 4 * every_step.step()["discriminator/r1"])


def test_a_penalty_of_weight_zero_costs_nothing():
    trainer = make_trainer(regularizers=[R1(0.0)])
    logs = trainer.step()
    assert "generator/adversarial" in logs
    assert not {"discriminator/r1", "discriminator/r2"} & set(logs)


def test_bfloat16_leaves_penalties_in_full_precision():
    def penalty(precision: str) -> torch.Tensor:
        trainer = make_trainer(
            regularizers=[R1(1.0), R2(1.0)], engine=Engine("cpu", precision), learning_rate=0.0
        )
        logs = trainer.step()
        assert all(p.dtype == torch.float32 for p in trainer.objective.parameters())
        return logs["discriminator/r1"]

    torch.testing.assert_close(penalty("bfloat16"), penalty("float32"))


def test_bfloat16_networks_run_in_bfloat16():
    seen = []
    trainer = make_trainer(engine=Engine("cpu", "bfloat16"), regularizers=[])
    trainer.objective.discriminator[0].register_forward_hook(
        lambda module, inputs, output: seen.append(output.dtype)
    )
    trainer.step()
    assert set(seen) == {torch.bfloat16}


class Attentive(torch.nn.Module):
    """Scores a point by attention between its coordinates."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs, self.output = torch.nn.Linear(1, 8), torch.nn.Linear(8, 1)

    def forward(self, samples, condition=None):
        tokens = self.inputs(samples.unsqueeze(2)).unsqueeze(1)
        mixed = torch.nn.functional.scaled_dot_product_attention(tokens, tokens, tokens)
        return self.output(mixed).mean((1, 2))


def test_penalties_reach_through_attention():
    game = AdversarialGame(
        MLP(8, 2), Attentive(), Prior(8), LOSSES["hinge"], regularizers=[R1(1.0)]
    )
    assert make_trainer(game=game).step()["discriminator/r1"].isfinite()


def test_schedules_turn_knobs_by_samples_seen():
    schedules = {
        "r1.weight": Schedule(1.0, 0.0, over=4 * 256, shape="linear"),
        "learning_rate": Schedule(1e-3, 0.0, over=2 * 256, shape="linear"),
        "generator.beta2": Schedule(0.9, 0.99, over=256),
    }
    trainer = make_trainer(schedules=schedules)
    seen = []
    for _ in range(4):
        trainer.step()
        seen.append(
            (
                trainer.knobs["r1.weight"].get(),
                trainer.optimizers["generator"].param_groups[0]["lr"],
                trainer.optimizers["discriminator"].param_groups[0]["lr"],
                trainer.optimizers["generator"].param_groups[0]["betas"][1],
            )
        )
    assert seen == [
        pytest.approx((1.0, 1e-3, 1e-3, 0.9)),
        pytest.approx((0.75, 5e-4, 5e-4, 0.99)),
        pytest.approx((0.5, 0.0, 0.0, 0.99)),
        pytest.approx((0.25, 0.0, 0.0, 0.99)),
    ]


def test_a_loaded_state_has_the_knobs_as_the_last_step_left_them():
    def make() -> Trainer:
        return make_trainer(width=8, schedules={"learning_rate": Schedule(1e-3, 1e-4, over=1000)})

    trainer, other = make(), make()
    trainer.fit(3)
    other.load_state_dict(trainer.state_dict())
    for name, knob in trainer.knobs.items():
        assert other.knobs[name].get() == knob.get(), name


def test_a_persons_hand_beats_the_schedule_and_survives_a_resume():
    schedule = {"r1.weight": Schedule(1.0, 0.0, over=2560)}
    trainer = make_trainer(schedules=schedule)
    trainer.turn("r1.weight", 5.0)
    trainer.turn("learning_rate", 0.01)
    trainer.step()
    resumed = make_trainer(schedules=schedule)
    resumed.load_state_dict(trainer.state_dict())
    resumed.step()
    for one in (trainer, resumed):
        assert one.knobs["r1.weight"].get() == 5.0
        assert one.optimizers["discriminator"].param_groups[0]["lr"] == 0.01


def test_a_scaled_learning_rate_scales_scheduled_ones_too():
    schedule = {"generator.learning_rate": Schedule(1e-3, 1e-3, over=1)}
    trainer = make_trainer(schedules=schedule)
    trainer.scale_learning_rate(0.5)
    trainer.step()
    assert trainer.optimizers["generator"].param_groups[0]["lr"] == pytest.approx(5e-4)
    assert trainer.optimizers["discriminator"].param_groups[0]["lr"] == pytest.approx(5e-4)


def test_unknown_knobs_are_named_with_a_guess():
    trainer = make_trainer()
    with pytest.raises(UnknownNameError, match=r"Did you mean 'r1.weight'\?"):
        trainer.turn("r1.wieght", 1.0)
    with pytest.raises(UnknownNameError, match=r"Did you mean 'learning_rate'\?"):
        make_trainer(schedules={"learning_rat": Schedule(0, 1, over=1)})
    with pytest.raises(ConfigError, match=r"r1.weight cannot be -1.0"):
        trainer.turn("r1.weight", -1.0)
    with pytest.raises(ConfigError, match=r"The schedule of r1.weight cannot be -1"):
        make_trainer(schedules={"r1.weight": Schedule(-1, 1, over=1)})


def test_a_non_finite_loss_is_named_at_the_next_reading():
    trainer = make_trainer()
    trainer.step()
    with torch.no_grad():
        trainer.objective.discriminator[0].weight.fill_(float("nan"))
    trainer.step()
    with pytest.raises(DivergedError, match="discriminator/adversarial"):
        trainer.window.means(trainer.steps_done, trainer.engine)


def test_a_callback_can_stop_the_run():
    class StopAtThree(Callback):
        def on_step_end(self, trainer, logs):
            if trainer.steps_done == 3:
                trainer.stop("enough")

    trainer = make_trainer(callbacks=[StopAtThree()])
    trainer.fit(10)
    assert (trainer.steps_done, trainer.stop_reason) == (3, "enough")


def test_every_phase_needs_its_optimizer():
    game = make_game()
    only_one = {"generator": torch.optim.Adam(game.generator.parameters())}
    with pytest.raises(ConfigError, match="one optimizer each"):
        Trainer(game, only_one, Ring())


def test_a_batch_must_divide_into_its_pieces():
    with pytest.raises(ConfigError, match="cannot be cut into 3 equal pieces"):
        make_trainer(accumulate=3)


def test_another_networks_state_is_refused():
    with pytest.raises(CheckpointError, match="does not fit this trainer"):
        make_trainer(width=8).load_state_dict(make_trainer(width=16).state_dict())


def test_devices_that_are_not_there_are_refused():
    with pytest.raises(ConfigError, match="no device called 'gpu9'"):
        pick_device("gpu9")
    with pytest.raises(ConfigError, match="no precision called 'half'"):
        Engine("cpu", "half")
    if not torch.cuda.is_available():
        with pytest.raises(ConfigError, match="sees no cuda device"):
            open_engine("cuda")
