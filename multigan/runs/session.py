"""One process training one run: from a recipe to a finished folder, through whatever happens.

Whatever ends a session, the run's folder says so, and holds a checkpoint to go on from.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from multigan.config import GIVEN_IN_PYTHON, Recipe, Speed
from multigan.core.engine import Engine, open_engine
from multigan.core.game import AdversarialGame
from multigan.core.trainer import Callback, Trainer
from multigan.data.loaded import Loaded
from multigan.errors import ConfigError, DataError, DivergedError, MultiganError, RunError
from multigan.files import write_json
from multigan.imports.pretrained import offline
from multigan.modalities.kind import kind_of
from multigan.runs.assemble import (
    Parts,
    build_parts,
    build_trainer,
    check_changes,
    check_held_out,
    check_pieces,
    held_out,
    load_data,
)
from multigan.runs.callbacks import Checkpoint, ControlFile, Evaluate, Log
from multigan.runs.checkpoint import save_checkpoint
from multigan.runs.environment import describe_environment
from multigan.runs.evaluate import (
    check_evaluations,
    evaluate_in_training,
    training_metrics,
)
from multigan.runs.folder import RunFolder, checkpoint_step, create_run
from multigan.runs.health import Doctor, Healer
from multigan.runs.interrupts import stopping_on_signals
from multigan.runs.preview import SamplePreview, draw_look
from multigan.runs.profiles import Profiles
from multigan.runs.real import advice, write_real
from multigan.runs.recipe_check import check_recipe
from multigan.runs.recommend import Open, closed
from multigan.runs.report import write_report
from multigan.runs.resume import latest_valid_checkpoint, resume_from
from multigan.runs.run import Run
from multigan.sampling.saving import saved_step

ROLLBACK_FACTOR = 0.5  # of the learning rate, after each rollback


@dataclass
class Session:
    """A run, its parts and its trainer, ready to train.

    Attributes:
        run: The folder.
        recipe: What was asked for.
        parts: The data, the modality and the game.
        trainer: Plays the game.
        engine: Device and processes.
        notes: Sentences for the person, e.g. damaged checkpoints that were passed over.
    """

    run: Run
    recipe: Recipe
    parts: Parts
    trainer: Trainer
    engine: Engine
    log: Log
    preview: SamplePreview
    checkpoint: Checkpoint
    notes: list[str]

    def fit(self) -> Run:
        """Trains to the recipe's last step and returns the run.

        Ctrl-C, SIGTERM or a request in control.json end it early, after a whole step and with a
        checkpoint; `run.status()["state"]` is then "stopped".

        Raises:
            DivergedError: A loss was not finite, and the recipe does not ask for rollbacks, or
                those did not help.
            RunError: Another process is training this run.
        """
        with _only_trainer(self.run, self.engine), stopping_on_signals(self.trainer):
            self._look_again()
            try:
                self._fit_through_divergence()
                self._finish()
            except BaseException as error:
                with suppress(OSError):  # the disk may be full; what ended the run is still told
                    self.log.write_status(self.trainer, "failed", message=_sentence(error))
                raise
            finally:
                self.engine.close()
        return self.run

    def _look_again(self) -> None:
        """Makes sure, now that nobody else can train the run, that nobody has since it was opened.

        Raises:
            RunError: Somebody has.
        """
        at = self.trainer.steps_done
        folders = self.run.checkpoint_folders() if self.engine.is_main else []
        newest = self.engine.share(max(map(checkpoint_step, folders), default=0))
        if newest > at:
            raise RunError(
                f"Run {self.run.name} has been trained to step {newest} since this session was "
                f"opened at step {at}. Resume it again: multigan resume {self.run.path}"
            )
        if self.engine.is_main and any(row["step"] > at for row in self.run.metrics()):
            self.run.forget_after(at)  # of a session that was killed before it saved anything

    def _fit_through_divergence(self) -> None:
        trainer = self.trainer
        rolls_back = self.recipe.on_divergence == "rollback"
        if rolls_back and trainer.steps_done == 0:
            self.checkpoint.save(trainer)  # so that there is something to go back to
        while True:
            try:
                trainer.fit(self.recipe.steps - trainer.steps_done)
                self.checkpoint.save(trainer)
                self.preview.look(trainer)  # a run that was stopped ends with one, too
                return
            except DivergedError as error:
                if not rolls_back:
                    hint = "Or let the run go back by itself: --set on_divergence=rollback"
                    raise DivergedError(f"{error} {hint}") from None
                if self._rollbacks >= self.recipe.max_rollbacks:
                    tried = f"{self._rollbacks} rollbacks have not helped."
                    raise DivergedError(f"{error} {tried}") from None
                self._roll_back(error)

    @property
    def _rollbacks(self) -> int:
        """How often the run has rolled back, in earlier sessions too."""
        rows = self.run.metrics() if self.engine.is_main else []
        count: int = self.engine.share(sum("rollback" in row for row in rows))
        return count

    def _roll_back(self, error: DivergedError) -> None:
        trainer, diverged_at = self.trainer, self.trainer.steps_done
        scale = trainer.learning_rate_scale  # the checkpoint may be older than the last rollback
        folder, _ = self.engine.share(
            latest_valid_checkpoint(self.run) if self.engine.is_main else None
        )
        resume_from(trainer, self.run, folder)
        trainer.scale_learning_rate(scale * ROLLBACK_FACTOR / trainer.learning_rate_scale)
        note = (
            f"{error} Rolled back from step {diverged_at} to {trainer.steps_done}; the learning "
            f"rates are now {trainer.learning_rate_scale:g} of what the recipe says."
        )
        self.notes.append(note)
        if self.engine.is_main:
            row = {"rollback": note, "learning_rate_scale": trainer.learning_rate_scale}
            self.run.append_metrics({"step": trainer.steps_done, **row})

    def _finish(self) -> None:
        if not self.engine.is_main:
            return
        trainer = self.trainer
        done = trainer.steps_done >= self.recipe.steps
        logged = [row for row in self.run.metrics() if "steps_per_second" in row]
        last = logged[-1] if logged else {}
        # The report comes first, so that nothing is missing of a run that says it has finished.
        if done:
            self.log.write_status(trainer, "finished", last, before=self._report)
        else:
            facts = {"message": f"Stopped: {trainer.stop_reason}.", **trainer.stop_facts}
            self.log.write_status(trainer, "stopped", last, before=self._report, **facts)

    def _report(self, status: dict[str, Any]) -> None:
        try:
            write_report(self.run, status)
        except Exception as error:  # the run itself is safe, whatever is wrong with its picture
            self.notes.append(f"The report could not be written: {_sentence(error)}")


def start(
    recipe: Recipe,
    *,
    data: Any = None,
    out: str | Path = "runs",
    device: str = "auto",
    callbacks: Sequence[Callback] = (),
    on_row: Callable[[dict[str, Any]], None] | None = None,
    on_note: Callable[[str], None] | None = None,
    command: str = "",
    prepare: Callable[[Trainer], None] | None = None,
    rows: Sequence[Mapping[str, Any]] = (),
    left: Open | None = None,
) -> Session:
    """Prepares a new run: loads the data, builds the networks, makes the folder.

    Nothing is written before all of the recipe has proved buildable.

    Args:
        recipe: What to train.
        data: Data given in Python, instead of the recipe's.
        out: The folder in which the run's own numbered folder is made.
        device: "auto", "cpu", "cuda" or "mps".
        callbacks: More of them, after the standard ones.
        on_row: Called with each logged row.
        on_note: Called with each sentence for the person while things are prepared.
        command: What the person typed, for environment.json.
        prepare: Told the trainer before the run is made, e.g. to load weights into it. The run
            then begins with a checkpoint.
        rows: What the run's log begins with.
        left: What of the recipe is still open until the data are loaded.

    Raises:
        MultiganError: Whatever is wrong with the recipe, the data or the device.
    """
    recipe, note = recipe.with_plugins(), on_note or (lambda said: None)
    check_recipe(recipe)
    engine = open_engine(device, recipe.precision, recipe.deterministic)
    loaded = load_data(recipe, data)
    note(loaded.report.summary())
    if left is not None:
        recipe = closed(recipe, left, loaded, engine, note)
    recipe = recipe.settled()
    if on_note:
        for said in advice(recipe, loaded):
            note(said)
    parts = build_parts(recipe, loaded, engine)
    check_held_out(recipe, parts)
    check_pieces(recipe, parts)
    trainer = build_trainer(recipe, parts, engine, on_note)
    check_evaluations(recipe, parts.pipeline(trainer.average["generator"]), loaded)
    if prepare is not None:
        prepare(trainer)

    def fill(run: RunFolder) -> None:
        write_json(run.recipe_file, recipe.to_json())
        speed = trainer.moves.speed
        write_json(run.environment_file, describe_environment(engine, loaded, command, speed=speed))
        for row in rows:
            run.append_metrics(row)
        if prepare is not None:  # nothing but a checkpoint knows what it did
            name = f"step-{trainer.steps_done:06d}"
            save_checkpoint(trainer.state_dict(), run.checkpoints / name)
        run.write_status("created", step=trainer.steps_done, of=recipe.steps)

    run = _shared_run(engine, out, recipe.name, fill)
    return _open(run, recipe, parts, trainer, callbacks, on_row)


def resume(
    run: Run,
    *,
    steps: int | None = None,
    speed: Speed | None = None,
    data: Any = None,
    accept_changed_data: bool = False,
    device: str = "auto",
    callbacks: Sequence[Callback] = (),
    on_row: Callable[[dict[str, Any]], None] | None = None,
    on_note: Callable[[str], None] | None = None,
) -> Session:
    """Prepares an earlier run to go on from its latest valid checkpoint.

    Args:
        run: The run.
        steps: The new last step; None goes on to the one first asked for.
        speed: How moves are played from now on; None is as before.
        data: The same data again, if it was given in Python; its path, if it has moved.
        accept_changed_data: Go on even if the data is not what the run began with.
        device, callbacks, on_row, on_note: As in `start`.

    Raises:
        ConfigError: The run has already reached that step.
        DataError: The data has changed since.
        RunError: The run is being trained, or its data was given in Python and is missing here.
        CheckpointError: Every checkpoint is damaged.
    """
    recipe = run.recipe if steps is None else replace(run.recipe, steps=steps)
    recipe = recipe if speed is None else replace(recipe, speed=speed)
    if isinstance(data, str | Path):
        recipe, data = recipe.with_data(str(data)), None
    if data is None and recipe.data.name == GIVEN_IN_PYTHON:
        raise RunError(
            f"Run {run.name} learned from data given in Python, which only Python can give again: "
            f"multigan.resume({str(run.path)!r}, data=...)."
        )
    recipe = recipe.with_plugins()
    engine = open_engine(device, recipe.precision, recipe.deterministic)
    with _only_trainer(run, engine):
        found = engine.share(latest_valid_checkpoint(run) if engine.is_main else None)
        folder, refused = found
        _check_that_something_is_left(run, recipe, folder)
        with offline():
            loaded = load_data(recipe, data)
        if on_note:
            on_note(loaded.report.summary())
        if not accept_changed_data:
            _check_that_data_is_the_same(run, loaded)
        with offline():
            parts = build_parts(recipe, loaded, engine)
        trainer = build_trainer(recipe, parts, engine, on_note)
        session = _open(run, recipe, parts, trainer, callbacks, on_row)
        resume_from(session.trainer, run, folder)
        if run.parent().get("step") == trainer.steps_done:
            _take_over_betas(trainer, recipe)
        taken = trainer.moves.speed
        session.notes += [*refused, *_differences(run, folder, taken)]
        if engine.is_main:
            write_json(run.recipe_file, recipe.to_json())
            write_json(run.environment_file, describe_environment(engine, loaded, speed=taken))
            run.request(want="run")
    return session


def _check_that_something_is_left(run: Run, recipe: Recipe, folder: Path | None) -> None:
    """Refuses to train a run to a step that it has reached, unless it was killed at its very end.

    Then there is a checkpoint of the last step, and what comes after it is still to be done.
    """
    done = 0 if folder is None else checkpoint_step(folder)
    finished = run.status()["state"] == "finished"
    complete = finished and saved_step(run.pipeline_folder) in (None, done)
    if done > recipe.steps or (done == recipe.steps and complete):
        raise ConfigError(
            f"Run {run.name} has done its {done} steps. To train it further, say how far: "
            f"multigan resume {run.path} --steps {2 * max(done, 1)}"
        )


def _check_that_data_is_the_same(run: Run, loaded: Loaded) -> None:
    before = run.environment()["data"]
    if before.get("fingerprint") in (None, loaded.fingerprint):
        return
    raise DataError(
        f"The data is not what run {run.name} began with: {before.get('used')} samples from "
        f"{before.get('where')} then, now: {loaded.report.summary()} Give the old data back, name "
        "where it is now with --data, or accept the change with --force."
    )


def _take_over_betas(trainer: Trainer, recipe: Recipe) -> None:
    """Gives the optimizers of a fork its recipe's betas, where the checkpoint has the parent's.

    Knobs that a person had turned, and schedules, still come after it.
    """
    for name, options in recipe.optimizers.items():
        for group in trainer.optimizers[name].param_groups:
            if "betas" in group:
                beta2 = trainer.overrides.get(f"{name}.beta2", options.beta2)
                group["betas"] = (options.beta1, beta2)


def _differences(run: Run, folder: Path | None, speed: str) -> list[str]:
    """Returns what the person should know before a run goes on."""
    notes = []
    if folder is None:
        notes.append("There is no checkpoint yet: the run starts again from step 0.")
    threads = run.environment().get("threads")
    if threads not in (None, torch.get_num_threads()):
        notes.append(
            f"The run had {threads} CPU threads and has {torch.get_num_threads()} now, so its "
            "numbers may differ in their last bits."
        )
    was = run.environment().get("speed", "eager")
    if was != speed and "compiled" in (was, speed):
        notes.append(
            f"The run was played at speed {was} and goes on at speed {speed}, so its numbers may "
            "differ in their last bits."
        )
    return notes


def _open(
    run: Run,
    recipe: Recipe,
    parts: Parts,
    trainer: Trainer,
    callbacks: Sequence[Callback],
    on_row: Callable[[dict[str, Any]], None] | None,
) -> Session:
    notes = trainer.engine.notes
    evaluate = Evaluate(
        run,
        _measure(recipe, parts, notes),
        best_by=recipe.best_by,
        lower_is_better=_lower_is_better(recipe),
        every=recipe.evaluate_every,
    )
    log = Log(run, recipe.steps, every=recipe.log_every, seconds=recipe.log_seconds, on_row=on_row)
    healer = None
    if recipe.heal:
        healer = Healer(run, lambda remedy: check_changes(recipe, parts.data, remedy.changes))
    unseen = held_out(recipe, parts, trainer.engine)
    doctor = Doctor(run, every=recipe.health_every, healer=healer, held_out=unseen)
    checkpoint = Checkpoint(
        run,
        every=recipe.checkpoint_every,
        keep=recipe.keep_checkpoints,
        best=evaluate,
        is_healthy=doctor.is_healthy,
        on_save=lambda trainer: _save_pipeline(run, parts, trainer),
        saved_last=lambda: saved_step(run.pipeline_folder),
    )
    preview = SamplePreview(
        run,
        lambda trainer, stem: draw_look(parts, trainer, stem),
        recipe.steps,
        every=recipe.look_every,
        seconds=recipe.look_seconds,
        on_clock=lambda: _refresh_report(run),
        draw_real=lambda stem: _draw_real(parts, recipe.modality, stem, notes),
    )
    # Losses are checked before anything is drawn or saved; requests come last, so that a
    # checkpoint somebody asks for holds all that this step wrote.
    profiles = [Profiles(run, trainer, every=recipe.profile_every)] * bool(recipe.profile_every)
    control = ControlFile(run, checkpoint, log)
    standard = [log, preview, evaluate, *profiles, doctor, checkpoint, control]
    trainer.callbacks += [*standard, *callbacks]
    if recipe.heal and not isinstance(parts.objective, AdversarialGame):
        notes.append(
            "The doctor knows games of a generator and a discriminator only, and "
            f"{recipe.name} is another kind: heal finds nothing here."
        )
    return Session(run, recipe, parts, trainer, trainer.engine, log, preview, checkpoint, notes)


def _draw_real(parts: Parts, kind: str, stem: Path, notes: list[str]) -> None:
    try:
        write_real(parts.data, kind, stem)
    except Exception as error:  # a look is not worth a run
        notes.append(f"No sheet of real samples could be drawn: {_sentence(error)}")


def _refresh_report(run: Run) -> None:
    """Writes the report of a run that is at work, for who opens it before the end."""
    with suppress(Exception):  # at the end somebody is told why
        write_report(run)


def _save_pipeline(run: Run, parts: Parts, trainer: Trainer) -> None:
    pipeline = parts.pipeline(trainer.average["generator"])
    pipeline.step = trainer.steps_done
    pipeline.save_pretrained(run.pipeline_folder)


def _measure(
    recipe: Recipe, parts: Parts, notes: list[str]
) -> Callable[[Trainer], Mapping[str, float]]:
    def measure(trainer: Trainer) -> Mapping[str, float]:
        pipeline = parts.pipeline(trainer.average["generator"])
        return evaluate_in_training(pipeline, parts.data, training_metrics(recipe), notes)

    return measure


def _lower_is_better(recipe: Recipe) -> bool:
    metric = recipe.best_by
    return not metric or kind_of(recipe.modality).evaluator.lower_is_better(metric) is not False


def _shared_run(
    engine: Engine, out: str | Path, name: str, fill: Callable[[RunFolder], None]
) -> Run:
    """Makes the run's folder in the main process; the others learn its path."""
    return Run(engine.share(create_run(out, name, fill).path if engine.is_main else None))


def _only_trainer(run: Run, engine: Engine) -> AbstractContextManager[None]:
    """Keeps other programs from training the run; one process locks it for all of its kind."""
    return run.lock() if engine.is_main else nullcontext()


def _sentence(error: BaseException) -> str:
    if isinstance(error, MultiganError):
        return str(error)
    return f"{type(error).__name__}: {error}"
