"""A sweep of real runs, killed with its processes, ends as runs that were left alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from multigan.files import read_object
from multigan.runs.run import Run
from multigan.runs.session import start
from multigan.runs.sweep import open_sweep, standings, work
from multigan.runs.sweep.places import on_this_machine
from multigan.runs.sweep.sweep_folder import SweepFolder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed as POSIX does"),
]

STEPS = 30
TINY = {
    "steps": STEPS,
    "batch_size": 8,
    "latent_dim": 8,
    "discriminator.width": 4,
    "checkpoint_every": 2,
    "look_every": 0,
    "health_every": 0,
}
SWEPT = ("--set", "generator.width=4,8", "--jobs", "2")
PATIENCE_SECONDS = 300


@pytest.fixture
def begin(tmp_path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Begins a sweep in a process, which ends with the test at the latest."""
    begun = []

    def call(*more: str) -> "subprocess.Popen[bytes]":
        begun.append(start_process(tmp_path, *more))
        return begun[-1]

    yield call
    for process in begun:
        process.kill()
        process.wait()


def start_process(root: Path, *more: str) -> "subprocess.Popen[bytes]":
    changes = [word for name, value in TINY.items() for word in ("--set", f"{name}={value}")]
    pictures = root / "pictures.npz"
    if not pictures.is_file():  # without classes: no classifier has to be trained to measure them
        np.savez(pictures, images=np.random.default_rng(0).integers(0, 256, (300, 8, 8), np.uint8))
    asked = ("sweep", "digits", "--data", str(pictures), *SWEPT, *changes, *more)
    command = [sys.executable, "-m", "multigan", *asked]
    said = (root / "said").open("ab")
    with said:
        return subprocess.Popen([*command, "--out", str(root)], stdout=said, stderr=said)


def the_sweep(root: Path) -> SweepFolder:
    return open_sweep(root / "sweep-0001-digits")


def processes(root: Path, *, in_the_middle: bool = True) -> list[int]:
    """Returns who trains a run now, and has saved it."""
    folders = [path for path in root.glob("sweep-*/0*") if path.is_dir()]
    running = [
        status["pid"]
        for run in map(Run, folders)
        if (status := read_object(run.status_file)).get("state") == "running"
        and (run.checkpoint_folders() or not in_the_middle)
    ]
    return [pid for pid in running if is_alive(pid)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: Callable[[], object], root: Path) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up, (root / "said").read_text()
        time.sleep(0.01)


def weights(run: Run) -> dict[str, torch.Tensor]:
    return run.pipeline().generator.state_dict()


def test_killed_at_any_moment_a_sweep_goes_on_and_ends_as_if_it_had_not_been(tmp_path, begin):
    halving = ("--halve", "frechet", "--keep", "1/2")
    sweep = begin(*halving)
    wait_for(lambda: processes(tmp_path), tmp_path)
    os.kill(processes(tmp_path)[0], signal.SIGKILL)
    wait_for(lambda: any(e.killed for e in the_sweep(tmp_path).entries), tmp_path)
    wait_for(lambda: processes(tmp_path), tmp_path)
    left = processes(tmp_path)
    sweep.kill()
    sweep.wait()
    wait_for(lambda: not any(map(is_alive, left)), tmp_path)  # they save and end by themselves
    assert begin(*halving).wait() == 0, (tmp_path / "said").read_text()
    found = the_sweep(tmp_path)
    assert found.decided == [15]
    first, second = standings(found)
    assert (first.step, second.step) == (STEPS, 15)
    for outcome in first.outcomes:
        asked = found.plan.recipe_of(outcome.entry.member)
        alone = start(asked, out=tmp_path / "alone", device="cpu").fit()
        mine = weights(Run(outcome.run.path))
        for name, weight in weights(alone).items():
            assert torch.equal(weight, mine[name]), (outcome.entry.member.title, name)
    assert work(found, on_this_machine(1), on_note=pytest.fail)  # there is nothing left to do
    assert "finished" in found.page_file.read_text()


def test_an_interrupt_saves_all_runs_and_who_fails_ends_alone(tmp_path, begin):
    # Of 300 pictures not one is left to learn from, which shows when they are loaded.
    failing = ("--set", "held_out=0,0.9999", "--set", "generator.width=4")
    sweep = begin(*failing)
    wait_for(lambda: processes(tmp_path), tmp_path)
    sweep.send_signal(signal.SIGINT)
    assert sweep.wait() == 1
    (run,) = [Run(path) for path in the_sweep(tmp_path).path.glob("0*") if path.is_dir()]
    assert run.status()["state"] == "stopped"
    assert "To go on: the same command" in (tmp_path / "said").read_text()
    assert begin(*failing).wait() == 1
    states = {e.member.values["held_out"]: e for e in the_sweep(tmp_path).entries}
    assert (states[0].state, states[0.9999].state) == ("finished", "failed")
    assert "held_out" in states[0.9999].message
