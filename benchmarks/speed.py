"""What traced and compiled moves save, beside eager ones and a loop written by hand, in turns.

    python -m benchmarks speed --clock processor
    python -m benchmarks speed digits image --changes '{"generator.width": 64}'

Each recipe is built once for every side, on its own data and at its own size. The loop by hand
takes the same passes, penalties, Adam and moving average on copies of the recipe's networks, and
nothing else: no seeds, no logs. After the last step replayed weights must be the eager ones to the
bit; `off_eager` is how far the compiled ones are off by then, as a share of their norm, for a game
makes much of last bits. Phases that are not replayed or compiled are named with the reason.
`compile_seconds` are those of the first compiled step in a process of its own, with the compilers
that it starts: cold, and again from what the first process left on disk.
"""

import copy
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import alone, medians, ratio, show_ratio, take_turns
from multigan import recipe
from multigan.core.game import AdversarialGame
from multigan.core.inductor import CACHE
from multigan.core.objective import Batch
from multigan.core.replay import ReplayedMoves
from multigan.core.trainer import Trainer
from multigan.runs.session import start as start_run

NAME = "speed"
RECIPES = ("digits", "image", "dcgan", "sngan", "wgan-gp", "r3gan", "stylegan2", "notes")
SPEEDS = ("eager", "replay", "compiled")
STEPS_A_ROUND = 4
WARM_UP = 3
BY_HAND = {"r1", "r2"}  # penalties that the loop by hand has


def main() -> None:
    """Reads the options, times all sides of every recipe, prints and writes the ratios."""
    parser = make_parser(__doc__)
    parser.add_argument("recipes", nargs="*", default=RECIPES)
    parser.add_argument("--speeds", nargs="+", choices=SPEEDS[1:], default=SPEEDS[1:])
    parser.add_argument("--changes", type=json.loads, default={}, help="of every recipe, as JSON")
    parser.add_argument("--rounds", type=int, default=15, help=f"of {STEPS_A_ROUND} steps")
    options, result = start(parser)
    if options.alone:
        print(*first_step(options.alone, options.changes))
        return
    result["recipes"] = {}
    for name in options.recipes:
        with tempfile.TemporaryDirectory() as folder:
            found = result["recipes"][name] = compared(name, options, Path(folder))
        print(f"{name}: {found['seconds']} s a step; compiling {found['compile_seconds']}")
        for side, value in found["eager_over"].items():
            print(f"{'':12} eager / {side:9} {show_ratio(value)}")
        for refused in found["refusals"]:
            print(f"{'':12} {refused}")
    finish(result, options.json)


def compared(name: str, options: Any, folder: Path) -> dict[str, Any]:
    """Returns one recipe's seconds a step on all sides, their ratios, and what is refused."""
    compile_seconds = {}
    if "compiled" in options.speeds:  # and leaves what this process then finds
        os.environ[CACHE] = str(folder / "cache")
        words = ["--changes", json.dumps(options.changes), "--threads", str(options.threads)]
        for when in ("cold", "warm"):
            wall, processor = alone(NAME, name, words, {CACHE: os.environ[CACHE]})
            compile_seconds[when] = {"wall": wall, "processor": processor}
    trainers = {
        speed: built(name, options.changes | {"speed": speed}, folder / speed)
        for speed in ("eager", *options.speeds)
    }
    for trainer in trainers.values():
        if isinstance(trainer.moves, ReplayedMoves):
            trainer.moves.patience = 1
    sides: dict[str, Callable[[], None]] = {
        speed: lambda trainer=trainer: play(trainer.step) for speed, trainer in trainers.items()
    }
    if step := by_hand(trainers["eager"]):
        sides["by hand"] = lambda: play(step)
    times = take_turns(sides, options.rounds, warm_up=WARM_UP, clock=options.clock)
    seconds = {side: round(spent / STEPS_A_ROUND, 6) for side, spent in medians(times).items()}
    return {
        "eager_over": {side: ratio(times, "eager", side) for side in times if side != "eager"},
        "seconds": seconds,
        "compile_seconds": compile_seconds,
        "off_eager": {
            speed: off(trainers["eager"], trainers[speed], exactly=speed == "replay")
            for speed in options.speeds
        },
        "refusals": [
            f"{phase} at speed {speed}: {why}"
            for speed in options.speeds
            for phase, why in getattr(trainers[speed].moves, "refusals", {}).items()
        ],
    }


