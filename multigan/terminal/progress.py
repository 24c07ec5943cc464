"""What a person sees while a run trains. Nothing here waits for the device."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from multigan.core.processes import is_main_process
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.report.formatting import duration, main_losses
from multigan.runs.callbacks import Evaluate, Log
from multigan.terminal.output import console, on_terminal, say

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

Row = Mapping[str, Any]

REDRAW_SECONDS = 0.1
LINE_SECONDS = 2.0


class Silent(Callback):
    """Shows nothing: for every process but the main one."""

    def on_row(self, row: Row) -> None:
        """Takes a row of the log."""


class JsonLines(Silent):
    """Prints every row as one line of JSON."""

    def on_row(self, row: Row) -> None:
        """Prints the row."""
        say(json.dumps(row, allow_nan=False))


class PlainLines(Silent):
    """Prints a line about each logged row, but not one more often than every two seconds."""

    def __init__(self) -> None:
        self._total = 0
        self._printed_at = -LINE_SECONDS

    def on_fit_start(self, trainer: Trainer) -> None:
        """Learns how far the run goes."""
        self._total = total_steps(trainer)

    def on_row(self, row: Row) -> None:
        """Prints a line, if it is time or the end."""
        now = time.monotonic()
        if now - self._printed_at < LINE_SECONDS and row["step"] != self._total:
            return
        self._printed_at = now
        rate = row["steps_per_second"]
        left = duration((self._total - row["step"]) / rate) if rate else "?"
        say(
            f"step {row['step']}/{self._total}  {rate:.4g} steps/s  {left} left  {main_losses(row)}"
        )


class Bar(Silent):
    """Draws a bar with the rate, the time left and the main losses.

    A terminal may close; then nobody looks, and the run must still be saved.
    """

    def __init__(self) -> None:
        self._losses = ""
        self._drawn_at = 0.0

    def on_fit_start(self, trainer: Trainer) -> None:
        """Draws the bar where the run stands."""
        self._bar = _make_bar()
        self._task = self._bar.add_task(
            "", total=total_steps(trainer), completed=trainer.steps_done, rate="", notes=""
        )
        with suppress(OSError):
            self._bar.start()

    def on_row(self, row: Row) -> None:
        """Remembers the losses until the bar is drawn again."""
        self._losses = main_losses(row)

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Moves the bar, at most ten times a second."""
        if time.monotonic() - self._drawn_at >= REDRAW_SECONDS:
            self._draw(trainer)

    def on_fit_end(self, trainer: Trainer) -> None:
        """Leaves the bar as it stands."""
        self._draw(trainer)
        with suppress(OSError):
            self._bar.stop()

    def _draw(self, trainer: Trainer) -> None:
        self._drawn_at = time.monotonic()
        notes = "  ".join(text for text in (self._losses, best(trainer)) if text)
        speed = self._bar.tasks[0].speed
        rate = f"{speed:.4g} steps/s" if speed else ""
        self._bar.update(self._task, completed=trainer.steps_done, rate=rate, notes=notes)
        with suppress(OSError):
            self._bar.refresh()


def make_progress(as_json: bool) -> Silent:
    """Returns what suits whoever is looking."""
    if not is_main_process():
        return Silent()
    if as_json:
        return JsonLines()
    return Bar() if on_terminal() else PlainLines()


def best(trainer: Trainer) -> str:
    """Returns the best value so far of the metric that decides, if one does."""
    for callback in trainer.callbacks:
        if isinstance(callback, Evaluate) and callback.best is not None:
            step, value = callback.best
            return f"best {callback.best_by} {value:.4g} at {step}"
    return ""


def total_steps(trainer: Trainer) -> int:
    """Returns the step at which the run will be done."""
    return next(c.total_steps for c in trainer.callbacks if isinstance(c, Log))


def _make_bar() -> "Progress":
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

    columns: list[str | ProgressColumn] = [
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False, table_column=Column(no_wrap=True)),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        TextColumn("{task.fields[notes]}", markup=False, table_column=Column(no_wrap=True)),
    ]
    return Progress(*columns, console=console(), auto_refresh=False)
