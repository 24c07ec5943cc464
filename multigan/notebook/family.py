"""Runs that were forked from one another, as a tree."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from multigan.notebook.previews import SamplePreviews
from multigan.report.formatting import shown
from multigan.runs.folder import RunFolder, checkpoint_step, find_runs


@dataclass(frozen=True)
class Branch:
    """A run's place in the tree.

    Attributes:
        run: The run.
        parent: The name of the run that it was forked from, if that is still there.
        start: The step at which it begins.
        end: The step that it has reached.
        depth: How many forks lie between it and the first run.
        changed: What was changed at the fork, in words.
    """

    run: RunFolder
    parent: str | None
    start: int
    end: int
    depth: int
    changed: str

    def to_json(self) -> dict[str, Any]:
        """Returns what a page draws."""
        return {
            "name": self.run.name,
            "parent": self.parent,
            "start": self.start,
            "end": self.end,
            "depth": self.depth,
            "changed": self.changed,
            "state": self.run.status()["state"],
            "checkpoints": [checkpoint_step(folder) for folder in self.run.checkpoint_folders()],
        }


def family_of(run: RunFolder) -> list[Branch]:
    """Returns the tree that a run belongs to, each run right above those forked from it.

    Relatives are looked for beside the run.
    """
    runs = {one.name: one for one in find_runs(run.path.parent)} | {run.name: run}
    parents = {name: _parent_of(one, runs) for name, one in runs.items()}
    root, seen = run.name, {run.name}
    while (above := parents[root]) is not None and above not in seen:
        root = above
        seen.add(above)
    return _branches(root, None, 0, runs, parents)


def tree_text(run: RunFolder) -> str:
    """Returns the tree that a run belongs to as lines of text."""
    lines = [
        f"{'   ' * branch.depth}{branch.run.name}: step {branch.start} to {branch.end}"
        + (f", {branch.changed}" if branch.changed else "")
        for branch in family_of(run)
    ]
    return "\n".join(lines)


def _branches(
    name: str,
    parent: str | None,
    depth: int,
    runs: dict[str, RunFolder],
    parents: dict[str, str | None],
) -> list[Branch]:
    run = runs[name]
    origin = run.parent()
    here = Branch(
        run,
        parent,
        int(origin.get("step", 0)),
        int(run.status().get("step", 0)),
        depth,
        _changed(origin),
    )
    # Without this run's own parent, so that a circle that somebody wrote has an end.
    others = {one: above for one, above in parents.items() if one != name}
    below = [one for one, above in others.items() if above == name]
    return [
        here,
        *(branch for one in below for branch in _branches(one, name, depth + 1, runs, others)),
    ]


def _parent_of(run: RunFolder, runs: dict[str, RunFolder]) -> str | None:
    name = run.parent().get("run")
    return name if name in runs and name != run.name else None


def _changed(origin: dict[str, Any]) -> str:
    changes = {**origin.get("changes", {}), **origin.get("knobs", {})}
    return ", ".join(f"{name} = {shown(value)}" for name, value in changes.items())


def nearest_look(run: RunFolder, step: int) -> list[Path]:
    """Returns the files of the newest preview that is not younger than a step; none before it."""
    previews = SamplePreviews(run.samples)
    previews.refresh()
    return previews.files(max((one for one in previews.steps if one <= step), default=-1))
