"""Training on a thread is the same training."""

import time

import pytest
import torch

from multigan.core.trainer import Callback
from multigan.errors import DivergedError
from multigan.notebook.background import Training, find_training
from multigan.sampling.pipeline import Pipeline
from tests.notebook.conftest import tiny_session


def weights(run) -> torch.Tensor:
    generator = run.pipeline().generator
    return torch.cat([parameter.flatten() for parameter in generator.parameters()])


def test_a_thread_makes_what_the_main_thread_makes_even_while_somebody_samples(finished, tmp_path):
    training = Training(tiny_session(tmp_path)).start()
    pipeline = Pipeline.from_pretrained(finished.path)
    expected = pipeline.latents(2, seed=3)
    while not training.wait(0):
        torch.testing.assert_close(pipeline.latents(2, seed=3), expected, rtol=0, atol=0)
    assert training.error is None
    torch.testing.assert_close(weights(training.run), weights(finished), rtol=0, atol=0)


def test_it_is_found_while_it_is_at_work_and_let_go_after(going):
    assert find_training(going.run.path) is going
    assert going.run.is_busy()
    give_up = time.monotonic() + 30
    while not going.steps_done:
        assert time.monotonic() < give_up
    going.stop()
    assert going.wait(30)
    assert going.run.control()["want"] == "stop"
    assert going.run.status()["state"] == "stopped"
    assert find_training(going.run.path) is None
    assert going.session is None


class Fail(Callback):
    def __init__(self, error: Exception) -> None:
        self.error = error

    def on_step_end(self, trainer, logs) -> None:
        raise self.error


@pytest.mark.parametrize("error", [DivergedError("no longer finite"), ZeroDivisionError("a bug")])
def test_errors_are_kept_and_said(tmp_path, error):
    session = tiny_session(tmp_path)
    session.trainer.callbacks.append(Fail(error))
    training = Training(session).start()
    assert training.wait(30)
    assert isinstance(training.error, type(error))
    assert str(error) in training.run.status()["message"]
    is_a_bug = isinstance(error, ZeroDivisionError)
    assert ("on_step_end" in training.traceback) is is_a_bug
