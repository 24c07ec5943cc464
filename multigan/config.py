"""Recipes: typed, readable from JSON and back, changeable by `--set key=value`."""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from multigan.errors import ConfigError
from multigan.imports import plugins
from multigan.imports.hub_names import HUB_PREFIX
from multigan.imports.plugins import Plugin
from multigan.typed import (
    AtLeast,
    AtMost,
    Below,
    Component,
    Count,
    Decay,
    Interval,
    OneOf,
    Range,
    That,
    Weight,
    WholeName,
    checked,
    from_plain,
    put,
    read_value,
    to_plain,
)

FORMAT = 1
SCHEDULE_SHAPES = (  # those of multigan.core.schedules
    *("half_cosine", "linear", "exponential", "logarithmic", "quadratic", "sigmoid"),
    "square_root",
)
GIVEN_IN_PYTHON = "(given in Python)"  # the name of data that has none

# In front of a path, of data that a kind makes from what is there: `Traits.prefixes`.
_PREFIX = re.compile(rf"(?!{HUB_PREFIX})[a-z]{{2,}}:")
_FOLDER_NAME = re.compile(r"[^./\\][^/\\]*")
LARGEST_BATCH = 2**24  # beyond it memory fills up for minutes before anything fails


def _names_a_folder(name: str) -> bool:
    return _FOLDER_NAME.fullmatch(name) is not None and name.isprintable()


Speed = Literal["auto", "eager", "replay", "compiled"]
FolderName = Annotated[
    str,
    That("a part of a folder's name, not empty, without slashes or a dot first", _names_a_folder),
]


@checked
@dataclass(frozen=True)
class OptimizerOptions:
    """Adam's settings for one player, and how far its gradient may go."""

    learning_rate: Annotated[float, Range(0, 1)] = 2e-4
    """2e-4 is R3GAN's and DCGAN's."""

    beta1: Decay = 0.0
    """0 for games with gradient penalties (Karras et al. 2018; Huang et al. 2024)."""

    beta2: Decay = 0.99
    """Of the squared gradients' average."""

    clip: Weight = 0.0
    """The largest norm of the player's gradient, all weights taken together; a larger one is scaled
    down to it (Pascanu, Mikolov & Bengio 2013). 0 leaves gradients alone."""


@checked
@dataclass(frozen=True)
class ScheduleOptions:
    """How a knob moves; see `multigan.core.schedules.Schedule`."""

    start: float
    """The knob's first value."""

    end: float
    """The knob's last value."""

    over: Interval = 0
    """How many real samples the way takes; 0 stands for the whole run's."""

    shape: Annotated[str, OneOf(*SCHEDULE_SHAPES)] = "half_cosine"
    """How it goes from one to the other."""

    after: Interval = 0
    """How many samples are seen before it begins, e.g. in a warm-up."""


