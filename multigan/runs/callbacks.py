"""What happens around the steps: logging, previews, saving, measuring, control.json.

Only the main process writes; every process takes the same decisions.
"""

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from multigan.core.trainer import SHARE_EVERY, Callback, Logs, Trainer
from multigan.errors import MultiganError
from multigan.files import read_object
from multigan.runs.checkpoint import prune_checkpoints, save_checkpoint
from multigan.runs.folder import RunFolder, parse_control


def agreed(trainer: Trainer, is_time: bool) -> bool:
    """Returns whether it is time by the main process's clock, the same in every process."""
    if trainer.engine.world_size == 1:
        return is_time
    return trainer.steps_done % SHARE_EVERY == 0 and bool(trainer.engine.share(is_time))


class Log(Callback):
    """Writes the mean losses to metrics.jsonl, and how far the run is to status.json.

    Args:
        run: Where to write.
        total_steps: The step at which the run will be done.
        every: Interval in steps. This is when losses are read back and checked.
        seconds: A row is written besides when this much time has passed without one; 0 is never.
            Rows at every `every`-th step are the same with and without those.
        on_row: Called with each row too, e.g. to draw a progress bar.
    """

    def __init__(
        self,
        run: RunFolder,
        total_steps: int,
        *,
        every: int = 50,
        seconds: float = 0.0,
        on_row: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.run, self.total_steps, self.every, self.on_row = run, total_steps, every, on_row
        self.every_seconds = seconds
        self._started = self._clock = time.monotonic()
        self._step_at_clock = 0
        self._seconds_before = 0.0  # trained before this process resumed

    def on_fit_start(self, trainer: Trainer) -> None:
        """Starts the clock."""
        self._started = self._clock = time.monotonic()
        self._step_at_clock = trainer.steps_done
        self.write_status(trainer, "running")

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Writes a row on every `every`-th step, on the last, and when it is time."""
        done = trainer.steps_done
        if done % self.every == 0 or done == self.total_steps:
            means = trainer.window.means(done, trainer.engine)
            trainer.window.clear()
            self._write_row(trainer, means)
        elif self.every_seconds and agreed(trainer, self._is_time()):
            self._write_row(trainer, trainer.window.recent(done, trainer.engine))

    def _is_time(self) -> bool:
        return time.monotonic() - self._clock >= self.every_seconds

    def _write_row(self, trainer: Trainer, means: Mapping[str, float]) -> None:
        row: dict[str, Any] = {"step": trainer.steps_done, "samples": trainer.samples_seen}
        row |= means
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
        limits = {name: [k.minimum, _finite(k.maximum)] for name, k in trainer.knobs.items()}
        self.run.write_status(
            state,
            step=trainer.steps_done,
            of=self.total_steps,
            steps_per_second=row.get("steps_per_second"),
            losses=losses,
            knobs=knobs,
            knob_ranges=limits,
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


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


class Evaluate(Callback):
    """Measures the EMA generator at regular steps and remembers the best step.

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
        if self.every and trainer.steps_done % self.every == 0:
            self.write_row(trainer)

    def write_row(self, trainer: Trainer) -> None:
        """Measures now.

        Raises:
            DivergedError: A loss since the last row, or a weight, is not finite.
        """
        trainer.check_finite()
        measured = self.measure(trainer) if trainer.engine.is_main else {}
        values: dict[str, float] = trainer.engine.share(dict(measured))
        row: dict[str, float] = {"step": trainer.steps_done, "samples": trainer.samples_seen}
        row |= {f"metric/{name}": value for name, value in values.items() if math.isfinite(value)}
        if trainer.engine.is_main:
            self.run.append_metrics(row)
        if self._is_better(values.get(self.best_by, math.nan)):
            self.best = (trainer.steps_done, values[self.best_by])

    def state_dict(self) -> dict[str, Any]:
        """Returns the best step and its value."""
        return {"best": None if self.best is None else list(self.best)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over the best step and its value."""
        self.best = None if state["best"] is None else (int(state["best"][0]), state["best"][1])

    def _is_better(self, value: float) -> bool:
        if self.best is None or not math.isfinite(value):
            return math.isfinite(value)
        return value < self.best[1] if self.lower_is_better else value > self.best[1]


class Checkpoint(Callback):
    """Saves everything needed to continue exactly.

    Args:
        run: Where to write.
        every: Interval in steps; the step at which `best` finds a new best is saved besides.
        keep: How many of the latest to keep.
        best: Names the step whose checkpoint is kept besides, if any.
        is_healthy: Whether the run is well now; the latest checkpoint of a healthy run is kept
            besides, for a sick one to go back to.
        on_save: Called after each save, e.g. to write the pipeline.
        saved_last: The step for which `on_save` was done last, if that is known: a process may be
            killed between the two.
    """

    def __init__(
        self,
        run: RunFolder,
        *,
        every: int = 1000,
        keep: int = 3,
        best: Evaluate | None = None,
        is_healthy: Callable[[], bool] = lambda: False,
        on_save: Callable[[Trainer], None] | None = None,
        saved_last: Callable[[], int | None] = lambda: None,
    ) -> None:
        self.run, self.every, self.keep, self.best, self.on_save = run, every, keep, best, on_save
        self.is_healthy, self.saved_last = is_healthy, saved_last
        self.healthy: int | None = None

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Saves on every `every`-th step and on the best so far."""
        step = trainer.steps_done
        if (self.every and step % self.every == 0) or step == self._best_step:
            self.save(trainer)

    def save(self, trainer: Trainer) -> None:
        """Saves now, after checking that nothing has diverged; once for each step.

        Raises:
            DivergedError: A loss since the last log, or a weight, is not finite.
        """
        trainer.check_finite()
        step = trainer.steps_done
        folder = self.run.checkpoints / f"step-{step:06d}"
        if trainer.engine.is_main:
            is_new = not folder.is_dir()
            if is_new:
                self.healthy = step if self.is_healthy() else self.healthy
                save_checkpoint(trainer.state_dict(), folder)
            spared = (step, self._best_step, self.healthy)
            always = frozenset(s for s in spared if s is not None)
            prune_checkpoints(self.run.checkpoints, keep=self.keep, always=always)
            if self.on_save is not None and (is_new or self.saved_last() != step):
                self.on_save(trainer)
        trainer.engine.wait()

    def state_dict(self) -> dict[str, Any]:
        """Returns the latest healthy step."""
        return {"healthy": self.healthy}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over the latest healthy step."""
        self.healthy = state["healthy"]

    @property
    def _best_step(self) -> int | None:
        return self.best.best[0] if self.best and self.best.best else None


class ControlFile(Callback):
    """Applies what control.json requests: pause, continue, stop, save a checkpoint, turn a knob.

    The main process reads the file every `interval_seconds` and tells the others, which it can
    only do every few steps.
    """

    def __init__(
        self, run: RunFolder, checkpoint: Checkpoint, log: Log, *, interval_seconds: float = 0.2
    ) -> None:
        self.run, self.checkpoint, self.log = run, checkpoint, log
        self.interval_seconds = interval_seconds
        self._read_at = 0.0
        self._seen_file: tuple[int, ...] | None = None
        self._checkpoints_done = 0
        self._turned: dict[str, Any] = {}

    def on_fit_start(self, trainer: Trainer) -> None:
        """Takes over what was asked before the run started or was resumed."""
        self._checkpoints_done = trainer.engine.share(self.run.control()["checkpoint"])
        self._seen_file, self._turned = None, {}
        self._apply(trainer)

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Reads control.json if it is time to."""
        if trainer.engine.world_size > 1:
            due = trainer.steps_done % SHARE_EVERY == 0
        else:
            due = time.monotonic() - self._read_at >= self.interval_seconds
        if due:
            self._apply(trainer)

    def _apply(self, trainer: Trainer) -> None:
        want = self.apply_requests(trainer)
        if want == "pause":
            self._pause(trainer)
        elif want == "stop":
            trainer.stop("asked to")

    def _pause(self, trainer: Trainer) -> None:
        if trainer.steps_done:
            self.checkpoint.save(trainer)
        self.log.write_status(trainer, "paused")
        want: str | None = "pause"
        while want in (None, "pause") and not trainer.engine.share(trainer.stop_reason):
            time.sleep(self.interval_seconds)
            want = self.apply_requests(trainer)
        self.log.write_status(trainer, "running")
        if want == "stop":
            trainer.stop("asked to")

    def apply_requests(self, trainer: Trainer) -> str | None:
        """Applies requests for knobs and checkpoints; returns "run", "pause" or "stop".

        None means that control.json has not changed since it was last read.
        """
        self._read_at = time.monotonic()
        asked = trainer.engine.share(self._read() if trainer.engine.is_main else None)
        if asked is None:
            return None
        self._turn_knobs(trainer, asked["set"])
        if asked["checkpoint"] > self._checkpoints_done:
            self._checkpoints_done = asked["checkpoint"]
            self.checkpoint.save(trainer)
        want: str = asked["want"]
        return want

    def _read(self) -> dict[str, Any] | None:
        version = self._file_version()
        if version == self._seen_file:
            return None
        found = read_object(self.run.control_file)
        if version is not None and not found:
            return None  # an editor or Jupyter is writing it in place: read it again
        self._seen_file = version
        return parse_control(found)

    def _turn_knobs(self, trainer: Trainer, values: Mapping[str, Any]) -> None:
        """Turns the knobs whose requests are new, and saves: a resumed run turns them at this step.

        The request stays in control.json, so it is applied again where no checkpoint holds it yet.
        """
        applied = {}
        for name, value in values.items():
            if name in self._turned and self._turned[name] == value:
                continue
            self._turned[name] = value
            before = dict(trainer.overrides)
            try:
                turned = None if value is None else float(value)
                trainer.turn(name, turned)
            except (MultiganError, TypeError, ValueError) as error:
                self._note(trainer, {"refused": f"{name}={value}: {error}"})
                continue
            if trainer.overrides != before:
                applied[name] = turned
        if applied:
            self._note(trainer, {"set": applied})
            if trainer.steps_done:
                self.checkpoint.save(trainer)

    def _note(self, trainer: Trainer, event: dict[str, Any]) -> None:
        row = {"step": trainer.steps_done, **event}
        # Granted again after a kill, where no checkpoint holds it, it is told only once.
        if trainer.engine.is_main and self.run.metrics()[-1:] != [row]:
            self.run.append_metrics(row)

    def _file_version(self) -> tuple[int, ...] | None:
        try:
            stat = self.run.control_file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino, stat.st_size
