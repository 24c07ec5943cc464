"""Recipes: typed, readable from JSON and back, changeable by `--set key=value`."""

import dataclasses
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multigan.errors import ConfigError
from multigan.registry import Component
from multigan.typed import from_plain, put, to_plain

FORMAT = 1
SCHEDULE_SHAPES = (  # those of multigan.core.schedules
    *("half_cosine", "linear", "exponential", "logarithmic", "quadratic", "sigmoid"),
    "square_root",
)
PREFIXES = ("stacked:", "oracle:")  # of data that is made from what a path behind them names
GIVEN_IN_PYTHON = "(given in Python)"  # the name of data that has none

_FOLDER_NAME = re.compile(r"[^./\\][^/\\]*")
LARGEST_BATCH = 2**24  # beyond it memory fills up for minutes before anything fails
_AT_LEAST_1 = (
    *("latent_dim", "discriminator_steps", "batch_size", "accumulate", "pack"),
    *("log_every", "keep_checkpoints"),
)
_NOT_NEGATIVE = (
    *("half_life", "steps", "look_every", "checkpoint_every", "evaluate_every", "profile_every"),
    *("max_rollbacks", "health_every"),
)


@dataclass(frozen=True)
class OptimizerOptions:
    """Adam's settings for one player, and how far its gradient may go.

    Attributes:
        learning_rate: 2e-4 is R3GAN's and DCGAN's.
        beta1: 0 for games with gradient penalties (Karras et al. 2018; Huang et al. 2024).
        beta2: Of the squared gradients' average.
        clip: The largest norm of the player's gradient, all weights taken together; a larger one
            is scaled down to it (Pascanu, Mikolov & Bengio 2013). 0 leaves gradients alone.
    """

    learning_rate: float = 2e-4
    beta1: float = 0.0
    beta2: float = 0.99
    clip: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.learning_rate <= 1:
            raise ConfigError(f"learning_rate must lie between 0 and 1, not {self.learning_rate}.")
        for name in ("beta1", "beta2"):
            value = getattr(self, name)
            if not 0 <= value < 1:
                raise ConfigError(f"{name} must be at least 0 and below 1, not {value}.")
        if self.clip < 0:
            raise ConfigError(f"clip cannot be negative, as {self.clip} is; 0 is not at all.")


