"""What an explorer shows: from a few numbers to samples, and to the code that makes them again."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from multigan.core.protocols import HasStyles
from multigan.core.registries import KINDS
from multigan.errors import ConfigError, RunError
from multigan.notebook.finding import Found, Key
from multigan.notebook.naming import DirectionNames
from multigan.runs.folder import checkpoint_step
from multigan.runs.profiles import LONGEST, SHORTEST, snapshots_in
from multigan.runs.run import Run
from multigan.sampling.latents import Directions, walk
from multigan.sampling.locate import is_pipeline_name
from multigan.sampling.pipeline import Pipeline
from multigan.terminal.latent_space import targets_of

NUM_DIRECTIONS = 8
METHODS = ("principal", "factorized", "random")
MOST_SHOWN = 64
UNKNOWN_EXPLORED = 8  # samples shown at first of a modality that is no plug-in
MOST_MIXED = 8  # samples, each with the styles of each
PROJECTION_STEPS = 120
WRITING = {"prompt": "", "temperature": 1.0, "top_k": 0, "top_p": 1.0}  # text's own options

OnPartial = Callable[[list[str]], None]
Source = tuple[int | None, float | None]  # a step, and the length of an average


@dataclass(frozen=True)
class View:
    """What is looked at; the page and the kernel send it to and fro as JSON.

    Attributes:
        step: The checkpoint of this step; None is the latest pipeline.
        average: The length of the average, instead; for runs that stored profiles.
        seed: Fixes the latents.
        count: How many samples.
        truncation: As in `Pipeline.__call__`.
        condition: A class's number, numbers of a vector, or None for the classes in turn.
        toward: A class that is mixed into each sample's own.
        share: How much of it, from 0 to 1.
        method: How the directions are found.
        moves: The distance along each direction.
        latent: In the seed's place, the latent that was found for a real sample.
        writing: `prompt`, `temperature`, `top_k` and `top_p`, for generators that write.
    """

    step: int | None = None
    average: float | None = None
    seed: int = 0
    count: int = 16
    truncation: float = 1.0
    condition: int | tuple[float, ...] | None = None
    toward: int | None = None
    share: float = 0.0
    method: str = "principal"
    moves: tuple[float, ...] = ()
    latent: tuple[float, ...] = ()
    writing: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_SHOWN:
            raise ConfigError(f"Between 1 and {MOST_SHOWN} samples are shown, not {self.count}.")
        if len(self.moves) > NUM_DIRECTIONS or self.method not in METHODS:
            raise ConfigError(f"There are {NUM_DIRECTIONS} directions, {', '.join(METHODS)}.")
        if not 0 <= self.share <= 1:
            raise ConfigError(f"A share of a class lies between 0 and 1; {self.share} does not.")

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "View":
        """Reads what a page sent.

        Raises:
            ConfigError: A field is unknown or out of its range.
        """
        condition = value.get("condition")
        chosen = tuple(condition) if isinstance(condition, list) else condition
        try:
            rows = {name: tuple(value.get(name, ())) for name in ("moves", "latent")}
            return cls(**{**value, "condition": chosen, **rows})
        except TypeError as error:
            raise ConfigError(f"This view cannot be read: {error}.") from None


@dataclass(frozen=True)
class Pin:
    """One sample that was pinned: the `index`-th of a view."""

    view: View
    index: int

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Pin":
        """Reads what a page sent."""
        return cls(View.from_json(value["view"]), int(value["index"]))


class Explored:
    """A pipeline, or the pipelines of a run's checkpoints, as an explorer asks them.

    Args:
        source: A run, a pipeline, the path of either, or a saved pipeline's name.
        device: Where to make samples.
    """

    def __init__(self, source: Run | Pipeline | str | Path, *, device: str = "cpu") -> None:
        self.run = source if isinstance(source, Run) else _run_at(source)
        self._given = source if isinstance(source, Pipeline) else None
        self.path = None if isinstance(source, Run | Pipeline) else Path(source)
        self._name = str(source)
        self._device = device
        self._pipelines: dict[Source, Pipeline] = {}
        self._found = Found()
        self.names = DirectionNames(self._folder)
        self.pipeline()  # so that a wrong path is said at once

    @property
    def _folder(self) -> Path | None:
        """Where the newest pipeline is saved, if it is."""
        if self.run is not None:
            return self.run.pipeline_folder
        is_own = self.path is not None and self.path.exists()  # of the gallery or the Hub it is not
        return self.path if is_own else None

    def pipeline(self, view: View | None = None) -> Pipeline:
        """Returns the pipeline that a view is of, loaded once.

        Raises:
            CheckpointError: The run has no such checkpoint, or has stored no averages.
        """
        source = (None, None) if view is None else (view.step, view.average)
        if source not in self._pipelines:
            self._pipelines[source] = self._load(*source)
        return self._pipelines[source]

    def forget(self) -> None:
        """Lets the newest pipeline be read again, which a run at work has replaced."""
        self._pipelines.clear()
        self._found.forget()

    def facts(self) -> dict[str, Any]:
        """Returns what a page needs to know to offer controls."""
        pipeline = self.pipeline()
        spec, modality = pipeline.condition, pipeline.modality.name
        folders = [] if self.run is None else self.run.checkpoint_folders()
        return {
            "modality": modality,
            "condition": None if spec is None else spec.kind,
            "names": [] if spec is None else list(spec.names) or [str(i) for i in range(spec.size)],
            "directions": self._num_directions(pipeline),
            "methods": list(METHODS),
            "named": self.names.known(),
            "writes": pipeline.writes,
            "mixes": not pipeline.writes and pipeline.mixes_classes,
            "styles": _num_styles(pipeline),
            "pitches": _pitches(pipeline),
            "center": [] if spec is None else list(spec.center),
            "scale": [] if spec is None else list(spec.scale),
            "lengths": self._lengths(),
            "steps": [checkpoint_step(folder) for folder in folders],
            "count": KINDS[modality].explored if modality in KINDS else UNKNOWN_EXPLORED,
            "most": MOST_SHOWN,
        }

    def samples(self, view: View, on_partial: OnPartial | None = None) -> list[Any]:
        """Returns the samples of a view, decoded.

        Args:
            view: The view.
            on_partial: Called with texts while they are being written.
        """
        pipeline = self.pipeline(view)
        if pipeline.writes:
            return self._written(pipeline, view, on_partial)
        chosen = self.conditions(view)
        samples = pipeline.generate(self.latents(view), chosen, truncation=view.truncation)
        return pipeline.modality.decode(samples)

    def conditions(self, view: View) -> Tensor | None:
        """Returns a condition for each sample of a view: (count, ...), weights where they mix."""
        pipeline = self.pipeline(view)
        chosen = pipeline.conditions(_told(view), view.count)
        if chosen is None or view.toward is None or not view.share:
            return chosen
        pipeline.conditions(view.toward, 1)  # so that a class that is none is said
        toward = pipeline.class_weights(torch.tensor([view.toward]))
        return torch.lerp(pipeline.class_weights(chosen), toward, view.share)

    def _written(self, pipeline: Pipeline, view: View, on_partial: OnPartial | None) -> list[Any]:
        options = {**WRITING, **view.writing}
        tokens: list[Tensor] = []

        def hear(position: int, chosen: Tensor) -> None:
            tokens.append(chosen.cpu())
            if on_partial is not None:
                texts = pipeline.modality.decode(torch.stack(tokens, 1))
                on_partial([f"{options['prompt']} {text}".strip() for text in texts])

        ids = pipeline.generate_ids(  # type: ignore[attr-defined]
            view.count, condition=_told(view), seed=view.seed, on_token=hear, **options
        )
        return pipeline.modality.decode(ids)

    def latents(self, view: View) -> Tensor:
        """Returns the latents (count, Z) of a view."""
        pipeline = self.pipeline(view)
        if view.latent:
            latents = torch.tensor(view.latent).expand(view.count, -1)
        else:
            latents = pipeline.latents(view.count, seed=view.seed, truncation=view.truncation)
        if not any(view.moves):
            return latents
        directions = self._directions_of(view)
        for index, distance in enumerate(view.moves):
            if distance:
                latents = directions.move(latents, index, distance)
        return latents

    def start(self) -> View:
        """Returns what is shown at first."""
        facts = self.facts()
        spec = self.pipeline().condition
        chosen: tuple[float, ...] | None = None
        if spec is not None and spec.kind != "class" and not spec.examples:
            chosen = spec.center or (0.0,) * spec.size
        return View(count=facts["count"], condition=chosen, moves=(0.0,) * facts["directions"])

    def walk(self, pins: Sequence[Pin], frames: int, *, eased: bool = False) -> list[Any]:
        """Returns samples along the way through pinned ones, and from class to class.

        A generator that cannot mix classes stays with that of the nearest pin.

        Raises:
            ConfigError: There are fewer than two pins.
        """
        if len(pins) < 2:
            raise ConfigError("A walk needs two pinned samples, from which and to which it goes.")
        pipeline = self.pipeline(pins[0].view)
        chosen = self._conditions_of(pins, frames, eased)
        latents = walk(self._latents_of(pins), frames, eased=eased)
        return pipeline.modality.decode(pipeline.generate(latents, chosen))

    def mix(self, pins: Sequence[Pin], layers: int) -> list[Any]:
        """Returns each pinned sample with the finer styles of each, row by row.

        All of them have the first one's condition.

        Args:
            pins: P of them.
            layers: How many of the coarsest styles are the row's.

        Raises:
            ConfigError: There are too many pins, or the generator has no styles.
        """
        if not 2 <= len(pins) <= MOST_MIXED:
            raise ConfigError(f"Styles are mixed of 2 to {MOST_MIXED} pinned samples.")
        latents, first = self._latents_of(pins), pins[0]
        chosen = self.pipeline(first.view).conditions(_told(first.view), first.view.count)
        one = None if chosen is None else chosen[first.index : first.index + 1]
        return self.pipeline(first.view).mix_styles(latents, latents, condition=one, layers=layers)

    def _latents_of(self, pins: Sequence[Pin]) -> Tensor:
        return torch.stack([self.latents(pin.view)[pin.index] for pin in pins])

    def variants(self, pin: Pin, moves: Sequence[Sequence[float]]) -> list[Any]:
        """Returns one sample moved otherwise: what lies at a pad's edges, or along a direction.

        Args:
            pin: The sample, with a view whose own moves do not count.
            moves: The distance along each direction, for each variant.
        """
        still = dataclasses.replace(pin.view, moves=())
        pipeline, latent = self.pipeline(still), self.latents(still)[pin.index]
        directions = self._directions_of(pin.view)
        vectors = directions.vectors.to(latent)[: len(moves[0])]
        latents = latent + torch.tensor(moves, dtype=latent.dtype) @ vectors
        conditions = self.conditions(still)
        if conditions is not None:
            conditions = conditions[pin.index : pin.index + 1].expand(
                len(moves), *conditions.shape[1:]
            )
        samples = pipeline.generate(latents, conditions, truncation=still.truncation)
        return pipeline.modality.decode(samples)

    def projected(self, folder: Path, condition: int | None) -> tuple[View, float]:
        """Returns a view of the latent that makes most nearly what a file holds, and the distance.

        Args:
            folder: Holds the file, a picture or a sound, alone.
            condition: Its class; None tries them all.
        """
        pipeline = self.pipeline()
        targets = targets_of(pipeline, folder, 1)
        found = pipeline.project(targets, condition=condition, steps=PROJECTION_STEPS)
        by_class = pipeline.condition is not None and pipeline.condition.kind == "class"
        chosen = int(found.condition[0]) if by_class and found.condition is not None else None
        start = self.start()
        view = dataclasses.replace(
            start, count=1, latent=tuple(found.latents[0].tolist()), condition=chosen
        )
        return view, float(found.distances[0])

    def _conditions_of(
        self, pins: Sequence[Pin], frames: int, eased: bool = False
    ) -> Tensor | None:
        pipeline, chosen = self.pipeline(pins[0].view), []
        for pin in pins:
            conditions = self.conditions(pin.view)
            if conditions is None:
                return None
            if pipeline.mixes_classes and not conditions.is_floating_point():
                conditions = pipeline.class_weights(conditions)
            chosen.append(conditions[pin.index])
        stops = torch.stack(chosen)
        if stops.is_floating_point():
            return walk(stops, frames, linear=True, eased=eased)
        return stops[torch.linspace(0, len(pins) - 1, frames).round().long()]

    def finds(self, view: View) -> bool:
        """Whether a view needs directions that are not found yet."""
        return any(view.moves) and self._key(view) not in self._found

    def prepare(self, view: View) -> None:
        """Begins to find a view's directions on a thread, before a hand asks for them."""
        pipeline = self.pipeline(view)
        if count := self._num_directions(pipeline):
            self._found.begin(self._key(view), pipeline, count)

    def _directions_of(self, view: View) -> Directions:
        pipeline = self.pipeline(view)
        return self._found.of(self._key(view), pipeline, self._num_directions(pipeline))

    def _key(self, view: View) -> Key:
        condition = view.condition if isinstance(view.condition, int) else None
        return view.step, view.average, view.method, condition

    def _num_directions(self, pipeline: Pipeline) -> int:
        return 0 if pipeline.writes else min(NUM_DIRECTIONS, pipeline.prior.dim)

    def _lengths(self) -> list[float]:
        """Returns the shortest and the longest average that can be chosen, if any."""
        stored = self.run is not None and bool(snapshots_in(self.run.profiles))
        return [SHORTEST, LONGEST] if stored else []

    def _load(self, step: int | None, average: float | None) -> Pipeline:
        if self.run is not None:
            if not self.run.path.is_dir():
                raise RunError(
                    f"The folder of run {self.run.name} is gone, and with it its checkpoints. What "
                    "was read before it went can still be explored: choose the newest."
                )
            return self.run.pipeline(device=self._device, step=step, average=average)
        if self._given is not None:
            return self._given
        return Pipeline.from_pretrained(self._name, device=self._device)


def _run_at(source: Any) -> Run | None:
    """Returns the run at a path, if that is what is there."""
    if isinstance(source, Pipeline):
        return None
    return None if is_pipeline_name(source) else Run.find(str(source))


def _num_styles(pipeline: Pipeline) -> int:
    generator = pipeline.generator
    return generator.num_styles if isinstance(generator, HasStyles) else 0


def _told(view: View) -> Any:
    """Returns the condition as a pipeline takes it."""
    if isinstance(view.condition, tuple):
        return torch.tensor([view.condition] * view.count)
    return view.condition


def _pitches(pipeline: Pipeline) -> dict[str, int]:
    """Returns the class of each pitch by its MIDI number, where classes are pitches."""
    try:
        known: Mapping[int, int] = getattr(pipeline, "pitches", {})
    except ConfigError:  # sounds whose classes are something else
        return {}
    return {str(midi): number for midi, number in sorted(known.items())}
