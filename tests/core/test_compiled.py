"""Compiled moves are eager ones but for their last bits; what is not compiled says why.

What surrounds the compiler is held to the bit, with a compiler that leaves graphs as they are.
"""

import math

import pytest
import torch

from benchmarks.common.shrunk import is_text, shrinking, texts
from multigan import recipe
from multigan.core.compiled import CompiledMoves
from multigan.core.engine import Engine
from multigan.core.game import AdversarialGame
from multigan.core.inductor import why_not_compiled
from multigan.core.losses import LOSSES
from multigan.core.moves import EagerMoves
from multigan.core.regularizers import (
    DRAGAN,
    R1,
    R2,
    ApproximateR1,
    ApproximateR2,
    LeCam,
    WassersteinGradientPenalty,
)
from multigan.core.schedules import Schedule
from multigan.core.traced_number import TracedNumber
from multigan.core.trainer import Trainer
from multigan.modalities.recipes import RECIPES
from multigan.runs.session import start
from tests.core.test_replay import SMALL, AsksForTheStep, Counts, Looks, normalized, play
from tests.tiny import make_game, make_trainer


def as_it_is(graph, inputs):
    return graph


def compiled(game: AdversarialGame | None = None, said=None, **options) -> Trainer:
    """Returns a trainer of compiled moves; without a word of how, nothing is really compiled."""
    compiler = options.pop("compiler", as_it_is)
    game, engine = game or make_game(width=8), Engine()
    say = (said if said is not None else []).append
    moves = CompiledMoves(game, engine, EagerMoves(engine), compiler, say=say)
    return make_trainer(game=game, moves=moves, **SMALL, **options)


