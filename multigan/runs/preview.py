"""Looks at what a generator makes while it trains: by steps, by the clock, first and last."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from multigan.core.trainer import Callback, Logs, Trainer
from multigan.modalities.kind import kind_of
from multigan.runs.assemble import Parts
from multigan.runs.callbacks import agreed
from multigan.runs.folder import REAL, RunFolder

PREVIEW_SEED = 0  # of the latents that are previewed while training
LARGEST_SHARE = 0.1  # of the time, for looks by the clock


class Doubling:
    """Moments that lie ever further apart: after 2, 5, 10, 20, 40 s and so on.

    Args:
        first: Seconds until the first; 0 for none at all.
    """

    def __init__(self, first: float) -> None:
        self.first = first
        self._next = first
        self._started = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether the next moment has come."""
        return self.first > 0 and time.monotonic() - self._started >= self._next

    def put_off(self, seconds: float) -> None:
        """Goes on to the next moment, and so far that `seconds` are but a small share of the way.

        Args:
            seconds: What was done at this moment took so long.
        """
        now = time.monotonic() - self._started
        least = now + seconds / LARGEST_SHARE
        while 0 < self._next <= now or 0 < self._next < least:
            self._next = 2.5 * self.first if self._next == self.first else 2 * self._next


class SamplePreview(Callback):
    """Writes what the EMA (exponential moving average) generator makes of fixed latents.

    It draws nothing from the run's random numbers, so a run is the same however often it looks.

    Args:
        run: Where to write.
        draw: `(trainer, stem) -> path` writes one preview beside `stem`.
        total_steps: The step at which the run will be done.
        every: Interval in steps; 0 never looks, by the clock neither.
        seconds: Until the first look by the clock, see `Doubling`; 0 looks by steps only.
        on_clock: Called after each look by the clock.
        draw_real: `(stem) -> None` writes real samples beside `stem`, once.
    """

    def __init__(
        self,
        run: RunFolder,
        draw: Callable[[Trainer, Path], Path],
        total_steps: int,
        *,
        every: int = 500,
        seconds: float = 0.0,
        on_clock: Callable[[], None] = lambda: None,
        draw_real: Callable[[Path], None] = lambda stem: None,
    ) -> None:
        self.run, self.draw, self.total_steps, self.every = run, draw, total_steps, every
        self.seconds, self.on_clock, self.draw_real = seconds, on_clock, draw_real
        self._clock = Doubling(seconds)
        self._looked_at = -1

    def on_fit_start(self, trainer: Trainer) -> None:
        """Shows real samples, looks at what has learned nothing yet, and starts the clock."""
        if self.every and trainer.engine.is_main and not self.run.real_files():
            self.draw_real(self.run.samples / REAL)
        if trainer.steps_done == 0:
            self.look(trainer)
        self._clock = Doubling(self.seconds)

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Looks at every `every`-th step, at the last, and when it is time."""
        if not self.every:
            return
        done = trainer.steps_done
        began = time.monotonic()
        if done % self.every == 0 or done == self.total_steps:
            self.look(trainer)
        elif agreed(trainer, self._clock.is_due):
            self.look(trainer)
            if trainer.engine.is_main:
                self.on_clock()
        else:
            return
        self._clock.put_off(time.monotonic() - began)  # from any look, so none follows at once

    def look(self, trainer: Trainer) -> None:
        """Writes samples/<step>, unless that was the last thing it did.

        Raises:
            DivergedError: A loss since the last row, or a weight, is not finite.
        """
        done = trainer.steps_done
        if not self.every or self._looked_at == done:
            return
        trainer.check_finite()
        if trainer.engine.is_main:
            self.draw(trainer, self.run.samples / f"{done:06d}")
        self._looked_at = done


def draw_look(parts: Parts, trainer: Trainer, stem: Path) -> Path:
    """Writes a sheet of what the EMA generator makes of fixed latents."""
    pipeline = parts.pipeline(trainer.average["generator"])
    return write_sheet(pipeline, stem, seed=PREVIEW_SEED)


def write_sheet(pipeline: Any, stem: Path, *, rows: int = 8, seed: int = 0) -> Path:
    """Writes a sheet of samples: a row for each class, or `rows` rows of anything.

    The latents of a column are the same in every row, so that a column shows what the class
    changes and a row what the latent does.
    """
    columns = kind_of(pipeline.modality.name).columns
    spec = pipeline.condition
    if spec is None or spec.kind != "class":
        items = pipeline(rows * columns, seed=seed)
    else:
        latents = pipeline.latents(columns, seed=seed)
        count = min(spec.size, 4 * rows)
        classes = pipeline.conditions(
            [c for c in range(count) for _ in range(columns)], count * columns
        )
        items = pipeline.modality.decode(pipeline.generate(latents.repeat(count, 1), classes))
    return pipeline.modality.write_sheet(items, stem, columns=columns)
