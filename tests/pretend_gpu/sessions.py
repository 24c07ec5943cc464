"""A small run of any recipe, on a pretend GPU: how it is asked for, and what is counted of it."""

from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.common.shrunk import shrinking, texts
from multigan.config import Recipe
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.modalities.recipes import recipe
from multigan.runs.health import Doctor
from multigan.runs.session import Session, start
from tests.pretend_gpu.record import Record

STEPS = 5
SHORT = {"speech": 96, "progressive-speech": 96}  # hops, where 64 samples are none
EVERY = 3  # all that happens beside training happens at once: step 3, and 6 of a resumed run


def small(name: str) -> Recipe:
    """Returns a recipe of which a step takes a moment, and which does everything on step 3."""
    found = recipe(name).changed(shrinking(name, STEPS))
    often = ("log_every", "look_every", "checkpoint_every", "health_every")
    changes: dict[str, Any] = dict.fromkeys(often, EVERY) | {"steps": STEPS}
    changes |= {"log_seconds": 0, "look_seconds": 0}  # or a slow machine would look by the clock
    if found.modality == "audio" and name != "vocoder":
        changes["data.length"] = 16 * SHORT.get(name, 64)
    if name == "endless":
        changes["latent_dim"] = 16 + 10 * 3  # a style, and ten anchors
    if found.representation is not None and found.representation.name in ("mel", "log_magnitude"):
        changes["representation.inverter"] = {"name": "griffin_lim", "options": {"iterations": 2}}
    return found.changed(changes)


def data_of(asked: Recipe) -> Any:
    """Returns the data a recipe learns from: its own, or texts."""
    return texts() if asked.modality == "text" else None


def begin(asked: Recipe, out: Path, device: str, *callbacks: Callback) -> Session:
    """Prepares a new run."""
    session = start(asked, data=data_of(asked), out=out, device=device, callbacks=callbacks)
    return inspecting_few(session)


def inspecting_few(session: Session) -> Session:
    """Lets the doctor look at few samples."""
    for callback in session.trainer.callbacks:
        if isinstance(callback, Doctor):
            callback.samples = 16
    return session


class WaitsOfSteps(Callback):
    """Counts, of every step, how often the host waited for the device, and where."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.steps: dict[int, Counter[tuple[str, str]]] = {}
        self._before: Counter[tuple[str, str]] = Counter()

    def on_fit_start(self, trainer: Trainer) -> None:
        """Begins to count."""
        self._before = self.record.waits.copy()

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Takes note of the step's."""
        self.steps[trainer.steps_done] = self.record.waits - self._before
        self._before = self.record.waits.copy()

    @property
    def undisturbed(self) -> dict[int, Counter[tuple[str, str]]]:
        """The waits of steps that do nothing but train; the first may prepare something."""
        return {
            step: found for step, found in self.steps.items() if step % EVERY and 1 < step < STEPS
        }
