"""Where a pipeline comes from, for whoever gets it: the run's name, recipe and data."""

import re
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multigan.errors import RunError
from multigan.files import read_object
from multigan.runs.folder import RunFolder, find_run
from multigan.sampling.gallery import PREFIX, in_gallery, is_gallery_name, read_card
from multigan.sampling.locate import pipeline_folder
from multigan.sampling.on_hub import is_hub_name


@dataclass(frozen=True)
class Origin:
    """What is known of a pipeline beside its weights.

    Attributes:
        name: Of the run, or of the folder.
        run: Its folder; None for a saved pipeline that no run lies around.
        facts: The recipe's name, what was learned from and how long, as plain JSON.
    """

    name: str
    run: RunFolder | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def origin_of(args: Namespace) -> Origin:
    """Returns where the pipeline comes from that was named by `args.run_name`."""
    if is_hub_name(args.run_name) and not is_gallery_name(args.run_name):
        return Origin(args.run_name.rpartition("/")[2])
    place = pipeline_folder(args.run_name)
    return _of_run(find_run(args.run_name, args.runs)) if place is None else origin_of_folder(place)


def origin_of_folder(folder: Path) -> Origin:
    """Returns where a saved pipeline comes from: the run in whose folder it lies, if any."""
    if in_gallery(folder):
        return _of_gallery(f"{PREFIX}{folder.name}")
    inner = folder.resolve()
    try:
        return _of_run(find_run(str(inner.parent if inner.name == "pipeline" else inner), Path()))
    except RunError:
        return Origin(inner.name)


def _of_gallery(name: str) -> Origin:
    card = read_card(name)
    facts = {"run": name, "recipe": card["recipe"], "data": f"{card['data']} ({card['license']})"}
    return Origin(name.removeprefix(PREFIX), facts=facts)


def _of_run(run: RunFolder) -> Origin:
    recipe, data = read_object(run.recipe_file), run.environment().get("data", {})
    facts = {"run": run.name, "recipe": recipe.get("name"), "data": _named(data)}
    return Origin(run.name, run, {name: value for name, value in facts.items() if value})


def _named(report: Mapping[str, Any]) -> str | None:
    """Returns what a data set is called; of a path its last part, for the rest is nobody's."""
    where = report.get("where")
    return re.split(r"[\\/]", where.rstrip("\\/"))[-1] if isinstance(where, str) else None
