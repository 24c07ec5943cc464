"""A look at data before anything is trained: what is there, what suits it, how long it takes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from multigan.config import Recipe
from multigan.core.engine import Engine, open_engine
from multigan.data.loaded import Loaded
from multigan.data.sight import Sight
from multigan.modalities.kind import kind_of
from multigan.runs.assemble import build_parts, build_trainer, load_data
from multigan.runs.pace import seconds_per_step, settled_by_time
from multigan.runs.preview import draw_look
from multigan.runs.real import of_recipe, write_real
from multigan.runs.recommend import Open, suiting_number


@dataclass(frozen=True)
class Look:
    """What was seen of data, and of a recipe for them.

    Attributes:
        sight: Of the data.
        recipe: What would be trained.
        step_seconds: How long a step takes here.
        first_seconds: How long it takes from loaded data to the first samples.
        warnings: What will go ill, the sight's among them.
        samples: A file of real samples.
    """

    sight: Sight
    recipe: Recipe
    step_seconds: float
    first_seconds: float
    warnings: tuple[str, ...]
    samples: Path

    @property
    def minutes(self) -> float:
        """How long all of the steps take."""
        return self.recipe.steps * self.step_seconds / 60


def look(
    recipe: Recipe, left: Open, stem: Path, *, device: str = "auto", note: Callable[[str], None]
) -> Look:
    """Loads data, says what they are, and times a recipe on them. Nothing is trained.

    Args:
        recipe: What would be trained.
        left: What of it depends on the loaded data.
        stem: Where real samples are written, without the suffix.
        device: Where steps are timed.
        note: Called with what is chosen.

    Raises:
        MultiganError: Whatever is wrong with the recipe, the data or the device.
    """
    engine = open_engine(device, recipe.precision)
    loaded = load_data(recipe)
    sight = kind_of(recipe.modality).sight(loaded)
    samples = write_real(loaded, recipe.modality, stem)
    if left.free:
        recipe = suiting_number(recipe, left, loaded, note)
    seconds = seconds_per_step(recipe, loaded, engine)
    if left.minutes is not None:
        recipe = settled_by_time(recipe, left.minutes, seconds)
    warnings = (*sight.warnings, *of_recipe(recipe, loaded))
    first = _first_samples(recipe.settled(), loaded, engine)
    return Look(sight, recipe, seconds, first, warnings, samples)


def _first_samples(recipe: Recipe, loaded: Loaded, engine: Engine) -> float:
    """Returns how many seconds it takes to build everything and to draw samples once."""
    began = time.monotonic()
    parts = build_parts(recipe, loaded, engine)
    trainer = build_trainer(recipe, parts, engine)
    with TemporaryDirectory() as folder:
        draw_look(parts, trainer, Path(folder) / "first")
    return time.monotonic() - began
