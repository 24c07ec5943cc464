"""A trained generator goes on with few samples of something else, without learning them by heart.

What helps is put together: the discriminator's early layers stay as they are (Mo, Cho & Shin 2020,
"Freeze the Discriminator: a Simple Baseline for Fine-Tuning GANs"), rates are a fraction of the
recipe's, augmentation is as strong as overfitting asks for (Karras et al. 2020, "Training
Generative Adversarial Networks with Limited Data"), the average begins anew, and a class that was
not there before begins as the mean of those that were.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from multigan.config import OptimizerOptions, Recipe
from multigan.core.trainer import Trainer
from multigan.errors import ConfigError
from multigan.files import write_json
from multigan.modalities.kind import kind_of
from multigan.runs.assemble import network_groups
from multigan.runs.checkpoint import load_checkpoint
from multigan.runs.folder import checkpoint_step
from multigan.runs.pace import with_steps
from multigan.runs.recommend import Open
from multigan.runs.resume import latest_valid_checkpoint
from multigan.runs.run import Run
from multigan.runs.session import Session, start

STEPS = 500
QUIET = 0.2  # of the recipe's learning rates
AVERAGE = 0.25  # of the recipe's half-life: the first average is of another domain
FROZEN = 0.5  # of the discriminator's layers
SMALLEST_BATCH = 8
VARIED = {"strength": 0.3}  # where the augmentation begins
ADAPTIVE = {"adaptive_augment": {"samples_to_full": 50_000}}

Weights = Mapping[str, Tensor]


def tune(
    parent: Run,
    data: str | Path,
    *,
    step: int | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    changes: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    device: str = "auto",
    **talk: Any,
) -> Session:
    """Prepares a new run that tunes another's networks to few samples.

    Args:
        parent: The run whose networks it begins with; it stays as it is.
        data: The new samples, of the same kind; brought to the parent's size.
        step: The checkpoint's; None is the latest valid one.
        steps: How long; None is 500.
        minutes: Likewise, instead of steps.
        changes: Other values of the recipe by dotted path.
        out: Where the new run's folder is made; None is beside the parent.
        device: "auto", "cpu", "cuda" or "mps".
        talk: `callbacks`, `on_row`, `on_note` and `command`, as `session.start` takes them.

    Raises:
        CheckpointError: The parent has no such checkpoint.
        ConfigError: The networks cannot take the new samples, or a change is wrong.
    """
    folder = parent.checkpoint_at(step) if step is not None else latest_valid_checkpoint(parent)[0]
    if folder is None:
        raise ConfigError(f"Run {parent.name} has no checkpoint yet, so there is nothing to tune.")
    state = load_checkpoint(folder, torch.device("cpu"))
    recipe = tuned_recipe(parent, str(data), STEPS if steps is None else steps)
    recipe = recipe.changed(changes or {})
    weights = averaged(state["objective"], state["average"])
    known = len(recipe.data.options.get("known_classes", ()))
    session = start(
        recipe,
        out=out or parent.path.parent,
        device=device,
        prepare=lambda trainer: take_over(trainer, weights, known),
        left=Open(minutes=minutes),
        **talk,
    )
    if session.engine.is_main:
        origin = {
            "run": parent.name,
            "path": os.path.relpath(parent.path, session.run.path),
            "step": checkpoint_step(folder),
            "changes": dict(changes or {}) | {"data": str(data)},
            "knobs": {},
        }
        write_json(session.run.parent_file, origin)
    return session


def tuned_recipe(parent: Run, data: str, steps: int) -> Recipe:
    """Returns the recipe that tunes a run's networks to other data."""
    old, pipeline = parent.recipe, parent.pipeline()
    kind = kind_of(old.modality)
    kept = {n: v for n, v in old.data.options.items() if n not in kind.subset_options}
    options = {**kept, **kind.match_options(pipeline.modality)}
    spec = pipeline.condition
    if spec is not None and spec.kind == "class":
        options["known_classes"] = list(spec.names or map(str, range(spec.size)))
    rates = {name: _quiet(options) for name, options in old.optimizers.items()}
    recipe = replace(
        old,
        name=f"{old.name}-tuned",
        data=replace(old.data, options=options),
        optimizers=rates,
        schedules={name: s for name, s in old.schedules.items() if name.startswith("inverse")},
        half_life=AVERAGE * old.half_life,
        frozen=frozen_layers(parent),
        held_out=0.0,
        seed=old.seed,
    ).with_data(data)
    if kind.varied:
        changed = {"augment": {"name": kind.varied, "options": VARIED}, "controllers": ADAPTIVE}
        recipe = recipe.changed(changed)
    return with_steps(recipe, steps)


def _quiet(options: OptimizerOptions) -> OptimizerOptions:
    return replace(
        options, learning_rate=QUIET * options.learning_rate, beta2=max(options.beta2, 0.99)
    )


def frozen_layers(parent: Run) -> tuple[str, ...]:
    """Returns the names of the first half of a discriminator's layers; none without one."""
    if parent.recipe.discriminator is None or parent.recipe.pack > 1:
        return ()
    groups = network_groups(parent.discriminator())
    return tuple(f"discriminator.{name}" for name in groups[: int(FROZEN * len(groups))])


def averaged(objective: Weights, average: Weights) -> dict[str, Tensor]:
    """Returns an objective's weights with those networks averaged of which there is an average."""
    prefix = "networks."
    found = {name.removeprefix(prefix): value for name, value in average.items()}
    return {name: found.get(name, value) for name, value in objective.items()}


def take_over(trainer: Trainer, weights: Weights, known: int) -> None:
    """Loads another game's weights; tables of classes keep their rows and grow by their mean.

    Args:
        trainer: Of the new game.
        weights: The other game's.
        known: How many classes that one knows.

    Raises:
        ConfigError: Some other weight has another shape.
    """
    own = trainer.objective.state_dict()
    taken = {
        name: _grown(weights[name], value.shape, known)
        for name, value in own.items()
        if name in weights
    }
    unlike = [
        name for name, value in own.items() if name not in taken or taken[name].shape != value.shape
    ]
    if unlike:
        raise ConfigError(
            f"The new data need other networks: {unlike[0]} would have the shape "
            f"{tuple(own[unlike[0]].shape)}. Tune with data of the same form: size, channels, "
            "and classes if the run has them."
        )
    trainer.objective.load_state_dict(taken)
    trainer.average.begin()


def _grown(value: Tensor, shape: torch.Size, known: int) -> Tensor:
    """Returns a table of all classes if a weight has a row for each known one, else the weight.

    New rows are the mean of the others.
    """
    if value.shape == shape or not value.dim() or len(value) != known or len(shape) != value.dim():
        return value
    mean = value.float().mean(0, keepdim=True).to(value.dtype)
    return torch.cat([value, mean.expand(max(shape[0] - known, 0), *value.shape[1:])])