@dataclass(frozen=True)
class ScheduleOptions:
    """How a knob moves; see `multigan.core.schedules.Schedule`.

    Attributes:
        start, end: The knob's values.
        over: How many real samples the way takes; 0 stands for the whole run's.
        shape: "half_cosine", "linear", "exponential" or another of `SCHEDULE_SHAPES`.
        after: How many samples are seen before it begins, e.g. in a warm-up.
    """

    start: float
    end: float
    over: int = 0
    shape: str = "half_cosine"
    after: int = 0

    def __post_init__(self) -> None:
        if self.after < 0:
            raise ConfigError(f"after cannot be negative, as {self.after} is.")
        if self.over < 0:
            raise ConfigError(f"over cannot be negative, as {self.over} is; 0 is the whole run.")
        if self.shape not in SCHEDULE_SHAPES:
            raise ConfigError(f"shape is {', '.join(SCHEDULE_SHAPES)}, not {self.shape!r}.")


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a run, by names and numbers.

    Attributes:
        name: Of the recipe; the run's folder is called after it.
        summary: One line for `multigan recipes`.
        modality: The kind of data: "image".
        representation: What networks see of the data, where that can be chosen, as for audio; null
            for the modality's own choice.
        data: What to train on: a source by name or path, with the loader's options.
        conditional: Whether to tell the players each sample's label, where the data has one.
        objective: What is optimized; "game" is that of a generator and a discriminator.
        generator, discriminator: The networks; an objective may need no discriminator.
        augment: What is done to all that the discriminator sees; null for nothing.
        pack: How many samples the discriminator judges together; more than 1 is PacGAN.
        latent_dim: Z, the size of the generator's input.
        loss: An adversarial loss's name.
        regularizers: Options by regularizer's name, e.g. {"r1": {"weight": 0.1}}.
        optimizers: Adam's settings by player.
        schedules: How knobs move, by the knob's name, e.g. "r1.weight".
        controllers: What turns knobs by measured signals, e.g. {"balance": {"by": "steps"}}.
        discriminator_steps: Discriminator updates per generator update.
        half_life: Of the averaged generator, in samples.
        batch_size: Over all processes.
        accumulate: Pieces a batch is cut into, to fit into memory.
        steps: How long to train.
        seed: Decides every random draw.
        precision: "float32" or "bfloat16".
        log_every, look_every, checkpoint_every, evaluate_every: Intervals in steps; 0 is never.
        profile_every: When averages are stored whose length is chosen later; see `core.profiles`.
        keep_checkpoints: How many of the newest stay.
        metrics: What is measured every `evaluate_every` steps.
        best_by: The metric whose best checkpoint is kept besides; "" for none.
        health_every: Interval in steps of the doctor's inspections; 0 is never.
        held_out: The share of the data that nobody learns from, so that the doctor can measure how
            far the discriminator learns by heart (`health/memory`); 0 keeps nothing aside. With 200
            samples or more aside it has an alarm.
        heal: Whether to apply what the doctor suggests without being told to. Where that needs a
            new run, this one stops; `multigan train` then begins the new one.
        on_divergence: "stop", or "rollback" to the last checkpoint with half the learning rate.
        max_rollbacks: After so many the run stops all the same.
    """

    name: str
    summary: str = ""
    modality: str = "image"
    data: Component = field(default_factory=lambda: Component("digits"))
    representation: Component | None = None
    conditional: bool = True
    objective: Component = field(default_factory=lambda: Component("game"))
    generator: Component = field(default_factory=lambda: Component("dcgan"))
    discriminator: Component | None = field(default_factory=lambda: Component("dcgan"))
    augment: Component | None = None
    pack: int = 1
    latent_dim: int = 64
    loss: str = "relativistic"
    regularizers: dict[str, dict[str, Any]] = field(default_factory=dict)
    optimizers: dict[str, OptimizerOptions] = field(
        default_factory=lambda: {
            "generator": OptimizerOptions(),
            "discriminator": OptimizerOptions(),
        }
    )
    schedules: dict[str, ScheduleOptions] = field(default_factory=dict)
    controllers: dict[str, dict[str, Any]] = field(default_factory=dict)
    discriminator_steps: int = 1
    half_life: float = 20_000
    batch_size: int = 64
    accumulate: int = 1
    steps: int = 10_000
    seed: int = 0
    precision: str = "float32"
    log_every: int = 50
    look_every: int = 500
    checkpoint_every: int = 1000
    evaluate_every: int = 0
    profile_every: int = 0
    keep_checkpoints: int = 3
    metrics: tuple[str, ...] = ("frechet", "coverage")
    best_by: str = ""
    health_every: int = 250
    held_out: float = 0.0
    heal: bool = False
    on_divergence: str = "stop"
    max_rollbacks: int = 3

    def __post_init__(self) -> None:
        if not 0 <= self.held_out < 1:
            raise ConfigError(f"held_out is a share of the data, 0 to below 1: {self.held_out}.")
        for name in _AT_LEAST_1:
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1, not {getattr(self, name)}.")
        for name in _NOT_NEGATIVE:
            if getattr(self, name) < 0:
                raise ConfigError(f"{name} cannot be negative, as {getattr(self, name)} is.")
        if self.batch_size > LARGEST_BATCH:
            raise ConfigError(f"batch_size is at most {LARGEST_BATCH}, not {self.batch_size}.")
        if not _FOLDER_NAME.fullmatch(self.name) or not self.name.isprintable():
            raise ConfigError(
                "name becomes part of a folder's name, so it has no slashes, begins with no dot "
                f"and is not empty; it cannot be {self.name!r}."
            )
        if not self.data.name.strip():
            raise ConfigError("data needs a name: a path, a name on the Hub, or 'digits'.")
        if self.on_divergence not in ("stop", "rollback"):
            raise ConfigError(f"on_divergence is stop or rollback, not {self.on_divergence!r}.")

    def with_data(self, source: str) -> "Recipe":
        """Returns a copy for another source, read with the same options.

        Raises:
            ConfigError: The source is empty.
        """
        return dataclasses.replace(self, data=Component(located(source), self.data.options))

    def settled(self) -> "Recipe":
        """Returns a copy whose schedules say over how many samples they go.

        A run that is later trained further keeps the schedules it began with. Folders that its
        representation names become absolute paths, which are right in any folder.
        """
        whole_run = max(self.steps * self.batch_size, 1)
        schedules = {
            knob: schedule if schedule.over else dataclasses.replace(schedule, over=whole_run)
            for knob, schedule in self.schedules.items()
        }
        chosen = self.representation
        if chosen is not None:
            chosen = Component(chosen.name, _with_located_paths(chosen.options))
        return dataclasses.replace(self, schedules=schedules, representation=chosen)

    def to_json(self) -> dict[str, Any]:
        """Returns plain values that `from_json` reads back to an equal recipe."""
        return {"format": FORMAT, **to_plain(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Recipe":
        """Reads a recipe.

        Raises:
            ConfigError: A field is unknown, or has a value of the wrong type, named by its path.
        """
        if not isinstance(value, Mapping):
            raise ConfigError(f"A recipe is a table of names and values, not {value!r}.")
        found = value.get("format", FORMAT)
        if not isinstance(found, int) or found > FORMAT:
            raise ConfigError(f"This recipe has format {found!r}, newer than this multigan.")
        return from_plain(cls, {k: v for k, v in value.items() if k != "format"}, "recipe")

    def changed(self, changes: Mapping[str, Any]) -> "Recipe":
        """Returns a copy with values replaced by dotted path, e.g. {"generator.width": 32}.

        A component's options are reached through its name: "data.size", "augment.strength",
        "objective.relaxation.rollouts". A component itself is replaced by its new name. None
        removes an entry, as in {"regularizers.r2": None}.

        Raises:
            ConfigError: A path leads nowhere, or a value has the wrong type.
        """
        tree = to_plain(self)
        for path, value in changes.items():
            put(tree, Recipe, path.split("."), value, path)
        return Recipe.from_json(tree)


def _with_located_paths(options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns options in which each existing folder that is named as `path` is absolute."""
    found = dict(options)
    for name, value in options.items():
        if isinstance(value, Mapping):
            found[name] = _with_located_paths(value)
        elif name == "path" and isinstance(value, str) and value:
            found[name] = located(value)
    return found


