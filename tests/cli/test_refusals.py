"""Full disks, closed outputs and signals: one line, exit code 1, and a run that goes on."""

import os
import resource
import signal
import sys
import time
from pathlib import Path

import pytest

from multigan.cli import main
from multigan.core.trainer import Callback
from multigan.modalities.recipes import recipe
from multigan.runs.folder import RunFolder
from multigan.runs.run import Run
from multigan.runs.session import resume, start
from multigan.terminal.progress import Bar
from tests.cli.conftest import TINY
from tests.killing import forked

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes")

SMALL = {"generator.width": 4, "discriminator.width": 4, "batch_size": 8, "checkpoint_every": 2}
OFTEN = ("--set", "checkpoint_every=2", "--set", "look_every=0", "--set", "log_every=1")


@pytest.fixture(autouse=True)
def _terminal_that_hangs_up():
    """Takes back what `nohup` may have asked for whoever runs these tests."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def train(out: Path, *more: str) -> int:
    return main(["train", "digits", "--steps", "4", "--out", str(out), *TINY, *OFTEN, *more])


def goes_on(out: Path) -> None:
    run = Run(out / "0001-digits")
    if run.path.exists() and run.status()["state"] != "finished":
        resume(run, device="cpu").fit()
        assert run.status()["state"] == "finished"
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("size", [100, 2_000, 10_000, 40_000])
def test_a_file_that_must_not_grow_is_one_line_and_the_run_goes_on(tmp_path, size):
    def limited() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return train(tmp_path)

    train(tmp_path / "cached")  # data is prepared
    ended = forked(limited)
    assert ended.code == 1, ended.said
    assert "Traceback" not in ended.said
    assert ended.said.splitlines()[-1].startswith("multigan train: ")
    goes_on(tmp_path)


def test_libraries_that_cannot_write_say_so_as_the_disk_does(tmp_path):
    from safetensors import SafetensorError

    from multigan.errors import refusal
    from multigan.files import refused_by_disk

    words = [
        SafetensorError("Error while serializing: I/O error: Os { code: 28, kind: StorageFull }"),
        RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 64 vs 0"),
    ]
    for error in words:
        place = tmp_path / "step-000004"
        refused = pytest.raises(OSError, match="step-000004 could not be written")
        with refused as caught, refused_by_disk(place):
            raise error
        assert str(error) in refusal(caught.value)


def test_a_full_output_is_one_line(tmp_path):
    for words in (["recipes"], ["train", "digits", "--steps", "2", "--out", str(tmp_path), *TINY]):
        ended = forked(lambda words=words: main(words), output=os.open("/dev/full", os.O_WRONLY))
        assert ended.code == 1
        assert ended.said.splitlines()[-1].endswith("No space left on device")
        assert "Traceback" not in ended.said


def test_an_output_that_was_closed_is_one_line(tmp_path):
    def closed() -> int:
        os.close(1)
        sys.stdout = None
        return train(tmp_path)

    ended = forked(closed)
    assert (ended.code, ended.said.count("\n")) == (1, 1), ended.said
    assert "Bad file descriptor" in ended.said


def test_a_reader_that_leaves_while_a_run_trains_is_one_line(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    ended = forked(lambda: train(tmp_path), output=writing)
    os.close(writing)
    assert "Traceback" not in ended.said
    goes_on(tmp_path)


class Signals(Callback):
    """Sends this process signals when a step is done."""

    def __init__(self, *numbers: int, pause: float = 0.0) -> None:
        self.numbers, self.pause = numbers, pause

    def on_step_end(self, trainer, logs):
        if trainer.steps_done == 3:
            for number in self.numbers:
                os.kill(os.getpid(), number)
                time.sleep(self.pause)


def signalled(out: Path, *numbers: int, pause: float = 0.0) -> RunFolder:
    small = recipe("digits").changed(SMALL | {"steps": 6})
    callbacks = [Signals(*numbers, pause=pause)]
    ended = forked(lambda: start(small, out=out, device="cpu", callbacks=callbacks).fit())
    assert ended.code in (0, 70), ended.said
    return RunFolder(out / "0001-digits")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"])
def test_signals_save_a_run_and_soon_again_they_are_the_same_wish(tmp_path, name):
    number = signal.Signals[name]
    run = signalled(tmp_path, number, signal.SIGTERM, number)
    assert run.status()["message"] == f"Stopped: {name}."
    assert [folder.name for folder in run.checkpoint_folders()] == ["step-000002", "step-000003"]


def test_a_run_is_saved_when_its_terminal_closes(tmp_path):
    def work() -> None:
        terminal, side = os.openpty()
        os.dup2(side, 1)
        os.close(side)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        bar = Bar()

        class Closes(Callback):
            def on_step_end(self, trainer, logs):
                if trainer.steps_done == 3:
                    os.close(terminal)
                    os.kill(os.getpid(), signal.SIGHUP)

        small = recipe("digits").changed(SMALL | {"steps": 6})
        session = start(small, out=tmp_path, device="cpu", callbacks=[Closes(), bar])
        session.fit()

    ended = forked(work)
    status = RunFolder(tmp_path / "0001-digits").status()
    assert (status["state"], status["step"]) == ("stopped", 3), ended.said


def test_a_second_ctrl_c_does_not_wait(tmp_path):
    run = signalled(tmp_path, signal.SIGINT, signal.SIGINT, pause=1.1)
    assert run.status()["state"] == "failed"
    again = signalled(tmp_path / "again", signal.SIGHUP, signal.SIGHUP, pause=1.1)
    assert again.status()["state"] == "stopped"


def test_nohup_keeps_a_run_going(tmp_path):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert signalled(tmp_path, signal.SIGHUP).status()["state"] == "finished"
    finally:
        signal.signal(signal.SIGHUP, before)
