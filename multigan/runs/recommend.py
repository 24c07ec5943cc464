"""From data alone to a recipe for them, and to as many steps as there is time for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from multigan.config import Recipe
from multigan.core.engine import Engine, open_engine
from multigan.data.loaded import Loaded
from multigan.modalities.guess import guess_kind
from multigan.modalities.kind import kind_of
from multigan.modalities.recipes import recipe as find_recipe
from multigan.modalities.suit import Budget, Suited
from multigan.runs.pace import seconds_per_step, settled_by_time
from multigan.runs.real import refuse_hopeless

MINUTES = 10.0  # to train, where nobody says how long


@dataclass(frozen=True)
class Chosen:
    """A recipe for some data.

    Attributes:
        recipe: With what suits the data.
        reasons: What was chosen and why, in sentences.
    """

    recipe: Recipe
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Open:
    """What a recipe leaves open until the data are loaded.

    Attributes:
        minutes: How long to train, instead of for its steps; None leaves those.
        free: Whether it may be changed to suit how many samples there are.
        asked: The values that a person chose, by dotted path; they stay.
    """

    minutes: float | None = None
    free: bool = False
    asked: Mapping[str, Any] | None = None


def recipe_for(data: str) -> Chosen:
    """Returns the recipe for any data of the kind that some data seem to be.

    Raises:
        ConfigError: Their kind cannot be told, or has no such recipe.
    """
    guess = guess_kind(data)
    general = kind_of(guess.kind).general
    said = f"{data} is {guess.why}, so the recipe is {general}"
    return Chosen(find_recipe(general).with_data(data), (said,))


def suited(
    recipe: Recipe,
    asked: Mapping[str, Any],
    *,
    minutes: float,
    device: str = "auto",
    free: bool = True,
) -> Chosen:
    """Returns a recipe with what its kind of data chooses from the files and the time there is.

    Args:
        recipe: What is to be trained, with `asked` applied already.
        asked: The values that a person chose, by dotted path; they stay.
        minutes: How long there is.
        device: Where to time steps.
        free: Whether nobody chose the recipe.
    """
    engine = open_engine(device, recipe.precision)

    def time_step(timed: Recipe, sample: Loaded) -> float:
        return seconds_per_step(timed, sample, engine)

    budget = Budget(60 * minutes, time_step, free)
    found = kind_of(recipe.modality).suit(recipe, budget) if engine.is_main else Suited()
    changes, reasons = engine.share((dict(found.changes), found.reasons))
    kept = {path: value for path, value in changes.items() if path not in asked}
    return Chosen(recipe.changed(kept), reasons)


def closed(
    recipe: Recipe, left: Open, loaded: Loaded, engine: Engine, note: Callable[[str], None]
) -> Recipe:
    """Returns the recipe with nothing left open: batch and augmentation suit, steps fit the time.

    The number of steps is decided here once, so that the run and whoever resumes it have it.
    """
    if left.free:
        refuse_hopeless(recipe, loaded)
        recipe = suiting_number(recipe, left, loaded, note)
    if left.minutes is not None:
        seconds = engine.share(seconds_per_step(recipe, loaded, engine))
        recipe = settled_by_time(recipe, left.minutes, seconds)
        note(
            f"A step takes {seconds:.3g} s here: {recipe.steps} steps in about "
            f"{left.minutes:g} minutes."
        )
    return recipe


def suiting_number(
    recipe: Recipe, left: Open, loaded: Loaded, note: Callable[[str], None]
) -> Recipe:
    """Returns a recipe whose batch and augmentation suit how many samples there are."""
    found = kind_of(recipe.modality).suit_number(recipe, loaded)
    for reason in found.reasons:
        note(f"Chosen: {reason}.")
    asked = left.asked or {}
    return recipe.changed({p: value for p, value in found.changes.items() if p not in asked})
