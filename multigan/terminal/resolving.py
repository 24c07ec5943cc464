"""From what somebody typed to what is to be done: the recipe, or the session that opens."""

from argparse import Namespace
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multigan.config import GIVEN_IN_PYTHON, Recipe, located, parse_changes
from multigan.errors import ConfigError
from multigan.imports.hub_names import HUB_PREFIX
from multigan.modalities.recipe_file import RecipeFile, is_recipe_file, read_recipe_file
from multigan.modalities.recipes import RECIPES, recipe
from multigan.runs.folder import newest_called
from multigan.runs.steering import knob_values
from multigan.terminal.output import remark, say

if TYPE_CHECKING:
    from multigan.runs.recommend import Chosen, Open
    from multigan.runs.sweep.grid import Varied


def resolve(args: Namespace) -> Recipe:
    """Returns the recipe that was named, by name or as a file, with all changes.

    Raises:
        ConfigError: There is no such recipe, or a change of it is wrong.
    """
    chosen = _named(args.recipe)
    chosen = chosen if args.data is None else chosen.with_data(args.data)
    return chosen.changed(parse_changes(args.set)).with_plugins(*args.plugins)


@dataclass(frozen=True)
class Plan:
    """What is to be trained.

    Attributes:
        recipe: All that is known before the data are loaded.
        left: What is decided when they are.
        reasons: What was chosen for somebody who did not, in sentences.
    """

    recipe: Recipe
    left: "Open"
    reasons: tuple[str, ...] = ()


def planned(args: Namespace, given: Recipe | None = None) -> Plan:
    """Returns what `multigan train` was asked for: a recipe by name, or what suits some data.

    Args:
        args: Its arguments; `args.recipe` names a recipe, a file of one, or data.
        given: A recipe that a notebook has as an object.

    Raises:
        ConfigError: There is no such recipe, a change is wrong, or the data's kind is unknown.
    """
    from multigan.core.registries import DATA
    from multigan.modalities.kind import kind_of
    from multigan.runs.recipe_check import check_recipe
    from multigan.runs.recommend import MINUTES, Open, suited

    asked_for = _configured(args)
    steps, minutes = args.steps, args.minutes
    if minutes is None and steps is None:
        minutes = asked_for.minutes
    if minutes is not None and (steps is not None or minutes <= 0):
        raise ConfigError("Say either --steps or --minutes, and more than 0 of them.")
    chosen, free = _chosen(args, asked_for, given)
    kind = kind_of(chosen.recipe.modality)
    asked = {**asked_for.changes, **_asked(args, kind.size, asked_for.size)}
    recipe = chosen.recipe.changed(asked).with_plugins(*args.plugins)
    check_recipe(recipe)
    if free and minutes is None and "steps" not in asked:
        minutes = MINUTES
    reasons = chosen.reasons
    is_file = recipe.data.name != GIVEN_IN_PYTHON and recipe.data.name not in DATA
    if (free or recipe.name == kind.general) and is_file:
        suits = suited(recipe, asked, minutes=minutes or MINUTES, device=args.device, free=free)
        recipe, reasons = suits.recipe, (*reasons, *suits.reasons)
    return Plan(recipe, Open(minutes, free, asked), reasons)


def planned_sweep(args: Namespace) -> "tuple[Recipe, dict[str, Varied]]":
    """Returns a recipe with nothing left open, and what a sweep varies of it.

    Raises:
        ConfigError: There is no such recipe, or a value that is to be tried cannot be.
    """
    from multigan.core.engine import open_engine
    from multigan.runs.assemble import load_data
    from multigan.runs.recommend import Open, closed
    from multigan.runs.sweep.grid import tried

    fixed, wanted = tried(args.set)
    given = Namespace(**{**vars(args), "set": fixed, "seed": None, "heal": False})
    plan = planned(given)
    for reason in plan.reasons:
        remark(f"Chosen: {reason}.")
    left = Open(plan.left.minutes, plan.left.free, {**(plan.left.asked or {}), **wanted})
    recipe = plan.recipe
    if left.free or left.minutes is not None:
        engine = open_engine(args.device, recipe.precision, recipe.deterministic)
        recipe = closed(recipe, left, load_data(recipe), engine, remark)
        engine.close()
        if left.minutes is not None:
            remark("Steps are timed anew by the same command, so go on with --resume FOLDER.")
    return recipe, wanted


def said_at_once(args: Namespace, given: Recipe | None = None) -> str:
    """Returns what a run is called until it has a name; a known recipe's without importing torch.

    Raises:
        ConfigError: There is no such recipe, or it has no such setting, or not that value.
    """
    named = args.recipe or args.chosen or args.data or args.config
    is_name = isinstance(named, str) and named == args.recipe and not is_recipe_file(named)
    if given is None and is_name and not _is_data(named):
        given = recipe(named)
    if given is None:
        return Path(str(named)).stem or "data"
    return given.changed(_asked(args, None, None)).name


