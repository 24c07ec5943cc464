"""The mode bench measures what it says: replicas are independent runs, blobs capture nothing."""

import json

import pytest
import torch

from multigan.cli.bench.mixture_games import (
    MIXTURES,
    PENALTIES,
    TOGETHER,
    Cell,
    Setting,
    _outcome,
    make_trainer,
    play,
)
from multigan.cli.bench.replicas import ReplicaMLP, adam, replica_loss
from multigan.core.engine import Engine
from multigan.core.losses import LOSSES
from multigan.core.trainer import Trainer
from multigan.data.stream import Stream
from multigan.data.synthetic import Grid, Ring

TINY = Setting(steps=3, batch=8, width=8, depth=1)


class PartOf(Engine):
    """An engine that works on one of several parts of each batch and hears of no other."""

    def __init__(self, rank: int, world_size: int) -> None:
        super().__init__()
        self.rank, self.world_size = rank, world_size


def plain_steps(game, rate: float) -> dict[str, torch.optim.Optimizer]:
    """Returns optimizers without Adam's division, which makes much of a gradient's last bits."""
    return {p.name: torch.optim.SGD(p.player.parameters(), lr=rate) for p in game.phases}


def alone(together: Trainer, loss: str, seed: int, index: int, count: int) -> Trainer:
    """Returns the trainer of one replica, fed the rows that it has of the batches of all."""
    trainer = make_trainer(Ring(), "hinge", {}, [seed], TINY)
    game = trainer.objective
    game.regularizers = together.objective.regularizers
    game.constraints = together.objective.constraints
    game.loss = replica_loss(LOSSES[loss], 1)
    whole = together.data.stream
    data = Stream(
        whole.source, whole.encode, whole.batch_size, seed=whole.seed, rank=index, world_size=count
    )
    return Trainer(
        game,
        plain_steps(game, 0.05),
        data,
        engine=PartOf(index, count),
        seed=together.seed,
        half_life=together.average.half_life,
    )


@pytest.mark.parametrize(
    ("loss", "penalty"),
    [
        *((loss, "r1+r2") for loss in sorted(LOSSES)),
        *(
            ("hinge", penalty) for penalty in sorted(TOGETHER - {"dragan"})
        ),  # its deviation is of all
    ],
)
def test_a_replica_is_the_run_it_would_be_alone(loss, penalty):
    seeds = [5, 6, 7]
    together = make_trainer(Ring(), loss, PENALTIES[penalty], seeds, TINY)
    together.schedules = {}
    # A replica's gradient is a third of what it were alone.
    together.optimizers = plain_steps(together.objective, 3 * 0.05)
    runs = [alone(together, loss, seed, index, 3) for index, seed in enumerate(seeds)]
    for run in runs:
        run.fit(3)
    together.fit(3)
    stacked = dict(together.objective.named_parameters())
    for index, run in enumerate(runs):
        for name, weight in run.objective.named_parameters():
            torch.testing.assert_close(stacked[name][index], weight[0], atol=1e-5, rtol=1e-4)


def test_a_replicas_weights_do_not_depend_on_the_others():
    first, second = ReplicaMLP([1, 2], [2, 4, 1]), ReplicaMLP([2], [2, 4, 1])
    assert torch.equal(first.layers[0].weight[1], second.layers[0].weight[0])
    assert not torch.equal(first.layers[0].weight[0], first.layers[0].weight[1])


@pytest.mark.parametrize("mixture", sorted(MIXTURES))
def test_real_samples_capture_every_mode(mixture):
    data = MIXTURES[mixture]
    found = _outcome(0, data.source(2500, seed=9).raw, data)
    assert found.captured == found.touched == found.total
    assert found.high_quality > 0.98  # 1 - exp(-9/2) = 0.989


def test_a_blob_touches_every_mode_and_captures_none():
    blob = 2.3 * (torch.rand(10_000, 2) - 0.5)  # all over the grid and a bit beyond
    found = _outcome(0, blob, Grid())
    assert found.touched == 25
    assert found.captured == 0


def test_samples_that_are_not_finite_capture_nothing():
    found = _outcome(3, torch.full((2500, 2), float("nan")), Ring())
    assert (found.captured, found.high_quality, found.finite) == (0, 0.0, False)


@pytest.mark.parametrize("penalty", sorted(PENALTIES))
def test_every_penalty_plays(penalty):
    cell = play("grid", "least_squares", penalty, [3, 4], TINY)
    assert [outcome.seed for outcome in cell.outcomes] == [3, 4]
    assert Cell.from_json(json.loads(json.dumps(cell.to_json()))) == cell


def test_the_command_saves_each_cell_and_goes_on(multigan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["bench", "modes", "ring", "--losses", "hinge", "--seeds", "0", "1", "--steps", "2"]
    first = multigan(*words, "--penalties", "none")
    assert first.code == 0, first.err
    again = multigan(*words, "--penalties", "none", "r1", "--json")
    assert "none" not in again.err, "what was known was trained again"
    assert [cell["penalty"] for cell in json.loads(again.out)] == ["none", "r1"]
    assert (tmp_path / "modes.png").stat().st_size > 1000
    other = multigan(*words[:-1], "3", "--penalties", "none")
    assert other.code == 1
    assert "another setting" in other.err


@pytest.mark.parametrize(
    "words", [["circle"], ["--losses", "love"], ["--penalties", "death"]], ids=str
)
def test_unknown_names_are_said(multigan, words):
    found = multigan("bench", "modes", *words)
    assert found.code == 1
    assert "Known" in found.err or "There is no" in found.err


@pytest.mark.parametrize("steps", ["0", "-3"])
def test_no_steps_are_not_all_of_them(multigan, tmp_path, steps):
    found = multigan("bench", "modes", "ring", "--steps", steps, "--save", tmp_path / "modes")
    assert found.code == 1
    assert f"at least 1 step, not {steps}" in found.err
    assert not list(tmp_path.iterdir())


def test_adam_does_not_notice_that_a_replicas_gradient_is_a_share():
    with_all, by_itself = ReplicaMLP([1, 2], [2, 4, 1]), ReplicaMLP([1], [2, 4, 1])
    samples = torch.randn(6, 2)
    for network, count in ((with_all, 2), (by_itself, 1)):
        optimizer = adam(network, count, 0.1, 0.99)
        for _ in range(3):
            optimizer.zero_grad()
            network(samples.repeat(count, 1)).square().mean().backward()
            optimizer.step()
    torch.testing.assert_close(with_all.layers[0].weight[:1], by_itself.layers[0].weight)
