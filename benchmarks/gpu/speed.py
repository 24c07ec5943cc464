"""Milliseconds a step, memory, and how busy the device is, in every precision."""

import time
from typing import Any

import torch

from benchmarks.gpu.trial import Trial, attempted, small
from multigan.config import Recipe
from multigan.modalities.recipes import recipe

PRECISIONS = ("float32", "tf32", "bfloat16", "float16")
WARM_UP, LEAST, SECONDS = 4, 8, 1.0
TRIED = (  # of each kind of network one, the common ones first
    *("image", "r3gan", "text", "speech", "stylegan2", "notes", "biggan", "sngan", "seqgan"),
    *("relgan", "progressive", "wavegan", "vocoder", "hf-text", "gansynth", "scratchgan"),
)


def speed(trial: Trial) -> dict[str, Any]:
    """Times the recipes as they are, on pictures of 32x32 in color, short texts and sounds."""

    def timed(name: str) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for precision in PRECISIONS if trial.is_real else ("float32", "bfloat16"):
            row[precision] = attempted(lambda p=precision: _one(trial, name, p))
            trial.forget()
        return row

    chosen = [name for name in TRIED if name in trial.recipes]
    return Trial(trial.device, trial.kind, chosen, trial.until).of_each_recipe(timed)


def _one(trial: Trial, name: str, precision: str) -> dict[str, Any]:
    if trial.is_real:
        torch.cuda.reset_peak_memory_stats()
    asked = recipe(name) if trial.is_real else small(name, 5)
    trainer = trial.trainer(_in_the_game(asked, {"precision": precision}))
    clock = time.perf_counter if trial.is_real else time.process_time
    for _ in range(WARM_UP):
        trainer.step()
    trial.wait()
    began, steps = clock(), 0
    while steps < (LEAST if trial.is_real else 2) or (trial.is_real and clock() - began < SECONDS):
        trainer.step()
        steps += 1
    trial.wait()
    found: dict[str, Any] = {"ms": round(1000 * (clock() - began) / steps, 2)}
    if trial.is_real:
        found["MiB"] = torch.cuda.max_memory_allocated() >> 20
        found |= _busy(trial, trainer.step)
    return found


def _in_the_game(asked: Recipe, changes: dict[str, Any]) -> Recipe:
    """Returns a recipe without a long warm-up: what is timed is the game."""
    for option in ("warmup_steps", "discriminator_warmup"):
        if asked.objective.options.get(option):
            changes = changes | {f"objective.{option}": 1}
    return asked.changed(changes).settled()


def _busy(trial: Trial, step: Any, steps: int = 5) -> dict[str, Any]:
    """Returns the share of a step's time in which the GPU works, and how many kernels it runs."""
    from torch.profiler import ProfilerActivity, profile

    trial.wait()
    began = time.perf_counter()
    with profile(activities=[ProfilerActivity.CUDA]) as found:
        for _ in range(steps):
            step()
        trial.wait()
    seconds = time.perf_counter() - began
    on_gpu = [e for e in found.events() if e.device_type == torch.autograd.DeviceType.CUDA]
    at_work = sum(event.device_time for event in on_gpu) / 1e6
    return {"busy": round(at_work / seconds, 3), "kernels": len(on_gpu) // steps}