def _configured(args: Namespace) -> RecipeFile:
    """Returns what the file asks for that --config names, or the place of a recipe."""
    what = args.recipe if isinstance(args.recipe, str) and is_recipe_file(args.recipe) else None
    if what is not None and args.config is not None:
        raise ConfigError(f"Both {what} and --config {args.config} are files of recipes.")
    found = what or args.config
    return RecipeFile() if found is None else read_recipe_file(Path(found))


def _chosen(args: Namespace, asked_for: RecipeFile, given: Recipe | None) -> "tuple[Chosen, bool]":
    """Returns a recipe for the data that were named, and whether nobody named the recipe."""
    from multigan.runs.recommend import Chosen, recipe_for

    what, data = args.recipe, args.data
    if isinstance(what, str) and is_recipe_file(what):
        what = None
    if given is None and what is not None and args.chosen is None and not _is_data(what):
        given, what = recipe(what), None
    elif given is not None:
        what = None
    if what is not None and data is not None:
        raise ConfigError(f"Both {what!r} and --data {data} name data. Leave one out.")
    data = next((one for one in (what, data, asked_for.data) if one is not None), None)
    given = recipe(args.chosen) if args.chosen is not None else given or asked_for.recipe
    if given is not None:
        return Chosen(given if data is None else given.with_data(data)), False
    if data is None:
        raise ConfigError(
            "Say what to train: a recipe (multigan recipes), or data, as in multigan train photos/"
        )
    return recipe_for(data), True


def _is_data(what: str) -> bool:
    if what in RECIPES:
        return False
    from multigan.modalities.guess import is_own  # torch

    return "/" in what or what.startswith(HUB_PREFIX) or Path(what).exists() or is_own(what)


def _asked(args: Namespace, size: str | None, sized: int | None) -> dict[str, Any]:
    """Returns the values of a recipe that were typed, by dotted path; `sized` is a file's size."""
    asked = {"steps": args.steps, "seed": args.seed, "speed": args.speed}
    asked["heal"] = args.heal or None
    if size is not None:
        asked[size] = sized if args.size is None else args.size
    changes = {name: value for name, value in asked.items() if value is not None}
    return changes | parse_changes(args.set)


def prepared_fork(args: Namespace, data: Any = None) -> "partial[Any]":
    """Returns what opens the session of a fork, given how to talk.

    Args:
        args: What was asked for.
        data: The run's data, if it is an object; otherwise `args.data` may say where it is.

    Raises:
        ConfigError: There is no such knob, or a value is no number or out of its range.
    """
    from multigan.runs.fork import fork
    from multigan.runs.run import Run  # torch: a recipe is resolved before it is imported

    parent = Run.find(args.run_name, args.runs)
    return partial(
        fork,
        parent,
        step=args.step,
        steps=args.steps,
        changes=parse_changes(args.set),
        knobs=knob_values(parent, parse_changes(args.knob)),
        data=_data(args, data),
        device=args.device,
    )


def prepared_train(args: Namespace, plan: Plan) -> "partial[Any] | None":
    """Returns what opens the session of a new run, or of the one that is to go on.

    None if that one has finished, which is said.
    """
    from multigan.core.engine import open_engine
    from multigan.runs.run import Run
    from multigan.runs.session import resume, start

    new = {"left": plan.left, "out": args.out, "device": args.device, "command": args.typed}
    if args.resume_or_start is None:
        return partial(start, plan.recipe, **new)
    newest = newest_called(args.resume_or_start, args.out)
    found = open_engine(args.device).share(newest and newest.path)
    if found is None:
        return partial(start, replace(plan.recipe, name=args.resume_or_start), **new)
    run = Run(found)
    if run.status()["state"] == "finished":
        say(f"Run {run.name} has finished already: {run.path}")
        return None
    return partial(resume, run, steps=args.steps, data=_data(args, None), device=args.device)


def prepared_resume(args: Namespace, data: Any = None) -> "partial[Any]":
    """Returns what opens the session of a run that goes on; arguments as of `prepared_fork`."""
    from multigan.runs.run import Run
    from multigan.runs.session import resume

    return partial(
        resume,
        Run.find(args.run_name, args.runs),
        steps=args.steps,
        speed=args.speed,
        data=_data(args, data),
        device=args.device,
        accept_changed_data=args.force,
    )


def _data(args: Namespace, data: Any) -> Any:
    return located(args.data) if data is None and args.data is not None else data


def _named(name: str) -> Recipe:
    if not is_recipe_file(name):
        return recipe(name)
    from multigan.runs.recommend import recipe_for

    found = read_recipe_file(Path(name))
    chosen = found.recipe or recipe_for(str(found.data)).recipe
    chosen = chosen if found.data is None else chosen.with_data(found.data)
    return chosen.changed(found.changes)
