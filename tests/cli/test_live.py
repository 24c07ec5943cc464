"""A run in a process of its own, steered from here, stopped by Ctrl-C and taken up again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from multigan.runs.folder import RunFolder
from tests.cli.conftest import TINY

PATIENCE_SECONDS = 60


@pytest.fixture
def training(tmp_path) -> Iterator[subprocess.Popen]:
    """`multigan train` for so long that it has to be stopped."""
    command = [sys.executable, "-m", "multigan", "train", "digits", "--steps", "1000000", *TINY]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path), "--set", "log_every=5"],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def wait_for(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


@pytest.mark.slow
def test_a_live_run_obeys_and_ctrl_c_saves_it(training, multigan, tmp_path):
    run = RunFolder(tmp_path / "0001-digits")
    wait_for(lambda: run.status_file.is_file() and bool(run.metrics()))

    assert "Set at step" in multigan("runs", "set", run.path, "r1.weight=0.25").out
    refused = multigan("runs", "set", run.path, "learning_rate=7")
    assert "learning_rate cannot be 7" in refused.out + refused.err
    assert multigan("runs", "delete", run.path, "--yes").code == 1
    assert multigan("runs", "pause", run.path).code == 0
    wait_for(lambda: run.status()["state"] == "paused")
    assert multigan("runs", "continue", run.path).code == 0
    wait_for(lambda: run.status()["state"] == "running")
    saved = len(run.checkpoint_folders())
    assert multigan("runs", "checkpoint", run.path).code == 0
    wait_for(lambda: len(run.checkpoint_folders()) > saved or saved == 3)

    training.send_signal(signal.SIGINT)
    said, _ = training.communicate(timeout=PATIENCE_SECONDS)
    status = run.status()
    assert training.returncode == 0
    assert status["state"] == "stopped"
    assert f"To go on: multigan resume {run.path}\n" in said
    assert f"{run.path}/checkpoints/step-{status['step']:06d}\n" in said

    further = status["step"] + 2
    assert multigan("resume", run.path, "--steps", further).code == 0
    facts = json.loads(multigan("runs", "show", run.path, "--json").out)
    assert (facts["state"], facts["step"], facts["knobs"]["r1.weight"]) == (
        "finished",
        further,
        0.25,
    )
