"""Logging, evaluating, obeying."""

import threading
import time

import pytest

from multigan.core.trainer import Callback
from multigan.runs.callbacks import Checkpoint, ControlFile, Evaluate, Log, SamplePreview
from multigan.runs.checkpoint import load_checkpoint
from multigan.runs.folder import RunFolder
from tests.tiny import make_trainer


class Slowly(Callback):
    """Gives a person time to ask for something."""

    def on_step_end(self, trainer, logs):
        time.sleep(0.002)


def steered_trainer(run: RunFolder, steps: int = 100_000, **more):
    log, checkpoint = Log(run, steps, every=10), Checkpoint(run, every=0)
    control = ControlFile(run, checkpoint, log, interval_seconds=0.01)
    return make_trainer(width=8, callbacks=[log, checkpoint, control, Slowly()], **more)


def wait_for(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.fixture
def run(tmp_path):
    return RunFolder(tmp_path)


@pytest.fixture
def training(run):
    """A trainer at work in a thread; it is stopped at the end."""
    trainer = steered_trainer(run)
    thread = threading.Thread(target=trainer.fit, args=(100_000,))
    with run.lock():
        thread.start()
        yield trainer
        run.request(want="stop")
        thread.join(20)
        assert not thread.is_alive()


def test_log_writes_means_and_progress(run):
    trainer = make_trainer(width=8, callbacks=[Log(run, 25, every=10)])
    trainer.fit(25)
    rows = run.metrics()
    assert [row["step"] for row in rows] == [10, 20, 25]
    assert rows[0]["samples"] == 10 * trainer.data.batch_size
    assert {"discriminator/adversarial", "discriminator/r1", "generator/adversarial"} <= set(
        rows[0]
    )
    status = run.status()
    assert (status["step"], status["of"]) == (25, 25)
    assert status["knobs"]["r1.weight"] == 0.1


def test_logged_losses_are_means_over_the_window(run):
    trainer = make_trainer(width=8, callbacks=[Log(run, 4, every=4)])
    again = make_trainer(width=8)
    trainer.fit(4)
    each = [again.step()["generator/adversarial"].item() for _ in range(4)]
    assert run.metrics()[0]["generator/adversarial"] == pytest.approx(sum(each) / 4)


def test_look_draws_at_its_interval_and_at_the_end(run):
    drawn = []
    preview = SamplePreview(run, lambda trainer, stem: drawn.append(stem.name) or stem, 7, every=3)
    make_trainer(width=8, callbacks=[preview]).fit(7)
    assert drawn == ["000003", "000006", "000007"]


def test_the_best_checkpoint_is_kept_beside_the_newest(run):
    values = {2: 0.5, 4: 0.2, 6: 0.9, 8: 0.4, 10: 0.3}
    evaluate = Evaluate(
        run, lambda trainer: {"frechet": values[trainer.steps_done]}, best_by="frechet", every=2
    )
    checkpoint = Checkpoint(run, every=2, keep=1, best=evaluate)
    make_trainer(width=8, callbacks=[evaluate, checkpoint]).fit(10)
    assert [folder.name for folder in run.checkpoint_folders()] == ["step-000004", "step-000010"]
    assert [row["metric/frechet"] for row in run.metrics()] == list(values.values())


def test_pause_continue_and_stop(run, training):
    wait_for(lambda: training.steps_done > 5)
    asked = time.monotonic()
    run.request(want="pause")
    wait_for(lambda: run.status()["state"] == "paused")
    assert time.monotonic() - asked < 1.0
    step = training.steps_done
    time.sleep(0.1)
    assert training.steps_done == step
    assert run.checkpoint_folders()[-1].name == f"step-{step:06d}"
    run.request(want="run")
    wait_for(lambda: training.steps_done > step)


def test_a_checkpoint_on_request(run, training):
    wait_for(lambda: training.steps_done > 2)
    run.request(checkpoint=True)
    wait_for(run.checkpoint_folders)


def test_knobs_turned_by_hand_are_noted_and_saved(run, training):
    wait_for(lambda: training.steps_done > 2)
    run.request(set={"r1.weight": 0.7, "nonsense": 1.0, "learning_rate": -1})
    wait_for(lambda: any("refused" in row for row in run.metrics()))
    notes = [row for row in run.metrics() if "set" in row or "refused" in row]
    wait_for(lambda: training.knobs["r1.weight"].get() == 0.7)
    wait_for(lambda: {"r1.weight": 0.7} in [row.get("set") for row in run.metrics()])
    assert any("nonsense" in row.get("refused", "") for row in notes)
    wait_for(run.checkpoint_folders)
    resumed = steered_trainer(run)
    resumed.load_state_dict(load_checkpoint(run.checkpoint_folders()[-1]))
    assert resumed.knobs["r1.weight"].get() == 0.7


def test_a_wish_made_while_paused_is_granted(run, training):
    wait_for(lambda: training.steps_done > 2)
    run.request(want="pause")
    wait_for(lambda: run.status()["state"] == "paused")
    run.request(set={"r2.weight": 0.3})
    wait_for(lambda: training.knobs["r2.weight"].get() == 0.3)


def test_a_half_written_wish_is_no_wish(run, training):
    wait_for(lambda: training.steps_done > 2)
    run.request(want="pause")
    wait_for(lambda: run.status()["state"] == "paused")
    step = training.steps_done
    run.control_file.write_text('{"want": "sto')
    time.sleep(0.1)
    assert (training.steps_done, run.status()["state"]) == (step, "paused")
    run.control_file.write_text('{"want": "run"}')
    wait_for(lambda: training.steps_done > step)


def test_a_paused_run_saves_on_request_and_stops_on_a_signal(run, training):
    wait_for(lambda: training.steps_done > 2)
    run.request(want="pause")
    wait_for(lambda: run.status()["state"] == "paused")
    step = training.steps_done
    run.request(checkpoint=True)
    training.stop("SIGINT")
    wait_for(lambda: run.status()["state"] == "running")
    time.sleep(0.1)
    assert (training.steps_done, training.stop_reason) == (step, "SIGINT")
    assert run.checkpoint_folders()[-1].name == f"step-{step:06d}"


def test_a_knob_is_given_back_to_its_schedule(run, training):
    wait_for(lambda: training.steps_done > 2)
    run.request(set={"r1.weight": 0.7})
    wait_for(lambda: training.overrides == {"r1.weight": 0.7})
    run.request(set={"r1.weight": None})
    wait_for(lambda: not training.overrides)
    assert training.knobs["r1.weight"].get() == 0.1


def test_a_wish_made_before_the_start_is_granted(run):
    run.request(set={"r1.weight": 0.9}, want="stop")
    trainer = steered_trainer(run)
    trainer.fit(50)
    assert trainer.steps_done == 0
    assert trainer.knobs["r1.weight"].get() == 0.9
