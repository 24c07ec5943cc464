"""Several processes as people start them: --processes, srun; killed, stopped, gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from multigan.cli import main
from multigan.runs.run import Run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SMALL = ["digits", "--device", "cpu", "--set", "generator.width=8", "--set", "log_every=10"]
SMALL += ["--set", "discriminator.width=8", "--set", "checkpoint_every=10"]
TWO = ["--processes", "2", "--resume-or-start", "spot"]
SOON_SECONDS = 60  # on a busy machine; a few seconds on one that is not


def start(folder: Path, *words: str, **environment: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "multigan", "train", *SMALL, "--out", str(folder), *words]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
    )


def wait_for(folder: Path, step: int, process: subprocess.Popen) -> Run:
    until = time.monotonic() + 200
    while time.monotonic() < until and process.poll() is None:
        for path in folder.glob("*-spot/status.json"):
            status = json.loads(path.read_text())
            if status["state"] == "running" and status["step"] >= step:
                return Run(path.parent)
        time.sleep(0.1)
    raise AssertionError(f"Step {step} was not reached: {process.communicate()[0]}")


def children(process: subprocess.Popen) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True
    )
    return [int(word) for word in listed.stdout.split()]


def test_killed_ranks_end_the_others_and_the_run_goes_on(tmp_path):
    reached = 0
    for rank in (1, 0):
        process = start(tmp_path, *TWO, "--steps", "100000")
        run = wait_for(tmp_path, reached + 20, process)
        os.kill(children(process)[rank], signal.SIGKILL)
        said, _ = process.communicate(timeout=SOON_SECONDS)
        assert process.returncode == 1
        assert f"Process {rank + 1} of 2 was killed by SIGKILL" in said
        assert "Traceback" not in said
        reached = max(row["step"] for row in run.metrics())
    for ending in ("SIGTERM", "SIGUSR1"):
        process = start(tmp_path, *TWO, "--steps", "100000")
        wait_for(tmp_path, reached + 10, process)
        process.send_signal(signal.Signals[ending])
        said, _ = process.communicate(timeout=SOON_SECONDS)
        assert process.returncode == 0, said
        assert run.status()["message"] == f"Stopped: {ending}."
        reached = run.status()["step"]
    assert [path.name for path in tmp_path.glob("0*")] == ["0001-spot"]


def test_the_tasks_of_a_step_of_slurm_train_one_run(tmp_path):
    step = {"SLURM_STEP_NUM_TASKS": "2", "SLURM_STEP_NODELIST": "localhost"}
    step["SLURM_JOB_ID"] = str(os.getpid())  # decides the port
    tasks = [
        start(tmp_path, "--steps", "20", SLURM_PROCID=str(rank), SLURM_LOCALID=str(rank), **step)
        for rank in (0, 1)
    ]
    said = [task.communicate(timeout=300)[0] for task in tasks]
    assert [task.returncode for task in tasks] == [0, 0], said
    run = Run(tmp_path / "0001-digits")
    assert run.status()["state"] == "finished"
    assert json.loads(run.environment_file.read_text())["processes"] == 2
    assert len(list(tmp_path.glob("0*"))) == 1
    assert said[1] == "", "only the main process talks"


def test_a_finished_run_is_not_begun_again(tmp_path, capsys):
    words = ["train", *SMALL, "--out", str(tmp_path), "--steps", "2", "--resume-or-start", "once"]
    assert main(words) == 0
    assert main(words) == 0
    assert "has finished already" in capsys.readouterr().out
    assert [path.name for path in tmp_path.glob("0*")] == ["0001-once"]


def test_gpus_that_are_not_there_are_refused(capsys):
    import torch

    count = torch.cuda.device_count() + 1
    assert main(["train", "digits", "--gpus", str(count)]) == 1
    assert f"--processes {count} --device cpu" in capsys.readouterr().err
    assert main(["train", "digits", "--gpus", "0"]) == 2
