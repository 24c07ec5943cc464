"""Stacked MNIST: how many of the thousand triples of digits a generator makes, while it trains.

Three digits, drawn independently, are the channels of an image. A classifier of single digits,
which learns from the same images, reads the channels of 26,000 samples; each of the 1,000 classes
that it reads at least once is a mode. Real stacks, read by the same classifier, stand beside.

Source of the protocol: Srivastava et al. (2017), "VEEGAN"; Lin et al. (2018), "PacGAN".

Shapes: N samples, H and W the images' size, K kinds of single images.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.common.curves import Curve, write_curves
from multigan.config import Recipe
from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.regularizers import REGULARIZERS
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.errors import ConfigError, DivergedError, RunError
from multigan.metrics import ClassCoverage, Classifier, class_coverage
from multigan.metrics.classifier import accuracy, from_bytes
from multigan.metrics.data_classifier import data_classifier
from multigan.modalities.image.load.load import load_images
from multigan.modalities.image.load.loaded import ImageSet
from multigan.modalities.image.load.stacked import HEIGHT, PREFIX, StackedSource, stacked_class
from multigan.modalities.recipes import recipe as find_recipe
from multigan.runs.folder import checkpoint_step
from multigan.runs.resume import latest_valid_checkpoint
from multigan.runs.run import Run
from multigan.runs.session import Session, resume, start

SAMPLES = 26_000
CLASSIFIER_STEPS = 3000
REAL = "real"  # of what stands beside the games
REAL_SEED = 1  # other stacks than those that are trained on, which are of seed 0
AT_ONCE = 500

Note = Callable[[str], None]


@dataclass(frozen=True)
class Point:
    """What a run had reached at one step.

    Attributes:
        step: Of the run.
        seconds: Processor time of the training until then, without what measuring took.
        modes: Classes with at least one sample.
        kl: KL(samples || uniform) over the classes, in nats.
    """

    step: int
    seconds: float
    modes: int
    kl: float


@dataclass(frozen=True)
class Row:
    """One game with one seed.

    Attributes:
        game: A loss's name and its penalties', e.g. "relativistic+r1+r2".
        seed: Of the run.
        run: Where the run is.
        points: What was measured so far, in order.
        done: Whether the run has come to its end.
        failure: Why it ended early; empty if it did not.
    """

    game: str
    seed: int
    run: str = ""
    points: tuple[Point, ...] = ()
    done: bool = False
    failure: str = ""

    @property
    def name(self) -> str:
        """What to call it in pictures."""
        return f"{self.game}, seed {self.seed}"

    def to_json(self) -> dict[str, Any]:
        """Returns plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Row":
        """Reads what `to_json` returned."""
        return cls(**{**value, "points": tuple(Point(**point) for point in value["points"])})


@dataclass(frozen=True)
class Control:
    """Real stacks in a generator's place.

    Attributes:
        images: Which images were stacked.
        modes, kl: By the classifier, as of samples.
        true_modes, true_kl: By the images' own labels.
    """

    images: str
    modes: int
    kl: float
    true_modes: int
    true_kl: float


