"""Two processes that share a batch make the gradients of one process with all of it."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from benchmarks.common.shrunk import shrinking, texts
from multigan.__main__ import leave
from multigan.core.engine import DistributedEngine, open_engine
from multigan.core.processes import is_main_process
from multigan.core.regularizers import R1, R2, WassersteinGradientPenalty
from multigan.modalities.recipes import recipe
from multigan.runs.assemble import build_parts, build_trainer, load_data
from multigan.runs.run import Run
from multigan.runs.session import start
from tests.tiny import Ring, make_trainer

ROOT = Path(__file__).parents[2]
PENALTIES = {"r1_r2": lambda: [R1(1.0), R2(1.0)], "gp": lambda: [WassersteinGradientPenalty(1.0)]}


def trained(name: str, accumulate: int, **engine) -> dict:
    """Returns the gradients of a first step and the weights after three."""
    trainer = make_trainer(
        regularizers=PENALTIES[name](), width=16, accumulate=accumulate, **engine
    )
    trainer.step()
    gradients = [p.grad.clone() for p in trainer.objective.parameters()]
    trainer.fit(2)
    weights = [p.detach().clone() for p in trainer.objective.parameters()]
    return {"gradients": gradients, "weights": weights}


def main(folder: str) -> None:
    """What each of the two processes runs."""
    torch.set_num_threads(1)
    engine = DistributedEngine("cpu")
    assert engine.world_size == 2
    data = Ring(rank=engine.rank, world=engine.world_size)
    for name in PENALTIES:
        for accumulate in (1, 2):
            result = trained(name, accumulate, engine=engine, data=data)
            torch.save(result, f"{folder}/{name}-{accumulate}-{engine.rank}.pt")
    assert engine.share("main" if engine.is_main else "other") == "main"
    engine.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two-processes")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += ["--master-port", str(port), "-m", "tests.runs.test_distributed", str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    environment["PYTHONFAULTHANDLER"] = "1"  # an abort then says where
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=100, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.mark.parametrize("accumulate", [1, 2])
@pytest.mark.parametrize("name", sorted(PENALTIES))
def test_gradients_equal_those_of_the_whole_batch(folder, name, accumulate):
    alone = trained(name, accumulate=1)
    for rank in (0, 1):
        shared = torch.load(folder / f"{name}-{accumulate}-{rank}.pt", weights_only=True)
        for mine, theirs in zip(alone["gradients"], shared["gradients"], strict=True):
            assert (mine - theirs).abs().max() < 1e-6
        for mine, theirs in zip(alone["weights"], shared["weights"], strict=True):
            torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=1e-4)


def torchrun(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", "-m", "multigan", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=200)


def losses_of(names: list[str]) -> dict[str, list[dict[str, float]]]:
    """Returns every loss of eight steps of small recipes, trained by this and its like."""
    found = {}
    for name in names:
        exact = {"generator.norm": "none"} if name == "speech" else {}  # batch norm is per process
        exact |= {"batch_size": 8, "steps": 8}
        asked = recipe(name).changed(shrinking(name, 8) | exact).settled()
        data = load_data(asked, texts() if asked.modality == "text" else None)
        engine = open_engine("cpu")
        trainer = build_trainer(asked, build_parts(asked, data, engine), engine)
        found[name] = []
        for _ in range(8):
            trainer.window.clear()
            trainer.step()
            found[name].append(trainer.window.means(trainer.steps_done, engine))
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_losses_of_any_number_of_processes_are_the_same(tmp_path):
    names = ["text", "latent-text", "seqgan", "r3gan", "speech"]
    alone = losses_of(names)
    for count in (2, 4):
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node", str(count), "-m", "tests.runs.test_distributed"]
        command += [str(tmp_path / f"{count}"), *names]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
        assert done.returncode == 0, done.stderr[-3000:]
        shared = json.loads((tmp_path / f"{count}").read_text())
        for name in names:
            for mine, theirs in zip(alone[name], shared[name], strict=True):
                assert mine == pytest.approx(theirs, rel=2e-6, abs=2e-6), (name, count)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_processes_train_resume_and_equal_one(tmp_path):
    small = ["--out", str(tmp_path), "--device", "cpu"]
    for change in ("generator.norm=none", "generator.width=8", "discriminator.width=8"):
        small += ["--set", change]
    small += ["--set", "evaluate_every=20", "--set", "metrics=spread", "--set", "log_every=10"]
    done = torchrun("train", "digits", "--steps", "20", *small)
    assert done.returncode == 0, done.stderr[-3000:]
    done = torchrun("resume", str(tmp_path / "0001-digits"), "--steps", "40")
    assert done.returncode == 0, done.stderr[-3000:]
    shared = Run(tmp_path / "0001-digits")
    assert shared.status()["state"] == "finished"
    assert any("metric/spread" in row for row in shared.metrics())

    changes = {"generator.norm": "none", "generator.width": 8, "discriminator.width": 8}
    schedules = {f"schedules.{name}.over": 20 * 64 for name in ("learning_rate", "beta2")}
    alone = recipe("digits").changed(changes | schedules | {"steps": 40, "log_every": 10})
    rows = start(alone, out=tmp_path, device="cpu").fit().metrics()
    logged = [row for row in shared.metrics() if "generator/adversarial" in row]
    for mine, theirs in zip(rows, logged, strict=True):
        assert mine["generator/adversarial"] == pytest.approx(
            theirs["generator/adversarial"], rel=1e-3
        )


if __name__ == "__main__":
    if sys.argv[2:]:
        torch.set_num_threads(1)
        found = losses_of(sys.argv[2:])
        if is_main_process():
            Path(sys.argv[1]).write_text(json.dumps(found))
    else:
        main(sys.argv[1])
    leave(0)