@pytest.mark.parametrize("accumulate", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_all_but_the_compiler_is_the_eager_step_to_the_bit(accumulate):
    said = []
    found = compiled(normalized(), said, accumulate=accumulate)
    play(make_trainer(game=normalized(), accumulate=accumulate, **SMALL), found, 4)
    assert found.moves.refusals == {}
    assert said[0] == "Compiling the discriminator's move, 1 of 2 ..."


def test_a_schedule_compiles_nothing_anew_and_what_it_decides_does():
    def trainer(make):
        schedule = Schedule(0.4, 0.0, over=SMALL["data"].batch_size * 4, shape="linear")
        return make(game=make_game(width=8), schedules={"r1.weight": schedule})

    found = trainer(compiled)
    play(trainer(lambda **o: make_trainer(**o, **SMALL)), found, 6)
    assert {phase: len(graphs) for phase, graphs in found.moves._graphs.items()} == {
        "discriminator": 2,  # with the penalty, and once its weight is 0 without
        "generator": 1,
    }


def test_every_knob_that_is_turned_in_the_middle_holds_from_the_next_step():
    eager, found = make_trainer(game=make_game(width=8), **SMALL), compiled()
    play(eager, found, 2)
    for knob in eager.knobs:
        for trainer in (eager, found):
            halved = 0.5 * trainer.knobs[knob].get()
            trainer.turn(knob, max(halved, trainer.knobs[knob].minimum))
        play(eager, found, 1)
    assert found.moves.refusals == {}


def test_what_cannot_be_traced_is_played_as_it_is_written_and_said():
    def game(network):
        torch.manual_seed(0)
        made = make_game(regularizers=[R2(0.1)], width=8)
        made.discriminator = network(2, 1, 8)
        return made

    for network, why in ((Looks, "it decides by values"), (Counts, "it changes something")):
        said = []
        found = compiled(game(network), said)
        play(make_trainer(game=game(network), **SMALL), found, 3)
        assert found.moves.refusals["discriminator"].startswith(why)
        assert any(s.startswith("The discriminator's move is not compiled, but ") for s in said)


def test_what_has_been_given_up_stays_so_after_a_resume():
    def game():
        made = make_game(width=8)
        made.__class__ = AsksForTheStep
        return made

    found, again = compiled(game()), compiled(make_game(width=8))
    found.step()
    again.load_state_dict(found.state_dict())
    assert again.moves.refusals.keys() == {"discriminator"}
    make_trainer(game=make_game(width=8), **SMALL).load_state_dict(found.state_dict())


def test_a_compiler_that_fails_or_lies_is_not_used():
    def fails(graph, inputs):
        raise RuntimeError("g++: not today")

    def lies(graph, inputs):
        return lambda *given: [2 * value for value in graph(*given)]

    for compiler, why in ((fails, "g++: not today"), (lies, "its trace comes to other numbers")):
        found = compiled(compiler=compiler)
        play(make_trainer(game=make_game(width=8), **SMALL), found, 2)
        assert found.moves.refusals == dict.fromkeys(("discriminator", "generator"), why)


def test_without_a_compiler_the_reason_is_said(monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert why_not_compiled(torch.device("cpu")) == "there is no C++ compiler (no-such-compiler)"
    assert why_not_compiled(torch.device("mps")) == "inductor is not used on mps"


def test_a_traced_number_is_a_tensor_in_arithmetic_and_asks_before_it_tells():
    asked = []
    number = TracedNumber(0.3, torch.tensor(0.3, dtype=torch.float64), lambda n: n[0], asked)
    samples = torch.linspace(0, 1, 7)
    for ours, plain in (
        (4 * (1 - number) / 3 * samples, 4 * (1 - 0.3) / 3 * samples),
        (samples - number, samples - 0.3),
        (samples < number, samples < 0.3),
        (torch.lerp(samples, 2 * samples, number), torch.lerp(samples, 2 * samples, 0.3)),
    ):
        assert torch.equal(ours, plain)
    assert asked == []
    assert math.floor(2 * number) == 0
    assert max(0.0, number - 1) == 0.0
    assert [question.same([0.4]) for question in asked] == [True, True]
    assert not asked[0].same([0.5])
    assert asked[1].same([0.5])


# What is nearly the same: the losses, and beside them whatever is made of gradients of gradients.
PENALTIES = {
    "none": list,
    "r1 and r2": lambda: [R1(0.3), R2(0.2, every=2)],
    "wgan-gp": lambda: [WassersteinGradientPenalty(3.0)],
    "dragan": lambda: [DRAGAN(2.0)],
    "approximate": lambda: [ApproximateR1(2.0), ApproximateR2(2.0)],
    "lecam": lambda: [LeCam(0.3)],
}


@pytest.mark.slow
@pytest.mark.parametrize("penalties", PENALTIES)
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_every_loss_with_every_penalty_is_the_eager_one_to_the_bit(loss, penalties):
    def game():
        return make_game(loss, PENALTIES[penalties](), width=8)

    found = compiled(game())
    play(make_trainer(game=game(), **SMALL), found, 3)
    assert found.moves.refusals == {}


def played_nearly(one: Trainer, other: Trainer, steps: int) -> None:
    for _ in range(steps):
        one.step()
        other.step()
        theirs = other.objective.state_dict()
        for name, value in one.objective.state_dict().items():
            if torch.is_tensor(value):
                torch.testing.assert_close(value, theirs[name], rtol=1e-3, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_is_the_eager_one_but_for_what_the_compiler_does(name, tmp_path):
    steps = 10

    def session(speed: str) -> Trainer:
        made = recipe(name).changed(shrinking(name, steps) | {"steps": steps, "speed": speed})
        if is_text(name):
            (tmp_path / "text.txt").write_text("\n".join(texts()))
            made = made.with_data(str(tmp_path / "text.txt"))
        return start(made, out=tmp_path / speed, device="cpu").trainer

    eager, found = session("eager"), session("compiled")
    found.moves._compiler = as_it_is
    # Where 1 - weight, or a product of weights, is rounded as a tensor and not as Python's number.
    nearly = "growth" in eager.knobs or name == "vocoder"
    play_closely = played_nearly if nearly else play
    play_closely(eager, found, steps)
    for knob in eager.knobs:
        for trainer in (eager, found):
            value = trainer.knobs[knob].get()
            trainer.turn(knob, max(0.5 * value, trainer.knobs[knob].minimum))
    play_closely(eager, found, 4)
    assert not any("comes to other" in why for why in found.moves.refusals.values())