class Judge:
    """Reads stacks, channel by channel.

    Args:
        singles: What is stacked; the classifier learns from at most 50,000 of these images and
            is kept in the cache.
        samples: N, of which everything is counted.
        on_note: Called when training the classifier takes long.

    Raises:
        ConfigError: The images have no classes.
    """

    def __init__(
        self, singles: ImageSet, *, samples: int = SAMPLES, on_note: Note | None = None
    ) -> None:
        self.classifier = data_classifier(singles, steps=CLASSIFIER_STEPS, on_note=on_note)
        self.samples = samples

    @property
    def held_out_accuracy(self) -> float:
        """Of the classifier, on a tenth of the images, which it did not learn from."""
        return self.classifier.report.accuracy

    def accuracy(self, images: ImageSet) -> float:
        """Returns the share of other images that the classifier names rightly."""
        raw, labels = images.source.read(torch.arange(len(images)))
        if labels is None:
            raise ConfigError(f"{images.report.where} has no classes to test the classifier with.")
        return accuracy(self.classifier, raw.cpu(), labels.cpu())

    @torch.inference_mode()
    def count(self, batches: Iterator[Tensor]) -> ClassCoverage:
        """Counts the classes of stacks (B, 3, H, W) in [-1, 1]."""
        return self._covered(torch.cat([_read(self.classifier, batch) for batch in batches]))

    def generated(self, trainer: Trainer) -> ClassCoverage:
        """Counts what the EMA generator makes of fixed latents."""
        game, generator = trainer.objective, trainer.average["generator"]
        assert isinstance(game, AdversarialGame)
        with seeded("stacked"):
            latents = game.prior.sample(self.samples).to(trainer.engine.device)
        return self.count(generator(part).cpu() for part in torch.split(latents, AT_ONCE))

    def real(self, images: ImageSet, name: str) -> Control:
        """Counts real stacks, by the classifier and by their labels."""
        source = StackedSource(images.source, self.samples, seed=REAL_SEED)
        parts = torch.split(torch.arange(self.samples), AT_ONCE)
        read = self.count(from_bytes(source.read(part)[0]) for part in parts)
        true = self._covered(torch.cat([source.classes(part) for part in parts]))
        return Control(name, read.covered, read.kl, true.covered, true.kl)

    def _covered(self, classes: Tensor) -> ClassCoverage:
        return class_coverage(classes, self.classifier.report.num_classes**HEIGHT)


def _read(classifier: Classifier, stacks: Tensor) -> Tensor:
    """Returns the class of every stack (B, 3, H, W), (B,)."""
    digits = classifier(stacks.flatten(0, 1)[:, None]).argmax(1)
    return stacked_class(digits.view(-1, HEIGHT), classifier.report.num_classes)


class Counting(Callback):
    """Counts modes every `every` steps and at the last, and keeps the training's time apart.

    Args:
        judge: Counts.
        every: Interval in steps.
        last: The run's last step.
        on_point: Called with each point.
    """

    def __init__(
        self, judge: Judge, every: int, last: int, on_point: Callable[[Point], None]
    ) -> None:
        self.judge, self.every, self.last, self.on_point = judge, every, last, on_point
        self._before = 0.0  # seconds of earlier sessions
        self._began = time.process_time()

    @property
    def seconds(self) -> float:
        """Processor time of the training so far."""
        return self._before + time.process_time() - self._began

    def on_fit_start(self, trainer: Trainer) -> None:
        """Starts the clock."""
        self._began = time.process_time()

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Counts where it is due; the clock stands still meanwhile."""
        step = trainer.steps_done
        if step % self.every and step != self.last:
            return
        trainer.check_finite()
        seconds, stopped = self.seconds, time.process_time()
        found = self.judge.generated(trainer)
        self._began += time.process_time() - stopped
        self.on_point(Point(step, round(seconds, 1), found.covered, round(found.kl, 4)))

    def state_dict(self) -> dict[str, Any]:
        """Returns the time, which goes on when a run is resumed."""
        return {"seconds": self.seconds}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over the time of earlier sessions."""
        self._before = state["seconds"]


def load_singles(data: Any, size: int | None = None) -> ImageSet:
    """Loads what is to be stacked, in grey."""
    return load_images(data, channels=1, size=size)


def game_recipe(game: str, base: Recipe | None = None) -> Recipe:
    """Returns a recipe, `image` by default, with another loss and only the penalties named.

    Args:
        game: A loss and penalties, "relativistic+r1+r2". Penalties have the recipe's strength,
            or else their own.
        base: What else is as in this recipe.

    Raises:
        UnknownNameError: There is no such loss or penalty.
    """
    base = base or find_recipe("image")
    loss, *penalties = game.split("+")
    LOSSES[loss], [REGULARIZERS[name] for name in penalties]
    gone = set(base.regularizers) - set(penalties)
    return replace(
        base,
        name=f"stacked-{game.replace('+', '-').replace('_', '-')}",
        conditional=False,
        loss=loss,
        regularizers={name: base.regularizers.get(name, {}) for name in penalties},
        schedules={k: v for k, v in base.schedules.items() if k.split(".")[0] not in gone},
    )


