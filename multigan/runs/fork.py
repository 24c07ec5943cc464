"""Going back in a run's time and going on otherwise: a new run that begins at a checkpoint.

The new run is whole: it has the checkpoint, and the log and the previews up to it, so either run
may be deleted. `parent.json` says where it comes from.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from multigan.config import Recipe
from multigan.errors import CheckpointError, ConfigError
from multigan.files import copy_files, read_object, write_json
from multigan.runs.assemble import check_held_out, check_pieces
from multigan.runs.folder import RunFolder, checkpoint_step, create_run
from multigan.runs.profiles import snapshots_in
from multigan.runs.recipe_check import check_recipe
from multigan.runs.resume import latest_valid_checkpoint
from multigan.runs.run import Run
from multigan.runs.session import Session, resume

ASKING_FOR_HELD_OUT = {"held_out", "health_every"}
IN_PIECES = {"accumulate", "regularizers"}  # what decides whether pieces of a batch will do


def fork(
    parent: Run,
    *,
    step: int | None = None,
    steps: int | None = None,
    changes: Mapping[str, Any] | None = None,
    knobs: Mapping[str, float | None] | None = None,
    out: str | Path | None = None,
    data: Any = None,
    device: str = "auto",
    rows: Sequence[Mapping[str, Any]] = (),
    **talk: Any,
) -> Session:
    """Prepares a new run that goes on from a checkpoint of another.

    With nothing changed it makes the same weights as its parent.

    Args:
        parent: The run to go back in; it stays as it is, and may be at work.
        step: The checkpoint's; None is the latest valid one.
        steps: The new run's last step; None is the parent's.
        changes: Other values of the recipe by dotted path. Networks must keep their shapes.
        knobs: Numbers to turn at once, by knob, as `multigan runs set` does.
        out: Where the new run's folder is made; None is beside the parent.
        data: The same data again, if it was given in Python.
        device: "auto", "cpu", "cuda" or "mps".
        rows: What the new run logs at once.
        talk: `callbacks`, `on_row` and `on_note`, as `multigan.runs.session.start` takes them.

    Raises:
        CheckpointError: The parent has no such checkpoint, or it does not fit what was changed.
        ConfigError: A change is wrong, or no steps are left.
    """
    folder = _checkpoint(parent, step)
    recipe = parent.recipe.changed(changes or {}).settled()
    if changes:
        recipe = recipe.with_plugins()
        check_recipe(recipe)
    recipe = recipe if steps is None else replace(recipe, steps=steps)
    if checkpoint_step(folder) >= recipe.steps:
        raise ConfigError(
            f"Step {checkpoint_step(folder)} of run {parent.name} is not before step "
            f"{recipe.steps}, the last. Fork an earlier one with --step, or go on with --steps."
        )
    root = Path(out or parent.path.parent)

    def fill(child: RunFolder) -> None:
        _copy_past(parent, child, folder)
        for row in rows:
            child.append_metrics(row)
        _write_beginnings(parent, child, recipe, checkpoint_step(folder), changes, knobs)

    child = Run(create_run(root, recipe.name, fill).path)
    try:
        session = resume(
            child,
            data=data,
            accept_changed_data=_changes_data(changes),
            device=device,
            **talk,
        )
        if ASKING_FOR_HELD_OUT & set(changes or {}):  # older runs go on with what they have
            check_held_out(recipe, session.parts)
        if any(name.split(".")[0] in IN_PIECES for name in changes or {}):
            check_pieces(recipe, session.parts)
    except BaseException:
        child.delete()  # nothing has been trained yet
        raise
    return session


def _checkpoint(parent: Run, step: int | None) -> Path:
    if step is not None:
        return parent.checkpoint_at(step)
    folder, _ = latest_valid_checkpoint(parent)
    if folder is None:
        raise CheckpointError(f"Run {parent.name} has no checkpoint yet to fork from.")
    return folder


def _copy_past(parent: Run, child: RunFolder, folder: Path) -> None:
    """Copies the checkpoint, and the log and the previews up to its step."""
    step = checkpoint_step(folder)
    copy_files(folder.iterdir(), child.checkpoints / folder.name)
    for row in parent.metrics():
        if row["step"] <= step:
            child.append_metrics(row)
    previews = parent.sample_files()
    copy_files((one for one in previews if int(one.stem) <= step), child.samples)
    snapshots = [path for at, path in snapshots_in(parent.profiles).items() if at <= step]
    if snapshots:
        copy_files(snapshots, child.profiles)


def _write_beginnings(
    parent: Run,
    child: RunFolder,
    recipe: Recipe,
    step: int,
    changes: Mapping[str, Any] | None,
    knobs: Mapping[str, float | None] | None,
) -> None:
    origin = {
        "run": parent.name,
        "path": os.path.relpath(parent.path, child.path),
        "step": step,
        "changes": dict(changes or {}),
        "knobs": dict(knobs or {}),
    }
    write_json(child.parent_file, origin)
    write_json(child.recipe_file, recipe.to_json())
    environment = read_object(parent.environment_file)
    if environment:
        write_json(child.environment_file, environment)  # so that the data is compared
    child.write_status("created", step=step, of=recipe.steps)
    if knobs:
        child.request(set=knobs)


def _changes_data(changes: Mapping[str, Any] | None) -> bool:
    return any(name.split(".")[0] == "data" for name in changes or {})
