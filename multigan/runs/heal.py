"""Heals a run: turns its knobs, or begins a new run from its last healthy checkpoint.

The sick run is left as it is, so that the two can be compared.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from multigan.config import GIVEN_IN_PYTHON
from multigan.core.trainer import Trainer
from multigan.errors import RunError
from multigan.runs.assemble import check_changes, load_data
from multigan.runs.checkpoint import load_checkpoint
from multigan.runs.folder import checkpoint_step
from multigan.runs.fork import fork
from multigan.runs.health.findings import PATIENCE
from multigan.runs.health.healer import STOPPED_FOR
from multigan.runs.records import has_remedy
from multigan.runs.run import Run
from multigan.runs.session import ROLLBACK_FACTOR, Session, start

NEW_NETWORKS = {"pack", "discriminator.hidden"}  # changes after which weights do not fit
MOST_FORKS = 3  # of one `multigan train --heal`

State = dict[str, Any]


def suggested(run: Run, name: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns a finding of health.json and its remedy: the named one, or that of the worst.

    Raises:
        RunError: The run has not been inspected, is well, or nobody suggests that remedy.
    """
    findings = run.health().get("findings")
    if not findings:
        raise RunError(
            f"Run {run.name} has not been inspected yet: there is no health.json. Inspections come "
            "every health_every steps, in games of a generator and a discriminator only."
        )
    sick = [finding for finding in findings if has_remedy(finding)]
    sick.sort(key=lambda finding: finding["severity"] != "alarm")
    for finding in sick:
        if name in (None, finding["remedy"]["name"]):
            return finding, finding["remedy"]
    if not sick:
        raise RunError(f"Run {run.name} is well: the doctor suggests nothing.")
    known = ", ".join(dict.fromkeys(finding["remedy"]["name"] for finding in sick))
    raise RunError(f"The doctor does not suggest {name!r} for run {run.name}, but: {known}.")


def last_healthy(run: Run) -> Path | None:
    """Returns the latest checkpoint from before the standing alarm first showed, None for step 0.

    An alarm is raised when it has shown in `PATIENCE` inspections. Those that have passed, so that
    an inspection found nothing, are forgotten: what was learned since need not be given up. A
    checkpoint of the recipe's last step is passed over, because nothing is left to train after it.
    """
    showed = _alarm_showed(run)
    for folder in reversed(run.checkpoint_folders()):
        step = checkpoint_step(folder)
        if step < run.recipe.steps and (showed is None or step < showed):
            return folder
    return None


def _alarm_showed(run: Run) -> int | None:
    """Returns the step at which the alarm that stands has shown first, None without one."""
    states = {row["step"]: row["health"] for row in run.metrics() if "health" in row}
    steps = sorted(states)
    since = max((i + 1 for i, step in enumerate(steps) if states[step] == "ok"), default=0)
    for index in range(since, len(steps)):
        if states[steps[index]] == "alarm":
            return steps[max(index + 1 - PATIENCE, since)]
    return None


def check_remedy(run: Run, remedy: dict[str, Any], data: Any = None) -> None:
    """Builds the run that a remedy needs and throws it away, so that none is stopped for nothing.

    Raises:
        RunError: The run's data was given in Python, and is missing here.
        MultiganError: Whatever is wrong with the recipe or the data.
    """
    _check_that_data_is_here(run, data)
    recipe = run.recipe.changed(remedy["changes"])
    check_changes(recipe, load_data(recipe, data), {})


