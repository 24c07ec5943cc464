"""What replaying traced moves saves: a recipe's steps played eagerly and replayed, in turns.

    python -m benchmarks replay --clock processor
    python -m benchmarks replay digits image --changes '{"generator.width": 64}'

Each recipe is built twice, on its own data and at its own size, once with `speed=eager` and once
with `speed=replay`. Their weights are compared after the last step: they must be the same to the
bit. Phases that cannot be replayed are named with the reason.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import torch

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import medians, ratio, show_ratio, take_turns
from multigan import recipe
from multigan.core.replay import ReplayedMoves
from multigan.core.trainer import Trainer
from multigan.runs.session import start as start_run

RECIPES = ("digits", "image", "dcgan", "sngan", "wgan-gp", "r3gan", "stylegan2", "notes")
STEPS_A_ROUND = 4


def main() -> None:
    """Reads the options, times both sides of every recipe, prints and writes the ratios."""
    parser = make_parser(__doc__)
    parser.add_argument("recipes", nargs="*", default=RECIPES)
    parser.add_argument("--changes", type=json.loads, default={}, help="of every recipe, as JSON")
    parser.add_argument("--rounds", type=int, default=15, help=f"of {STEPS_A_ROUND} steps")
    options, result = start(parser)
    result["recipes"] = {}
    for name in options.recipes:
        with tempfile.TemporaryDirectory() as folder:
            found = compared(name, options, Path(folder))
        result["recipes"][name] = found
        print(f"{name:12} eager / replayed {show_ratio(found['ratio'])}, {found['seconds']}")
        for phase, why in found["refusals"].items():
            print(f"{'':12} {phase} is not replayed: {why}")
    finish(result, options.json)


def compared(name: str, options: Any, folder: Path) -> dict[str, Any]:
    """Returns one recipe's seconds a step on both sides, their ratio, and what is not replayed."""
    sides = {
        speed: built(name, options.changes | {"speed": speed}, folder / speed)
        for speed in ("eager", "replay")
    }
    moves = sides["replay"].moves
    assert isinstance(moves, ReplayedMoves)
    moves.patience = 1
    times = take_turns(
        {speed: lambda trainer=trainer: play(trainer) for speed, trainer in sides.items()},
        options.rounds,
        warm_up=3,
        clock=options.clock,
    )
    eager, replayed = (side.objective.state_dict() for side in sides.values())
    assert all(torch.equal(value, replayed[key]) for key, value in eager.items()), name
    seconds = {speed: round(spent / STEPS_A_ROUND, 6) for speed, spent in medians(times).items()}
    return {
        "ratio": ratio(times, "eager", "replay"),
        "seconds": seconds,
        "refusals": moves.refusals,
    }


def built(name: str, changes: dict[str, Any], folder: Path) -> Trainer:
    """Returns a new trainer of a changed recipe, on the CPU."""
    return start_run(recipe(name).changed(changes), out=folder, device="cpu").trainer


def play(trainer: Trainer) -> None:
    """Plays a round's steps."""
    for _ in range(STEPS_A_ROUND):
        trainer.step()
