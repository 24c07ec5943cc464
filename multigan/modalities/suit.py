"""What a general recipe leaves open, chosen for the data and the time that there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from multigan.config import Recipe
from multigan.data.loaded import Loaded


@dataclass(frozen=True)
class Traits:
    """By what data of a kind are known.

    Attributes:
        suffixes: Of its files, in lower case, with the dot.
        names: Data that multigan carries.
        prefixes: How further names of data begin, such as "stacked:"; lower case letters and a
            colon. What stands behind one may be a path.
        columns: What a table's column of them may be called, in lower case.
        feature: What `datasets` calls the type of such a column; "" for none of its own.
    """

    suffixes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    feature: str = ""


@dataclass(frozen=True)
class Budget:
    """How much time there is, and how much of it a step takes.

    Attributes:
        seconds: For all of the training.
        time_step: `(recipe, data) -> seconds` times steps of a recipe on data in memory.
        free: Whether nobody chose the recipe, so that all which it leaves open may be chosen.
    """

    seconds: float
    time_step: Callable[[Recipe, Loaded], float]
    free: bool = True


@dataclass(frozen=True)
class Suited:
    """What was chosen.

    Attributes:
        changes: Values of the recipe by dotted path.
        reasons: In sentences.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


def suit_nothing(recipe: Recipe, budget: Budget) -> Suited:
    """Leaves a recipe as it is."""
    return Suited()


def suit_no_number(recipe: Recipe, loaded: Loaded) -> Suited:
    """Leaves a recipe as it is, however many samples there are."""
    return Suited()
