"""Logging, evaluating, obeying."""

import threading
import time

import pytest
import torch

from multigan.core.trainer import Callback
from multigan.runs.callbacks import Checkpoint, ControlFile, Evaluate, Log
from multigan.runs.checkpoint import load_checkpoint
from multigan.runs.folder import RunFolder
from multigan.runs.preview import Doubling, SamplePreview
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
    trainer = make_trainer(width=8, callbacks=[preview])
    trainer.fit(7)
    assert drawn == ["000000", "000003", "000006", "000007"]
    preview.look(trainer)  # what was just drawn is not drawn again
    assert len(drawn) == 4


def test_nobody_looks_where_looks_are_not_wanted(run):
    drawn = []
    never = SamplePreview(run, lambda trainer, stem: drawn.append(stem), 4, every=0, seconds=1e-9)
    trainer = make_trainer(width=8, callbacks=[never])
    trainer.fit(4)
    never.look(trainer)
    assert not drawn


def test_rows_and_looks_by_the_clock_change_no_other_row_and_no_weight(run, tmp_path):
    often = RunFolder(tmp_path / "often")
    often.path.mkdir()
    looks = []
    watched = make_trainer(
        width=8,
        callbacks=[
            Log(often, 12, every=5, seconds=1e-9),
            SamplePreview(often, lambda t, stem: looks.append(t.steps_done), 12, seconds=1e-9),
        ],
    )
    alone = make_trainer(width=8, callbacks=[Log(run, 12, every=5)])
    watched.fit(12)
    alone.fit(12)
    rows, plain = ({row["step"]: row for row in each.metrics()} for each in (often, run))
    assert list(rows) == list(range(1, 13))
    assert looks[0] == 0
    assert len(looks) > 2
    losses = {name for name in plain[5] if "/" in name}
    for step, row in plain.items():
        assert {n: row[n] for n in losses} == {n: rows[step][n] for n in losses}
    # Between them they are of the steps since the row before.
    again, name = make_trainer(width=8), "generator/adversarial"
    each = [again.step()[name].item() for _ in range(6)]
    assert [rows[step][name] for step in (2, 6)] == pytest.approx([each[1], each[5]])
    pairs = zip(watched.objective.parameters(), alone.objective.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_looks_by_the_clock_lie_ever_further_apart(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    clock, found = Doubling(2.0), []
    while now[0] < 200:
        now[0] += 0.5
        if clock.is_due:
            found.append(now[0])
            clock.put_off(0.1)
    assert found == [2, 5, 10, 20, 40, 80, 160]
    slow = Doubling(2.0)
    now[0] += 2
    slow.put_off(3.0)  # which is a tenth of thirty seconds
    now[0] += 30
    assert not slow.is_due
    now[0] += 10
    assert slow.is_due
    assert not Doubling(0.0).is_due


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