def located(source: str) -> str:
    """Returns a path as an absolute one, which is right in any folder, and a name as it is.

    Raises:
        ConfigError: It is empty.
    """
    prefix = next((p for p in PREFIXES if source.startswith(p)), "")
    name = source.removeprefix(prefix)
    if not name.strip():
        raise ConfigError(f"Please name the data, by path or on the Hub: {source!r} names nothing.")
    found = Path(name)
    return f"{prefix}{found.resolve()}" if found.exists() else source


def parse_changes(assignments: Iterable[str]) -> dict[str, Any]:
    """Reads `key=value` strings; values are JSON where they can be, else text.

    Of a key that is given twice, the last value counts, in the last place.

    Raises:
        ConfigError: Something is not written so, or a number is not finite.

    Example:
        >>> parse_changes(["steps=100", "generator=resnet", "conditional=false"])
        {'steps': 100, 'generator': 'resnet', 'conditional': False}
    """
    changes: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals or not key:
            raise ConfigError(f"Changes are written key=value, not {assignment!r}.")
        key = key.strip()
        changes.pop(key, None)
        changes[key] = _read_value(key, text)
    return changes


def _read_value(key: str, text: str) -> Any:
    def finite(number: str) -> float:
        value = float(number)
        if not math.isfinite(value):
            raise ConfigError(f"{key} cannot be {number}: give a finite number.")
        return value

    try:
        return json.loads(text, parse_float=finite, parse_constant=finite)
    except ConfigError:
        raise
    except ValueError:  # not JSON, or a whole number of thousands of digits
        return text
