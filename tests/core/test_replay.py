"""Replayed moves give the numbers of eager ones, to the bit, or are not replayed."""

import json

import pytest
import torch
from torch import nn

from benchmarks.common.shrunk import is_text, shrinking, texts
from multigan import recipe
from multigan.core.engine import Engine
from multigan.core.game import AdversarialGame
from multigan.core.regularizers import R1, R2, LeCam
from multigan.core.replay import ReplayedMoves
from multigan.core.trainer import Trainer
from multigan.modalities.recipes import RECIPES
from multigan.runs.session import start
from tests.tiny import MLP, Ring, make_game, make_trainer

PATIENCE = 1  # moves are traced when they come again
SMALL = {"width": 8, "data": Ring(batch_size=8)}


def replaying(game: AdversarialGame | None = None, **options) -> Trainer:
    game = game or make_game(width=8)
    moves = ReplayedMoves(game, Engine(), patience=PATIENCE)
    return make_trainer(game=game, moves=moves, **SMALL, **options)


class Counts(MLP):
    """Remembers in plain Python how often it was asked."""

    asked = 0

    def forward(self, x, condition=None):
        self.asked += 1
        return super().forward(x)


def assert_same(one: Trainer, other: Trainer) -> None:
    theirs = other.objective.state_dict()
    for name, value in one.objective.state_dict().items():
        assert torch.equal(value, theirs[name]), name


def play(one: Trainer, other: Trainer, steps: int) -> None:
    """Plays the same steps in two trainers; every logged term is the same."""
    for _ in range(steps):
        for (name, mine), theirs in zip(one.step().items(), other.step().values(), strict=True):
            assert torch.equal(mine, theirs), (one.steps_done, name)
    assert_same(one, other)


def normalized() -> AdversarialGame:
    """A game with batch statistics, spectral norm, a lazy penalty, and logits that it remembers."""
    torch.manual_seed(0)
    game = make_game("hinge", [R1(0.1, every=2), LeCam(0.3)], width=8)
    game.generator.insert(1, nn.BatchNorm1d(8))
    for layer in game.discriminator:
        if isinstance(layer, nn.Linear):
            nn.utils.parametrizations.spectral_norm(layer)
    return game


@pytest.mark.parametrize("accumulate", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_replayed_game_is_the_eager_one(accumulate):
    eager = make_trainer(game=normalized(), accumulate=accumulate, **SMALL)
    replayed = replaying(normalized(), accumulate=accumulate)
    play(eager, replayed, 6)
    assert replayed.moves.refusals == {}
    assert {key[0] for key in replayed.moves._traces} == {"generator", "discriminator"}


def test_a_knob_that_is_turned_in_the_middle_holds_from_the_next_step():
    eager, replayed = make_trainer(game=make_game(width=8), **SMALL), replaying()
    play(eager, replayed, 3)
    for knob in ("r1.weight", "top_k.share", "generator.learning_rate"):
        for trainer in (eager, replayed):
            halved = 0.5 * trainer.knobs[knob].get()
            trainer.turn(knob, max(halved, trainer.knobs[knob].minimum))
        play(eager, replayed, 2)
    assert len(replayed.moves._traces) > 2


def test_a_network_that_counts_in_plain_python_is_never_traced():
    def game():
        torch.manual_seed(0)
        made = make_game(width=8)
        made.discriminator = Counts(2, 1, 8)
        return made

    eager, replayed = make_trainer(game=game(), **SMALL), replaying(game())
    play(eager, replayed, 6)
    assert replayed.objective.discriminator.asked == eager.objective.discriminator.asked
    assert replayed.moves._traces == {}


def test_what_changes_in_every_step_is_never_traced():
    eager, replayed = make_trainer(game=make_game(width=8), **SMALL), replaying()
    for step in range(6):
        for trainer in (eager, replayed):
            trainer.turn("r1.weight", 0.1 + 0.01 * step)
        play(eager, replayed, 1)
    assert not any(key[0] == "discriminator" for key in replayed.moves._traces)


class Looks(MLP):
    """Decides by a value."""

    def forward(self, x, condition=None):
        return super().forward(x) * (2 if x.mean() > 0 else 1)


class Replaces(MLP):
    """Puts a new tensor in a buffer's place."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.register_buffer("mean", torch.zeros(2))

    def forward(self, x, condition=None):
        self.mean = 0.9 * self.mean + 0.1 * x.detach().mean(0)
        return super().forward(x - self.mean)


class AsksForTheStep(AdversarialGame):
    """Weighs what it minimizes by the number of the step."""

    def discriminator_terms(self, batch, step):
        return {n: t / (1 + step) for n, t in super().discriminator_terms(batch, step).items()}


@pytest.mark.parametrize(
    ("network", "why"),
    [
        (Looks, "it decides by values"),
        (Replaces, "it replaces mean instead of writing into it"),
    ],
)
def test_a_network_that_no_trace_can_follow_is_played_as_it_is_written(network, why):
    def game():
        torch.manual_seed(0)
        made = make_game(regularizers=[R2(0.1)], width=8)
        made.discriminator = network(2, 1, 8)
        return made

    said = []
    replayed = replaying(game())
    replayed.moves._on_refusal = said.append
    play(make_trainer(game=game(), **SMALL), replayed, 4)
    assert why in replayed.moves.refusals["discriminator"]
    assert said[0].startswith("The discriminator's move is not replayed, but played as it is ")


def test_a_game_that_looks_at_the_steps_number_is_played_as_it_is_written():
    def game():
        made = make_game(width=8)
        made.__class__ = AsksForTheStep
        return made

    replayed = replaying(game())
    play(make_trainer(game=game(), **SMALL), replayed, 4)
    assert set(replayed.moves.refusals) == {"discriminator"}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_has_the_same_numbers_whatever_its_speed(name, tmp_path):
    steps = 15

    def session(speed: str):
        made = recipe(name).changed(shrinking(name, steps) | {"steps": steps, "speed": speed})
        if is_text(name):
            (tmp_path / "text.txt").write_text("\n".join(texts()))
            made = made.with_data(str(tmp_path / "text.txt"))
        return start(made, out=tmp_path / speed, device="cpu")

    eager, replayed = session("eager"), session("replay")
    replayed.trainer.moves.patience = PATIENCE
    play(eager.trainer, replayed.trainer, steps)
    for knob in eager.trainer.knobs:
        for trainer in (eager.trainer, replayed.trainer):
            value = trainer.knobs[knob].get()
            trainer.turn(knob, max(0.5 * value, trainer.knobs[knob].minimum))
    play(eager.trainer, replayed.trainer, 4)
    assert json.loads((replayed.run.path / "recipe.json").read_text())["speed"] == "replay"
