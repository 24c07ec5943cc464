"""How long a step takes here, and how many of them fit into the time that somebody has."""

import time
from dataclasses import replace
from typing import Any

from multigan.config import Recipe
from multigan.core.engine import Engine
from multigan.core.trainer import Trainer
from multigan.data.loaded import Loaded
from multigan.runs.assemble import build_parts, build_trainer

TIMED_SECONDS = 2.0  # in all, where steps are short
AT_LEAST = 4  # steps: penalties come at every fourth
LONGEST_SECONDS = 20.0  # of timing, where steps are long
SHARE_OF_STEPS = 0.9  # of the time; the rest is for looks, inspections and checkpoints
STAGES = 32  # of a run, at which it is asked which phases are played
GROWTH = "growth"  # a knob; networks that grow take ever longer
INTERVALS = {"health_every": 10, "checkpoint_every": 4, "look_every": 4, "evaluate_every": 4}
WARM_UPS = ("warmup_steps", "discriminator_warmup")


def seconds_per_step(recipe: Recipe, data: Loaded, engine: Engine) -> float:
    """Returns how long a step of a recipe takes on this machine, on average over the whole run.

    Steps of a trainer that is then thrown away are timed: once for each set of players that are at
    work together, such as before and after a warm-up, and weighted by how long they are.
    """
    recipe = recipe.settled()
    if recipe.speed == "compiled":  # what compiling takes comes out of what it saves
        recipe = replace(recipe, speed="replay")
    trainer = build_trainer(recipe, build_parts(recipe, data, engine), engine)
    stages = _stages(recipe, trainer)
    each = TIMED_SECONDS / len(stages)
    return sum(share * _timed(trainer, step, each) for step, share in stages)


def settled_by_time(recipe: Recipe, minutes: float, seconds: float) -> Recipe:
    """Returns a recipe of as many steps as fit into some minutes; its schedules end with them.

    Args:
        recipe: What is to be trained.
        minutes: How long.
        seconds: A step takes so long.
    """
    return with_steps(recipe, max(int(60 * minutes * SHARE_OF_STEPS / max(seconds, 1e-9)), 1))


def with_steps(recipe: Recipe, steps: int) -> Recipe:
    """Returns a recipe of so many steps whose warm-ups and schedules have the same share of them.

    Inspections, looks and checkpoints come at least a few times, however few steps there are.
    """
    ratio = steps / max(recipe.steps, 1)
    options = dict(recipe.objective.options)
    options |= {name: round(options[name] * ratio) for name in WARM_UPS if name in options}
    schedules = {
        knob: replace(way, over=round(way.over * ratio), after=round(way.after * ratio))
        for knob, way in recipe.schedules.items()
    }
    shorter: dict[str, Any] = {
        name: min(getattr(recipe, name), max(steps // times, 1))
        for name, times in INTERVALS.items()
    }
    objective = replace(recipe.objective, options=options)
    return replace(recipe, steps=steps, objective=objective, schedules=schedules, **shorter)


def _stages(recipe: Recipe, trainer: Trainer) -> list[tuple[int, float]]:
    """Returns steps that stand for parts of the run, and which share of it each part has."""
    steps = sorted({recipe.steps * (2 * n + 1) // (2 * STAGES) for n in range(STAGES)})
    if any(GROWTH in knob for knob in trainer.schedules):
        return [(step, 1 / 4) for step in steps[len(steps) // 8 :: max(len(steps) // 4, 1)][:4]]
    alike: dict[tuple[bool, ...], list[int]] = {}
    for step in steps:
        played = tuple(phase.active(step) for phase in trainer.objective.phases)
        alike.setdefault(played, []).append(step)
    return [(at[len(at) // 2], len(at) / len(steps)) for at in alike.values()]


def _timed(trainer: Trainer, step: int, seconds: float) -> float:
    trainer.steps_done = step
    trainer.step()  # the first is slower: memory is asked for, kernels are chosen
    began = now = time.monotonic()
    done = 0
    while not done or (
        (done % AT_LEAST or now - began < seconds) and now - began < LONGEST_SECONDS
    ):
        trainer.step()
        done, now = done + 1, time.monotonic()
    trainer.check_finite()  # waits for the device
    return (time.monotonic() - began) / done
