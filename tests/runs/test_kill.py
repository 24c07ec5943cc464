"""A run that is killed with SIGKILL, again and again, ends like one that was left alone."""

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest
import torch

from multigan.config import Recipe
from multigan.modalities.recipes import recipe
from multigan.runs.run import Run
from multigan.runs.session import resume, start

KILLS = 14
STEPS = 400
TIMINGS = {"seconds", "steps_per_second"}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")


def small_recipe() -> Recipe:
    return recipe("digits").changed(
        {
            "steps": STEPS,
            "batch_size": 8,
            "latent_dim": 8,
            "generator.width": 4,
            "discriminator.width": 4,
            "augment": "diffaugment",
            "regularizers.lecam": {"weight": 0.1, "every": 3},
            "regularizers.r1.every": 4,
            "schedules.learning_rate": {"start": 1e-3, "end": 1e-4},
            "log_every": 7,
            "log_seconds": 0,
            "look_every": 9,
            "look_seconds": 0,
            "checkpoint_every": 5,
            "keep_checkpoints": 2,
        }
    )


def go_on(folder: Path) -> None:
    """What the killed process does: start the run, or resume it."""
    torch.set_num_threads(1)
    run = Run(folder / "0001-digits")
    if run.recipe_file.is_file():
        resume(run, device="cpu").fit()
    else:
        start(small_recipe(), out=folder, device="cpu").fit()


def wait_a_while(worker: multiprocessing.Process, run: Run, moments: random.Random) -> None:
    """Waits for a few steps more, or, one time in four, for a moment of the start."""
    if moments.random() < 0.25:
        worker.join(moments.uniform(0, 0.3))
        return
    goal = logged_step(run) + moments.uniform(0, 0.06 * STEPS)
    while worker.is_alive() and logged_step(run) < goal:
        time.sleep(0.002)
    worker.join(moments.uniform(0, 0.05))


def logged_step(run: Run) -> int:
    rows = run.metrics()
    return rows[-1]["step"] if rows else 0


def files(run: Run) -> dict[str, bytes]:
    checkpoint = run.checkpoints / f"step-{STEPS:06d}"
    names = ("networks.safetensors", "optimizers.pt", "progress.json")
    found = {name: (checkpoint / name).read_bytes() for name in names}
    return found | {path.name: path.read_bytes() for path in run.sample_files()}


def metrics(run: Run) -> list[dict]:
    return [{k: v for k, v in row.items() if k not in TIMINGS} for row in run.metrics()]


@pytest.mark.slow
@pytest.mark.timeout(170)
def test_killed_at_random_moments_it_continues_bit_identically(tmp_path):
    whole = start(small_recipe(), out=tmp_path / "whole", device="cpu").fit()

    context = multiprocessing.get_context("fork")
    moments = random.Random(0)
    killed_at = []
    run = Run(tmp_path / "killed" / "0001-digits")
    while run.status()["state"] != "finished":
        worker = context.Process(target=go_on, args=(tmp_path / "killed",))
        worker.start()
        if len(killed_at) < KILLS:
            wait_a_while(worker, run, moments)
            if worker.is_alive():
                os.kill(worker.pid, signal.SIGKILL)
                killed_at.append(run.status().get("step"))
        worker.join()
        assert worker.exitcode in (0, -signal.SIGKILL)

    assert len(killed_at) >= 10, killed_at
    assert metrics(run) == metrics(whole)
    assert not [path.name for path in run.path.rglob(".*") if path.suffix in (".tmp", ".old")]
    expected = files(whole)
    found = files(run)
    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == []
    latents = whole.pipeline().latents(5, seed=3)
    assert torch.equal(
        run.pipeline().generate(latents, torch.arange(5)),
        whole.pipeline().generate(latents, torch.arange(5)),
    )
