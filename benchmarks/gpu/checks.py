"""What has to hold: sessions work, numbers are a CPU's, nothing waits, runs repeat themselves."""

import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

from benchmarks.common.shrunk import texts
from benchmarks.gpu.trial import Trial, drawing_on_the_cpu, small
from multigan.config import Recipe
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.runs.run import Run
from multigan.runs.session import resume, start

STEPS = 6
FIRST_STEPS = 3  # in which two devices must agree; rounding grows from step to step
CLOSE = 2e-3  # relative, or of a tenth where values are small
TWICE = ("digits", "r3gan", "text", "notes")
NONE = "none"


def sessions(trial: Trial) -> dict[str, Any]:
    """Trains every recipe with looks, doctor and checkpoints, resumes it, and samples it."""

    def whole(name: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            often = dict.fromkeys(("look_every", "health_every", "checkpoint_every"), 2)
            asked = small(name, STEPS, **often)
            run = _fitted(asked, folder, trial)
            resume(run, steps=STEPS + 2, data=_data(asked), device=str(trial.device)).fit()
            assert len(run.pipeline(device=str(trial.device))(3)) == 3
        return "works"

    return trial.of_each_recipe(whole, share=0.3)


def equality(trial: Trial) -> dict[str, Any]:
    """Compares the losses of first steps with those on the CPU, of the same draws."""

    def compared(name: str) -> dict[str, Any]:
        with drawing_on_the_cpu():
            mine, theirs = (
                _losses(trial, name, device) for device in (trial.device, torch.device("cpu"))
            )
        worst = [
            max(abs(m[key] - t[key]) / (abs(t[key]) + 0.1) for key in t)
            for m, t in zip(mine, theirs, strict=True)
        ]
        return {"first": worst[0], "last": worst[-1], "ok": worst[0] < CLOSE}

    return trial.of_each_recipe(compared, share=0.3)


def _losses(trial: Trial, name: str, device: torch.device) -> list[dict[str, float]]:
    trainer = trial.trainer(small(name, STEPS), device)
    for module in trainer.objective.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0  # it is drawn where it is needed
    return [{key: float(value) for key, value in trainer.step().items()} for _ in range(STEPS)][
        :FIRST_STEPS
    ]


def waits(trial: Trial) -> dict[str, Any]:
    """Finds the first line at which a step makes the host wait for the device."""

    def first(name: str) -> Any:
        trainer = trial.trainer(small(name, 2 * STEPS))
        for _ in range(STEPS):
            trainer.step()
        torch.cuda.set_sync_debug_mode("error")
        try:
            for _ in range(STEPS):
                trainer.step()
        finally:
            torch.cuda.set_sync_debug_mode("default")
        return NONE

    if not trial.is_real:
        return {"": "needs a GPU; `make test-pretend-gpu` counts them on a pretended one"}
    return trial.of_each_recipe(first, share=0.3)


def repeatable(trial: Trial) -> dict[str, Any]:
    """Trains twice with one seed, and once with a stop in the middle: bit by bit."""

    def twice(name: str) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            asked = small(name, 2 * STEPS, checkpoint_every=STEPS, deterministic=True)
            first, second = (_fitted(asked, folder, trial) for _ in range(2))
            half = _fitted(asked, folder, trial, Halfway())
            resume(half, data=_data(asked), device=str(trial.device)).fit()
            one, two, three = (_weights(run) for run in (first, second, half))
        return {"twice": _same(one, two), "resumed": _same(one, three)}

    chosen = [name for name in TWICE if name in trial.recipes]
    return Trial(trial.device, trial.kind, chosen, trial.until).of_each_recipe(twice, share=0.3)


class Halfway(Callback):
    """Stops a run in the middle."""

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Stops."""
        if trainer.steps_done == STEPS:
            trainer.stop("halfway")


def _fitted(asked: Recipe, folder: str, trial: Trial, *callbacks: Callback) -> Run:
    place = {"out": folder, "device": str(trial.device), "callbacks": callbacks}
    return start(asked, data=_data(asked), **place).fit()


def _data(asked: Recipe) -> Any:
    return texts() if asked.modality == "text" else None


def _weights(run: Run) -> dict[str, torch.Tensor]:
    folder: Path = run.checkpoint_folders()[-1]
    return load_file(folder / "networks.safetensors")


def _same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)