def play(
    row: Row,
    recipe: Recipe,
    judge: Judge,
    *,
    data: str,
    every: int,
    out: Path = Path("runs"),
    device: str = "auto",
    on_row: Callable[[Row], None],
    on_note: Note | None = None,
) -> Row:
    """Trains one game from where it stands, measuring on the way.

    Args:
        row: As far as it is; its run goes on from its latest checkpoint.
        recipe: What to train.
        judge: Counts.
        data: The path or name of the images to stack.
        every: Interval in steps of counting, and of checkpoints.
        out: Where a new run is made.
        device: "auto", "cpu", "cuda" or "mps".
        on_row: Called with the row whenever there is more of it.
        on_note: Called with each sentence for the person.

    Raises:
        RunError: The run was stopped.
    """
    recipe = recipe.with_data(f"{PREFIX}{data}").changed(
        {"seed": row.seed, "checkpoint_every": every, "keep_checkpoints": 1}
    )

    def keep(point: Point) -> None:
        nonlocal row
        row = replace(row, points=(*row.points, point))
        on_row(row)

    counting = Counting(judge, every, recipe.steps, keep)
    session, row = _open(row, recipe, counting, out, device, on_note)
    on_row(row)
    try:
        run = session.fit()
    except DivergedError as error:
        row = replace(row, done=True, failure=str(error))
    else:
        status = run.status()
        if status["state"] != "finished":
            raise RunError(
                f"{run.path} is {status['state']} at step {status['step']} of {status['of']}. The "
                "same command goes on there."
            )
        row = replace(row, done=True)
    on_row(row)
    return row


def _open(
    row: Row,
    recipe: Recipe,
    counting: Counting,
    out: Path,
    device: str,
    on_note: Note | None,
) -> tuple[Session, Row]:
    """Opens a row's run where it was interrupted, or a new one."""
    if row.run and Path(row.run).is_dir():
        run = Run(Path(row.run))
        folder, _ = latest_valid_checkpoint(run)
        begun = 0 if folder is None else checkpoint_step(folder)
        session = resume(run, device=device, callbacks=[counting], on_note=on_note)
        return session, replace(row, points=tuple(p for p in row.points if p.step <= begun))
    session = start(recipe, out=out, device=device, callbacks=[counting], on_note=on_note)
    return session, replace(row, points=(), run=str(session.run.path))


def draw_rows(path: Path, rows: Sequence[Row], controls: Sequence[Control], samples: int) -> Path:
    """Draws modes over processor time, and lines of real stacks to compare with."""
    curves = {
        row.name: Curve([(point.seconds, point.modes) for point in row.points])
        for row in rows
        if row.points
    }
    end = max((p.seconds for row in rows for p in row.points), default=1.0)
    for control in controls:
        name = f"{REAL}, {control.images}: {control.modes}"
        curves[name] = Curve([(0, control.modes), (end, control.modes)], dashed=True)
    return write_curves(
        path,
        f"Modes of Stacked MNIST among {samples:,} samples",
        curves,
        x_label="Processor time of the training, seconds",
        y_label="Modes",
    )


def draw_samples(stem: Path, rows: Sequence[Row], columns: int = 12) -> Path | None:
    """Draws samples of every run, one below the other; None if no run has any yet."""
    pipelines = [Run(Path(r.run)).pipeline() for r in rows if r.points and Path(r.run).is_dir()]
    if not pipelines:
        return None
    lines = max(1, 8 // len(pipelines))
    items = [item for pipeline in pipelines for item in pipeline(lines * columns, seed=0)]
    return pipelines[0].modality.write_sheet(items, stem, columns=columns)