@checked
@dataclass(frozen=True)
class Recipe:
    """Everything that decides a run, by names and numbers."""

    name: FolderName
    """Of the recipe; the run's folder is called after it."""

    summary: str = ""
    """One line for `multigan recipes`."""

    modality: str = "image"
    """The kind of data: image, text, audio, or a plug-in's."""

    data: Annotated[Component, WholeName()] = field(default_factory=lambda: Component("digits"))
    """What to train on: a source by name or path, with the loader's options."""

    representation: Component | None = None
    """What networks see of the data, where that can be chosen, as for audio; null for the
    modality's own choice."""

    conditional: bool = True
    """Whether the players are conditioned on each sample's label, where the data has one."""

    objective: Component = field(default_factory=lambda: Component("game"))
    """What is optimized; "game" is that of a generator and a discriminator."""

    generator: Component = field(default_factory=lambda: Component("dcgan"))
    """The network that makes samples."""

    discriminator: Component | None = field(default_factory=lambda: Component("dcgan"))
    """The network that judges them; an objective may need none."""

    augment: Component | None = None
    """What is done to all that the discriminator sees; null for nothing."""

    pack: Count = 1
    """How many samples the discriminator judges together; more than 1 is PacGAN."""

    latent_dim: Count = 64
    """Z, the size of the generator's input."""

    loss: str = "relativistic"
    """An adversarial loss's name."""

    regularizers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Options by regularizer's name, e.g. {"r1": {"weight": 0.1}}."""

    optimizers: dict[str, OptimizerOptions] = field(
        default_factory=lambda: {
            "generator": OptimizerOptions(),
            "discriminator": OptimizerOptions(),
        }
    )
    """Adam's settings by player."""

    schedules: dict[str, ScheduleOptions] = field(default_factory=dict)
    """How knobs move, by the knob's name, e.g. "r1.weight"."""

    controllers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What turns knobs by measured signals, e.g. {"balance": {"by": "steps"}}."""

    discriminator_steps: Count = 1
    """Discriminator updates per generator update."""

    frozen: tuple[str, ...] = ()
    """Layers that stay as they are, e.g. discriminator.convolutions.0; of networks that are
    tuned."""

    half_life: Weight = 20_000
    """Of the generator's exponential moving average (EMA), in samples."""

    batch_size: Annotated[Count, AtMost(LARGEST_BATCH)] = 64
    """Over all processes."""

    accumulate: Count = 1
    """Pieces a batch is cut into, to fit into memory."""

    steps: Interval = 10_000
    """How long to train."""

    seed: int = 0
    """Decides every random draw."""

    precision: Literal["float32", "tf32", "bfloat16", "float16"] = "float32"
    """What layers compute in; weights and penalties stay float32. tf32 is for NVIDIA's GPUs since
    Ampere, float16 for older ones; its gradients are scaled."""

    deterministic: bool = False
    """Whether the libraries of GPUs are asked for algorithms that repeat themselves to the bit."""

    speed: Speed = "auto"
    """How moves are played: "eager", as they are written; "replay", from a trace once they repeat,
    with the same numbers to the bit; "compiled", by inductor from the first step on, which takes a
    minute or more once and is off in the last bits. "auto" replays, and says nothing of what it
    cannot."""

    log_every: Count = 50
    """Steps between two rows of the curves."""

    log_seconds: Weight = 2.0
    """A row is written besides where there was none for so many seconds; 0 is never."""

    look_every: Interval = 500
    """Steps between two sheets of samples, besides the first and the last; 0 is never any."""

    look_seconds: Weight = 2.0
    """A sheet is drawn besides after so many seconds, and after 2.5, 5, 10, 20 ... times as many;
    0 is never."""

    checkpoint_every: Interval = 1000
    """Steps between two checkpoints; 0 is never."""

    evaluate_every: Interval = 0
    """Steps between two evaluations; 0 is never."""

    profile_every: Interval = 0
    """When averages are stored whose length is chosen later; see `core.profiles`."""

    keep_checkpoints: Count = 3
    """How many of the latest stay."""

    metrics: tuple[str, ...] = ("frechet", "coverage")
    """What is measured every `evaluate_every` steps."""

    best_by: str = ""
    """The metric whose best checkpoint is kept besides; "" for none."""

    health_every: Interval = 250
    """Interval in steps of the doctor's inspections; 0 is never."""

    held_out: Annotated[float, AtLeast(0), Below(1)] = 0.0
    """The share of the data in the held-out split, so that the doctor can measure how far the
    discriminator overfits (`health/memory`); 0 is none. With 200 held-out samples or more it has an
    alarm."""

    heal: bool = False
    """Whether to apply what the doctor suggests by itself. Where that needs a new run,
    this one stops; `multigan train` then begins the new one."""

    on_divergence: Literal["stop", "rollback"] = "stop"
    """Stop, or roll back to the last checkpoint with half the learning rate."""

    max_rollbacks: Interval = 3
    """After so many the run stops all the same."""

    plugins: tuple[Plugin, ...] = ()
    """Code of one's own that names parts of it; see `--plugin`."""

    def __post_init__(self) -> None:
        if not self.data.name.strip():
            raise ConfigError("data needs a name: a path, a name on the Hub, or 'digits'.")

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

    def with_plugins(self, *named: Plugin) -> "Recipe":
        """Returns a copy whose plug-ins are loaded, and that names all those it uses.

        Args:
            named: More of them, loaded already, whether or not their names stand in the recipe.

        Raises:
            ConfigError: This user has never named a plug-in that the recipe needs; then none of
                its code has run.
        """
        loaded = plugins.require(self.plugins, f"The recipe {self.name!r}")
        metrics = dict.fromkeys((*self.metrics, self.best_by))
        used = plugins.used_by(to_plain(self) | {"metrics": metrics})
        return dataclasses.replace(self, plugins=tuple(dict.fromkeys((*loaded, *named, *used))))

    def to_json(self) -> dict[str, Any]:
        """Returns plain values that `from_json` reads back to an equal recipe."""
        plain = to_plain(self)
        if not self.plugins:
            del plain["plugins"]
        return {"format": FORMAT, **plain}

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
        removes an entry, as in {"regularizers.r2": None}. Of an entry that the recipe has, the
        table may be left out, as in the names of knobs: "r1.weight".

        Raises:
            ConfigError: A path leads nowhere, or a value has the wrong type.
        """
        tree = to_plain(self)
        for path, value in changes.items():
            put(tree, Recipe, _whole_path(tree, path).split("."), value, path)
        return Recipe.from_json(tree)


def _whole_path(tree: Mapping[str, Any], path: str) -> str:
    """Returns a path with the table before it, where a knob's name was given."""
    first = path.partition(".")[0]
    tables = () if first in tree else ("regularizers", "controllers")
    return next((f"{table}.{path}" for table in tables if first in tree[table]), path)


def _with_located_paths(options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns options in which each existing folder that is named as `path` is absolute.

    Components among them that are written as text, such as learned:path=runs/1, become tables.
    """
    found = dict(options)
    for name, value in options.items():
        named = Component.parse(value) if isinstance(value, str) and name != "path" else None
        if named is not None and named.options:
            found[name] = {"name": named.name, "options": _with_located_paths(named.options)}
        elif isinstance(value, Mapping):
            found[name] = _with_located_paths(value)
        elif name == "path" and isinstance(value, str) and value:
            found[name] = located(value)
    return found


def located(source: str) -> str:
    """Returns a path as an absolute one, which is right in any folder, and a name as it is.

    Raises:
        ConfigError: It is empty.
    """
    found = _PREFIX.match(source)
    prefix = found[0] if found else ""
    name = source.removeprefix(prefix)
    if not name.strip():
        raise ConfigError(f"Please name the data, by path or on the Hub: {source!r} names nothing.")
    path = Path(name)
    return f"{prefix}{path.resolve()}" if path.exists() else source


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
        changes[key] = read_value(text, key)
    return changes