def built(name: str, changes: dict[str, Any], folder: Path) -> Trainer:
    """Returns a new trainer of a changed recipe, on the CPU."""
    return start_run(recipe(name).changed(changes), out=folder, device="cpu").trainer


def play(step: Callable[[], object]) -> None:
    """Plays a round's steps."""
    for _ in range(STEPS_A_ROUND):
        step()


def off(eager: Trainer, other: Trainer, exactly: bool) -> float:
    """Returns how far the other's weights are off, as a share of their norm."""
    ours = torch.cat([p.detach().flatten() for p in other.objective.parameters()])
    theirs = torch.cat([p.detach().flatten() for p in eager.objective.parameters()])
    assert not exactly or torch.equal(ours, theirs)
    return float(f"{(ours - theirs).norm() / theirs.norm():.2g}")


def first_step(name: str, changes: dict[str, Any]) -> tuple[float, float]:
    """Returns the seconds of a compiled trainer's first step: wall, and of all processors."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = built(name, changes | {"speed": "compiled"}, Path(folder))
        wall, spent = time.perf_counter(), sum(os.times()[:4])
        trainer.step()
        return round(time.perf_counter() - wall, 1), round(sum(os.times()[:4]) - spent, 1)


def by_hand(trainer: Trainer) -> Callable[[], None] | None:
    """Returns a step with nothing between it and torch; None of a game that has more to it."""
    game = trainer.objective
    plain = type(game) is AdversarialGame and isinstance(game.augment, torch.nn.Identity)
    if not plain or {r.name for r in game.regularizers} - BY_HAND or game.constraints:
        return None
    game = copy.deepcopy(game)
    generator, discriminator = game.generator, game.discriminator
    average = copy.deepcopy(generator).requires_grad_(False)
    optimizers = [
        torch.optim.Adam(
            network.parameters(), trainer._rates[name], trainer.optimizers[name].defaults["betas"]
        )
        for name, network in (("discriminator", discriminator), ("generator", generator))
    ]
    batches, done = trainer.data.batches(0), 0

    def latent(batch: Batch) -> torch.Tensor:
        return game.prior.sample(len(batch))

    def move_discriminator(batch: Batch) -> None:
        due = [r for r in game.regularizers if done % r.every == 0]
        with torch.no_grad():
            fake = generator(latent(batch), batch.condition)
        real, fake = batch.samples.requires_grad_(bool(due)), fake.requires_grad_(bool(due))
        logits = {
            "r1": discriminator(real, batch.condition),
            "r2": discriminator(fake, batch.condition),
        }
        loss = game.loss.discriminator(*logits.values()).mean()
        for penalty in due:
            at = {"r1": real, "r2": fake}[penalty.name]
            summed = logits[penalty.name].mean(1).sum()
            (slope,) = torch.autograd.grad(summed, at, create_graph=True)
            norm = slope.square().flatten(1).sum(1).mean()
            loss = loss + penalty.every * penalty.weight / 2 * norm
        move(optimizers[0], loss)

    def move_generator(batch: Batch) -> None:
        discriminator.requires_grad_(False)
        fake = discriminator(generator(latent(batch), batch.condition), batch.condition)
        with torch.no_grad():
            real = discriminator(batch.samples, batch.condition) if game.loss.relativistic else fake
        move(optimizers[1], game.loss.generator(real, fake).mean())
        discriminator.requires_grad_(True)

    def step() -> None:
        nonlocal done
        for _ in range(game.discriminator_steps):
            move_discriminator(next(batches))
        move_generator(next(batches))
        done += 1
        with torch.no_grad():
            pairs = list(average.parameters()), list(generator.parameters())
            torch._foreach_lerp_(*pairs, 1e-3)

    return step


def move(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    """Moves one player's weights."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
