"""What inductor makes of moves: the eager numbers but for rounding, and the same ones every time.

Slow, because every graph takes a C++ compiler seconds.
"""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from benchmarks.common.shrunk import is_text, shrinking, texts
from multigan import recipe
from multigan.core.compiled import CompiledMoves
from multigan.core.engine import Engine
from multigan.core.game import AdversarialGame
from multigan.core.inductor import Inductor, why_not_compiled
from multigan.core.losses import LOSSES, AdversarialLoss
from multigan.core.moves import EagerMoves
from multigan.core.regularizers import DRAGAN, R1, R2, ApproximateR1, WassersteinGradientPenalty
from multigan.core.trainer import Callback, Trainer
from multigan.runs.fork import fork
from multigan.runs.session import Session, resume, start
from tests.tiny import Ring, make_game, make_trainer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        why_not_compiled(torch.device("cpu")) is not None, reason="there is no C++ compiler"
    ),
]
STEPS = 6
GRADIENTS_OFF = 1e-6  # of their norm: the last bits of float32 and what sums make of them


@pytest.fixture(autouse=True)
def one_cache(tmp_path_factory, monkeypatch) -> None:
    """Lets all tests of a process find what the first of them has compiled."""
    folder = tmp_path_factory.getbasetemp() / "inductor"
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(folder))


def every_loss_at_once() -> AdversarialLoss:
    """Returns the sum of all losses: one graph has them all."""

    def discriminator(real: Tensor, fake: Tensor) -> Tensor:
        return sum(loss.discriminator(real, fake) for loss in LOSSES.values())

    def generator(real: Tensor, fake: Tensor) -> Tensor:
        return sum(loss.generator(real, fake) for loss in LOSSES.values())

    return AdversarialLoss(discriminator, generator, relativistic=True)


def everything() -> AdversarialGame:
    """Returns a game with every loss and every kind of penalty."""
    penalties = [R1(0.3), R2(0.2), WassersteinGradientPenalty(1.0), DRAGAN(1.0), ApproximateR1(1.0)]
    game = make_game(regularizers=penalties, width=8)
    game.loss = every_loss_at_once()
    return game


def compiled(game: AdversarialGame, **options) -> Trainer:
    engine = Engine()
    moves = CompiledMoves(game, engine, EagerMoves(engine), Inductor(Path("unused")))
    return make_trainer(game=game, moves=moves, data=Ring(batch_size=8), **options)


def gradients(trainer: Trainer) -> list[Tensor]:
    """Plays a step, and returns the gradients it leaves, player by player."""
    trainer.step()
    named = trainer.objective.named_parameters()
    return [p.grad.clone() for _, p in named if p.grad is not None]


def share_off(ours: list[Tensor], theirs: list[Tensor]) -> float:
    one, other = (torch.cat([t.detach().flatten() for t in each]) for each in (ours, theirs))
    assert other.norm() > 0
    return float((one - other).norm() / other.norm())


def test_gradients_of_every_loss_and_penalty_are_the_eager_ones_to_rounding():
    eager = make_trainer(game=everything(), data=Ring(batch_size=8))
    found = compiled(everything())
    for _ in range(50):
        found.objective.load_state_dict(eager.objective.state_dict())
        assert share_off(gradients(found), gradients(eager)) < GRADIENTS_OFF
    assert found.moves.refusals == {}


def test_fifty_steps_end_where_the_eager_ones_do():
    eager, found = make_trainer(game=everything(), data=Ring(8)), compiled(everything())
    for _ in range(50):
        for ours, theirs in zip(found.step().values(), eager.step().values(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)
    assert share_off(list(found.objective.parameters()), list(eager.objective.parameters())) < 1e-4


def session(name: str, speed: str, out: Path, **changes) -> Session:
    wanted = shrinking(name, STEPS) | {"steps": STEPS, "speed": speed} | changes
    made = recipe(name).changed(wanted)
    if is_text(name):
        out.mkdir(parents=True, exist_ok=True)
        (out / "text.txt").write_text("\n".join(texts()))
        made = made.with_data(str(out / "text.txt"))
    return start(made, out=out / speed, device="cpu")


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("digits", set()),
        ("wavegan", set()),
        ("latent-text", {"autoencoder", "generator"}),  # it looks at tokens
    ],
)
def test_a_recipe_of_each_kind_of_data_has_the_eager_gradients(name, refused, tmp_path):
    eager, found = (session(name, speed, tmp_path).trainer for speed in ("eager", "compiled"))
    for _ in range(STEPS):
        found.objective.load_state_dict(eager.objective.state_dict())
        assert share_off(gradients(found), gradients(eager)) < 10 * GRADIENTS_OFF
    assert found.moves.refusals.keys() == refused


class StopsHalfway(Callback):
    def on_step_end(self, trainer, logs):
        if trainer.steps_done == STEPS // 2:
            trainer.stop("it is half done")


def weights(run_session: Session) -> dict[str, Tensor]:
    return run_session.trainer.objective.state_dict()


def test_a_compiled_run_goes_on_to_the_same_bits_and_says_so_where_it_does_not(tmp_path):
    whole = session("digits", "compiled", tmp_path / "whole")
    whole.fit()
    half = session("digits", "compiled", tmp_path / "half")
    half.trainer.callbacks.append(StopsHalfway())
    half.fit()
    assert half.run.environment()["speed"] == "compiled"
    again = resume(half.run, device="cpu")
    assert not any("last bits" in note for note in again.notes)
    again.fit()
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(again)[name]), name

    other = fork(half.run, step=STEPS // 2, changes={"speed": "eager"}, device="cpu")
    other.fit()
    assert other.run.environment()["speed"] == "eager"
    close = {n: v for n, v in weights(other).items() if v.is_floating_point()}
    for name, value in close.items():
        torch.testing.assert_close(value, weights(whole)[name], rtol=1e-3, atol=1e-4)
    onward = resume(half.run, steps=STEPS + 2, speed="replay", device="cpu")
    assert any("speed compiled and goes on at speed replay" in note for note in onward.notes)
