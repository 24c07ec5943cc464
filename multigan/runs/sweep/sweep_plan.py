"""What a sweep is: a recipe, what is varied of it, and the runs that this makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from multigan.config import GIVEN_IN_PYTHON, Recipe
from multigan.errors import ConfigError
from multigan.modalities.kind import kind_of
from multigan.runs.recipe_check import check_recipe
from multigan.runs.sweep.grid import MOST, Values, Varied, drawn, grid, key_of, labels, varied
from multigan.runs.sweep.halving import Halving

Search = Literal["grid", "draws"]


@dataclass(frozen=True)
class Member:
    """One run of a sweep.

    Attributes:
        title: What its folder is called, behind the number.
        values: What its recipe has instead of the sweep's, but for the seed.
        seed: Its recipe's seed.
    """

    title: str
    values: Values
    seed: int


@dataclass(frozen=True)
class SweepPlan:
    """All that decides a sweep.

    Attributes:
        recipe: What each run has but for what is varied; it names the metric among its `metrics`.
        wanted: What is varied, by dotted path.
        seeds: Each setting is trained with each of them.
        metric: By which runs are compared.
        search: Whether all combinations are tried, or some drawn at random.
        draws: How many, unless all are tried.
        draw_seed: Of the draws.
        halving: Who goes on, when; None for everybody to the end.
    """

    recipe: Recipe
    wanted: Mapping[str, Varied]
    seeds: tuple[int, ...]
    metric: str
    search: Search = "grid"
    draws: int = 0
    draw_seed: int = 0
    halving: Halving | None = None

    @cached_property
    def lower_is_better(self) -> bool:
        """Whether less of the metric is better."""
        return kind_of(self.recipe.modality).evaluator.lower_is_better(self.metric) is not False

    def settings(self) -> list[Values]:
        """Returns what is tried.

        Raises:
            ConfigError: A range does not say how many values, or there are too many.
        """
        if self.search == "grid":
            return grid(self.wanted)
        return drawn(self.wanted, self.draws, self.draw_seed)

    def members(self) -> list[Member]:
        """Returns the runs, all seeds of a setting together.

        Raises:
            ConfigError: A setting cannot be, with what is wrong and what was perhaps meant.
        """
        settings = self.settings()
        names = labels(settings)
        found = [
            self.member(values, label, seed)
            for values, label in zip(settings, names, strict=True)
            for seed in self.seeds
        ]
        if len(found) > MOST:
            raise ConfigError(f"That is more than {MOST} runs.")
        return found

    def member(self, values: Values, label: str, seed: int) -> Member:
        """Returns one run, whose recipe is checked.

        Raises:
            ConfigError: It cannot be.
        """
        member = Member("-".join(filter(None, [label, f"seed-{seed}"])), values, seed)
        check_recipe(self.recipe_of(member))
        return member

    def recipe_of(self, member: Member) -> Recipe:
        """Returns the recipe of a run, named after it.

        Raises:
            ConfigError: A value of it cannot be.
        """
        changed = self.recipe.changed({**member.values, "seed": member.seed})
        return replace(changed, name=member.title)

    def to_json(self) -> dict[str, Any]:
        """Returns plain values that `from_json` reads back to an equal plan."""
        return {
            "recipe": self.recipe.to_json(),
            "set": {name: one.to_json() for name, one in self.wanted.items()},
            "seeds": list(self.seeds),
            "metric": self.metric,
            "search": self.search,
            "draws": self.draws,
            "draw_seed": self.draw_seed,
            "halving": None if self.halving is None else self.halving.to_json(),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "SweepPlan":
        """Reads a plan.

        Raises:
            ConfigError, KeyError, TypeError: It is damaged.
        """
        halving = found["halving"]
        return cls(
            Recipe.from_json(found["recipe"]),
            {name: varied(name, value) for name, value in found["set"].items()},
            tuple(found["seeds"]),
            found["metric"],
            found["search"],
            found["draws"],
            found["draw_seed"],
            None if halving is None else Halving.from_json(halving),
        )


def make_plan(
    recipe: Recipe,
    wanted: Mapping[str, Varied],
    seeds: Sequence[int] = (),
    *,
    metric: str = "",
    search: Search = "grid",
    draws: int = 0,
    draw_seed: int = 0,
    keep: str = "",
    most_rungs: int = 0,
) -> SweepPlan:
    """Returns the plan of a sweep, with what nobody said chosen.

    Args:
        recipe: What is varied.
        wanted: How, by dotted path.
        seeds: None for the recipe's own.
        metric: By which runs are compared; "" for the recipe's.
        search, draws, draw_seed: As of `SweepPlan`.
        keep: The share of the settings that goes on, for successive halving; "" for all.
        most_rungs: How often it is decided who goes on; 0 for as often as suits.

    Raises:
        ConfigError: Something of it cannot be.
    """
    if recipe.data.name == GIVEN_IN_PYTHON:
        raise ConfigError("A sweep trains in other processes, which need data by path or name.")
    if "seed" in wanted:
        raise ConfigError("Say which seeds with --seeds 0..4, so that their spread can be told.")
    metric = metric or _usual_metric(recipe)
    _check_metric(recipe, metric)
    named = (
        recipe if metric in recipe.metrics else replace(recipe, metrics=(*recipe.metrics, metric))
    )
    plan = SweepPlan(
        named, wanted, tuple(seeds) or (recipe.seed,), metric, search, draws, draw_seed
    )
    if not keep:
        return plan
    if "steps" in wanted:
        raise ConfigError("Halving compares runs of one length, so steps cannot be varied.")
    halving = Halving.of(recipe.steps, len(plan.settings()), keep, most_rungs)
    return replace(plan, halving=halving)


def settings_of(members: Sequence[Member]) -> dict[str, list[Member]]:
    """Returns the runs of each setting, by its `key_of`."""
    found: dict[str, list[Member]] = {}
    for member in members:
        found.setdefault(key_of(member.values), []).append(member)
    return found


def _usual_metric(recipe: Recipe) -> str:
    """Returns the metric that decides in a recipe, or the first that says what is better."""
    evaluator = kind_of(recipe.modality).evaluator
    evaluator.check_names(recipe.metrics)
    names = [name for name in (recipe.best_by, *recipe.metrics) if name]
    found = next((n for n in names if evaluator.lower_is_better(n) is not None), None)
    if found is None:
        raise ConfigError(
            f"The recipe {recipe.name} names no metric to compare runs by. Say one: --metric NAME, "
            f"of {', '.join(_comparable(recipe))}."
        )
    return found


def _check_metric(recipe: Recipe, metric: str) -> None:
    evaluator = kind_of(recipe.modality).evaluator
    evaluator.check_names([metric])
    if evaluator.lower_is_better(metric) is None:
        raise ConfigError(
            f"Neither more nor less of {metric} is better, so it cannot say which run is best. "
            f"These can: {', '.join(_comparable(recipe))}."
        )


def _comparable(recipe: Recipe) -> list[str]:
    evaluator = kind_of(recipe.modality).evaluator
    return [name for name in evaluator.names() if evaluator.lower_is_better(name) is not None]
