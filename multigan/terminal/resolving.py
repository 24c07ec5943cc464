"""From what somebody typed to what is to be done: the recipe, or the session that opens."""

from argparse import Namespace
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from multigan.config import Recipe, located, parse_changes
from multigan.core.engine import open_engine
from multigan.errors import ConfigError
from multigan.files import read_json
from multigan.modalities.recipes import recipe
from multigan.runs.folder import find_runs
from multigan.runs.fork import fork
from multigan.runs.run import Run
from multigan.runs.session import resume, start
from multigan.runs.steering import knob_values
from multigan.terminal.output import say


def resolve(args: Namespace) -> Recipe:
    """Returns the recipe that was named, by name or as a recipe.json, with all changes.

    Raises:
        ConfigError: There is no such recipe, or a change of it is wrong.
    """
    is_file = args.recipe.endswith(".json")
    return adjusted(_read(Path(args.recipe)) if is_file else recipe(args.recipe), args)


def adjusted(chosen: Recipe, args: Namespace) -> Recipe:
    """Returns a recipe with the changes that were asked for.

    Raises:
        ConfigError: A change is wrong.
    """
    if args.data is not None:
        chosen = chosen.with_data(args.data)
    asked: dict[str, Any] = {"steps": args.steps, "seed": args.seed, "heal": args.heal or None}
    changes = {name: value for name, value in asked.items() if value is not None}
    return chosen.changed(changes | parse_changes(args.set)).with_plugins(*args.plugins)


def prepared_fork(args: Namespace, data: Any = None) -> "partial[Any]":
    """Returns what opens the session of a fork, given how to talk.

    Args:
        args: What was asked for.
        data: The run's data, if it is an object; otherwise `args.data` may say where it is.

    Raises:
        ConfigError: There is no such knob, or a value is no number or out of its range.
    """
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


def prepared_train(args: Namespace, recipe: Recipe) -> "partial[Any] | None":
    """Returns what opens the session of a new run, or of the one that is to go on.

    None if that one has finished, which is said.
    """
    new = {"out": args.out, "device": args.device, "command": args.typed}
    if args.resume_or_start is None:
        return partial(start, recipe, **new)
    found = open_engine(args.device).share(_newest_called(args.resume_or_start, args.out))
    if found is None:
        return partial(start, replace(recipe, name=args.resume_or_start), **new)
    run = Run(found)
    if run.status()["state"] == "finished":
        say(f"Run {run.name} has finished already: {run.path}")
        return None
    return partial(resume, run, steps=args.steps, data=_data(args, None), device=args.device)


def _newest_called(name: str, root: Path) -> Path | None:
    """Returns the folder of the newest run with a name behind its number."""
    return next((r.path for r in reversed(find_runs(root)) if r.title == name), None)


def prepared_resume(args: Namespace, data: Any = None) -> "partial[Any]":
    """Returns what opens the session of a run that goes on; arguments as of `prepared_fork`."""
    return partial(
        resume,
        Run.find(args.run_name, args.runs),
        steps=args.steps,
        data=_data(args, data),
        device=args.device,
        accept_changed_data=args.force,
    )


def _data(args: Namespace, data: Any) -> Any:
    return located(args.data) if data is None and args.data is not None else data


def _read(path: Path) -> Recipe:
    try:
        return Recipe.from_json(read_json(path))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"The recipe {path} cannot be read: {error}") from None
