"""What happens around the steps: logging, looking, saving, measuring, obeying.

Only the main process writes; every process takes the same decisions.
"""

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from multigan.core.checkpoint import load_checkpoint, prune_checkpoints, save_checkpoint
from multigan.core.run import RunFolder, checkpoint_step, checkpoints_in
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.errors import CheckpointError, MultiganError


class Log(Callback):
    """Writes the mean losses to metrics.jsonl, and how far the run is to status.json.

    Args:
        run: Where to write.
        total_steps: The step at which the run will be done.
        every: Interval in steps. This is when losses are read back and checked.
        on_row: Told each row too, e.g. to draw a progress bar.
    """

    def __init__(
        self,
        run: RunFolder,
        total_steps: int,
        *,
        every: int = 50,
        on_row: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.run, self.total_steps, self.every, self.on_row = run, total_steps, every, on_row
        self._clock = time.monotonic()
        self._step_at_clock = 0
        self._seconds_before = 0.0  # trained before this process resumed

    def on_fit_start(self, trainer: Trainer) -> None:
        """Starts the clock."""
        self._started = self._clock = time.monotonic()
        self._step_at_clock = trainer.steps_done
        self.write_status(trainer, "running")

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Writes a row on every `every`-th step and on the last."""
        if trainer.steps_done % self.every and trainer.steps_done != self.total_steps:
            return
        row: dict[str, Any] = {"step": trainer.steps_done, "samples": trainer.samples_seen}
        row |= trainer.window.means(trainer.steps_done, trainer.engine)
        trainer.window.clear()
        row |= {"steps_per_second": self._rate(trainer), "seconds": round(self.seconds, 3)}
        if trainer.engine.is_main:
            self.run.append_metrics(row)
            self.write_status(trainer, "running", row)
        if self.on_row is not None:
            self.on_row(row)

    def write_status(
        self, trainer: Trainer, state: str, row: Mapping[str, Any] | None = None, **details: Any
    ) -> None:
        """Replaces status.json; only the main process does."""
        if not trainer.engine.is_main:
            return
        row = row or {}
        if row.get("steps_per_second"):
            left = (self.total_steps - trainer.steps_done) / row["steps_per_second"]
            details["seconds_left"] = round(left, 1)
        losses = {name: value for name, value in row.items() if "/" in name}
        knobs = {name: knob.get() for name, knob in trainer.knobs.items()}
        self.run.write_status(
            state,
            step=trainer.steps_done,
            of=self.total_steps,
            steps_per_second=row.get("steps_per_second"),
            losses=losses,
            knobs=knobs,
            **details,
        )

    @property
    def seconds(self) -> float:
        """Time spent training this run, over all the processes that resumed it."""
        return self._seconds_before + time.monotonic() - self._started

    def state_dict(self) -> dict[str, Any]:
        """Returns the time spent so far."""
        return {"seconds": self.seconds}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over the time spent before."""
        self._seconds_before = state["seconds"]

    def _rate(self, trainer: Trainer) -> float:
        now = time.monotonic()
        rate = (trainer.steps_done - self._step_at_clock) / max(now - self._clock, 1e-9)
        self._clock, self._step_at_clock = now, trainer.steps_done
        return round(rate, 3)


class Look(Callback):
    """Shows what the average generator makes of fixed latents, at regular steps.

    Args:
        run: Where to write.
        draw: `(trainer, stem) -> path` writes one look beside `stem`.
        total_steps: The step at which the run will be done.
        every: Interval in steps; 0 looks never.
    """

    def __init__(
        self,
        run: RunFolder,
        draw: Callable[[Trainer, Path], Path],
        total_steps: int,
        *,
        every: int = 500,
    ) -> None:
        self.run, self.draw, self.total_steps, self.every = run, draw, total_steps, every

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Writes samples/<step> on every `every`-th step and on the last."""
        done = trainer.steps_done
        due = self.every and (done % self.every == 0 or done == self.total_steps)
        if due and trainer.engine.is_main:
            self.draw(trainer, self.run.samples / f"{done:06d}")


class Evaluate(Callback):
    """Measures the average generator at regular steps and remembers the best step.

    Args:
        run: Where to write rows like `{"step": 500, "metric/coverage": 0.7}`.
        measure: Returns metric values by name.
        best_by: The metric that decides which checkpoint is best; "" for none.
        lower_is_better: Which way `best_by` improves.
        every: Interval in steps; 0 measures never.
    """

    def __init__(
        self,
        run: RunFolder,
        measure: Callable[[Trainer], Mapping[str, float]],
        *,
        best_by: str = "",
        lower_is_better: bool = True,
        every: int = 0,
    ) -> None:
        self.run, self.measure, self.every = run, measure, every
        self.best_by, self.lower_is_better = best_by, lower_is_better
        self.best: tuple[int, float] | None = None

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Writes a row of metrics on every `every`-th step."""
        if not self.every or trainer.steps_done % self.every:
            return
        values = self.measure(trainer) if trainer.engine.is_main else {}
        trainer.engine.wait()
        if not values:
            return
        row = {f"metric/{name}": value for name, value in values.items() if math.isfinite(value)}
        self.run.append_metrics(
            {"step": trainer.steps_done, "samples": trainer.samples_seen, **row}
        )
        if self.best_by in values and self._is_better(values[self.best_by]):
            self.best = (trainer.steps_done, values[self.best_by])

    def state_dict(self) -> dict[str, Any]:
        """Returns the best step and its value."""
        return {"best": None if self.best is None else list(self.best)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over the best step and its value."""
        self.best = None if state["best"] is None else (int(state["best"][0]), state["best"][1])

    def _is_better(self, value: float) -> bool:
        if self.best is None:
            return True
        return value < self.best[1] if self.lower_is_better else value > self.best[1]


class Checkpoint(Callback):
    """Saves everything needed to continue exactly.

    Args:
        run: Where to write.
        every: Interval in steps.
        keep: How many of the newest to keep.
        best: Names the step whose checkpoint is kept besides, if any.
        on_save: Called after each save, e.g. to write the pipeline.
    """

    def __init__(
        self,
        run: RunFolder,
        *,
        every: int = 1000,
        keep: int = 3,
        best: Evaluate | None = None,
        on_save: Callable[[Trainer], None] | None = None,
    ) -> None:
        self.run, self.every, self.keep, self.best, self.on_save = run, every, keep, best, on_save
        self._saved_at = -1

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Saves on every `every`-th step."""
        if self.every and trainer.steps_done % self.every == 0:
            self.save(trainer)

    def save(self, trainer: Trainer) -> None:
        """Saves now, after checking that nothing has diverged.

        Raises:
            DivergedError: A loss since the last log was not finite.
            CheckpointError: A weight is not finite.
        """
        if self._saved_at == trainer.steps_done:
            return
        trainer.window.means(trainer.steps_done, trainer.engine)  # raises if one is not finite
        if trainer.engine.is_main:
            step = trainer.steps_done
            save_checkpoint(trainer.state_dict(), self.run.checkpoints / f"step-{step:06d}")
            best = self.best.best if self.best else None
            always = frozenset([best[0]] if best else [])
            prune_checkpoints(self.run.checkpoints, keep=self.keep, always=always)
            if self.on_save is not None:
                self.on_save(trainer)
        self._saved_at = trainer.steps_done
        trainer.engine.wait()


class Obey(Callback):
    """Does what control.json asks: pause, continue, stop, save a checkpoint, turn a knob.

    The file is looked at every `interval_seconds`, by the main process, which tells the others.
    """

    def __init__(
        self, run: RunFolder, checkpoint: Checkpoint, log: Log, *, interval_seconds: float = 0.2
    ) -> None:
        self.run, self.checkpoint, self.log = run, checkpoint, log
        self.interval_seconds = interval_seconds
        self._looked_at = 0.0
        self._seen_file: tuple[int, int] | None = None
        self._checkpoints_done = 0

    def on_fit_start(self, trainer: Trainer) -> None:
        """Takes over what was asked before the run started or was resumed."""
        self._checkpoints_done = self.run.control()["checkpoint"]
        self._seen_file = None
        self._look(trainer)

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Looks at control.json if it is time to."""
        due = time.monotonic() - self._looked_at >= self.interval_seconds
        if trainer.engine.world_size > 1:
            due = bool(trainer.engine.agree(int(due)))
        if due:
            self._look(trainer)

    def _look(self, trainer: Trainer) -> None:
        self._looked_at = time.monotonic()
        asked = self._read(trainer)
        if asked is None:
            return
        self._turn_knobs(trainer, asked["set"])
        if asked["checkpoint"] > self._checkpoints_done:
            self._checkpoints_done = asked["checkpoint"]
            self.checkpoint.save(trainer)
        if asked["want"] == "pause":
            asked = self._pause(trainer)
        if asked["want"] == "stop":
            trainer.stop("asked to")

    def _read(self, trainer: Trainer) -> dict[str, Any] | None:
        """Returns what is asked if the file has changed, the same in every process."""
        changed = self._file_version() != self._seen_file
        if not trainer.engine.agree(int(changed)):
            return None
        self._seen_file = self._file_version()
        return self.run.control()

    def _turn_knobs(self, trainer: Trainer, values: Mapping[str, float]) -> None:
        turned = {}
        for name, value in values.items():
            try:
                before = dict(trainer.overrides)
                trainer.turn(name, float(value))
            except (MultiganError, TypeError, ValueError) as error:
                self._note(trainer, {"refused": f"{name}={value}: {error}"})
                continue
            if trainer.overrides != before:
                turned[name] = value
        if turned:
            self._note(trainer, {"set": turned})
            self.checkpoint.save(trainer) if trainer.steps_done else None

    def _pause(self, trainer: Trainer) -> dict[str, Any]:
        self.checkpoint.save(trainer) if trainer.steps_done else None
        self.log.write_status(trainer, "paused")
        while (asked := self._read(trainer) or {"want": "pause", "set": {}})["want"] == "pause":
            self._turn_knobs(trainer, asked["set"])
            time.sleep(self.interval_seconds)
        self._turn_knobs(trainer, asked["set"])
        self.log.write_status(trainer, "running")
        return asked

    def _note(self, trainer: Trainer, event: dict[str, Any]) -> None:
        if trainer.engine.is_main:
            self.run.append_metrics({"step": trainer.steps_done, **event})

    def _file_version(self) -> tuple[int, int] | None:
        try:
            stat = self.run.control_file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino


def resume_newest(trainer: Trainer, run: RunFolder) -> list[str]:
    """Loads the newest whole checkpoint and drops what was logged after it.

    Returns:
        One sentence for each damaged checkpoint that was passed over.

    Raises:
        CheckpointError: There are checkpoints, and every one of them is damaged.
    """
    refused: list[str] = []
    for folder in reversed(checkpoints_in(run.checkpoints)):
        try:
            state = load_checkpoint(folder, trainer.engine.device)
        except CheckpointError as error:
            refused.append(str(error))
            continue
        trainer.load_state_dict(state)
        if trainer.engine.is_main:
            run.forget_after(checkpoint_step(folder))
        return refused
    if refused:
        raise CheckpointError("No checkpoint of this run is whole. " + " ".join(refused))
    if trainer.engine.is_main:
        run.forget_after(0)
    return refused