def begin_again(run: Run, remedy: dict[str, Any], *, device: str = "auto", **talk: Any) -> Session:
    """Prepares a new run with a remedy's changes, from the last healthy checkpoint.

    Where the remedy changes a network, every weight that fits is taken over with its optimizer's
    state, and the player whose network has changed starts anew. A remedy that changes nothing
    halves the learning rates instead.

    Args:
        run: The sick run. It must not be at work.
        remedy: As in health.json.
        device: "auto", "cpu", "cuda" or "mps".
        talk: `data`, `callbacks`, `on_row` and `on_note`, as `session.start` takes them.

    Raises:
        RunError: The run is being trained, and could be healed once it is stopped; or its data was
            given in Python, and is missing here.
        MultiganError: Whatever is wrong with the recipe, the data or the device.
    """
    if run.is_busy():
        check_remedy(run, remedy, talk.get("data"))
        raise RunError(
            f"Run {run.name} is being trained. Stop it first: multigan runs stop {run.path}"
        )
    _check_that_data_is_here(run, talk.get("data"))
    folder, changes = last_healthy(run), remedy["changes"]
    step = 0 if folder is None else checkpoint_step(folder)
    note = _note(run, folder, remedy)
    row = {"step": step, "heal": note}
    if not changes:  # in the log, so that it holds whatever ends this process
        row["learning_rate_scale"] = ROLLBACK_FACTOR * _learning_rate_scale(folder)
    how = {"out": run.path.parent, "device": device, "rows": [row], **talk}
    if folder is None or NEW_NETWORKS & set(changes):

        def prepare(trainer: Trainer) -> None:
            if folder is not None:
                _take_over(trainer, load_checkpoint(folder, trainer.engine.device))
            if not changes:
                trainer.scale_learning_rate(ROLLBACK_FACTOR)

        session = start(run.recipe.changed(changes), prepare=prepare, **how)
    else:
        session = fork(run, step=step, changes=changes, **how)
    session.notes.append(note)
    return session


def _learning_rate_scale(folder: Path | None) -> float:
    if folder is None:
        return 1.0
    scale: float = load_checkpoint(folder)["progress"]["learning_rate_scale"]
    return scale


def _note(run: Run, folder: Path | None, remedy: Mapping[str, Any]) -> str:
    changes = remedy["changes"]
    if folder is None:
        different = ", ".join(f"{name}={value}" for name, value in changes.items())
        return (
            f"Run {run.name} has no checkpoint from before it fell ill, so this one starts anew, "
            f"with {different or 'half the learning rates'}."
        )
    return f"Goes on from step {checkpoint_step(folder)} of run {run.name}. {remedy['text']}"


def wanted(run: Run) -> dict[str, Any] | None:
    """Returns the remedy for which a run with `heal` has stopped, if it has."""
    cause = run.status().get(STOPPED_FOR)
    for finding in run.health().get("findings", ()):
        remedy = finding.get("remedy")
        if has_remedy(finding) and cause == {"finding": finding["name"], "remedy": remedy["name"]}:
            return dict(remedy)
    return None


def _check_that_data_is_here(run: Run, data: Any) -> None:
    if data is None and run.recipe.data.name == GIVEN_IN_PYTHON:
        raise RunError(
            f"Run {run.name} learns from data given in Python, which only Python can give again: "
            f"multigan.runs.heal.begin_again(Run({str(run.path)!r}), remedy, data=...)."
        )


def _take_over(trainer: Trainer, state: State) -> None:
    """Loads what fits of a checkpoint into another game's trainer."""
    own = trainer.state_dict()
    fits = {
        player: all(
            name in own["objective"] and own["objective"][name].shape == value.shape
            for name, value in _part(state["objective"], player).items()
        )
        for player in trainer.optimizers
    }
    kept = {
        name: value
        for name, value in state["objective"].items()
        if fits.get(name.partition(".")[0], True) and _same(own["objective"].get(name), value)
    }
    state["objective"] = own["objective"] | kept
    for player, fit in fits.items():
        if not fit:
            state["optimizers"][player] = own["optimizers"][player]
    overrides = state["progress"]["overrides"]
    overrides = {name: value for name, value in overrides.items() if name in trainer.knobs}
    state["progress"]["overrides"] = overrides
    trainer.load_state_dict({**state, "callbacks": {}})


def _part(weights: dict[str, Tensor], player: str) -> dict[str, Tensor]:
    return {name: value for name, value in weights.items() if name.startswith(f"{player}.")}


def _same(own: Tensor | None, value: Tensor) -> bool:
    return own is not None and own.shape == value.shape
