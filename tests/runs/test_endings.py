"""Between the last checkpoint and the end, and between two who resume: nothing is lost."""

import json
import stat
import warnings

import pytest
import torch

from multigan.errors import ConfigError, RunError
from multigan.files import write_json
from multigan.modalities.recipes import recipe
from multigan.runs import session as sessions
from multigan.runs.folder import RunFolder, create_run, find_runs
from multigan.runs.run import Run
from multigan.runs.session import resume, start
from multigan.sampling.pipeline import Pipeline

SMALL = {
    "steps": 4,
    "generator.width": 4,
    "discriminator.width": 4,
    "batch_size": 8,
    "latent_dim": 8,
    "checkpoint_every": 2,
    "look_every": 2,
    "log_every": 1,
}


class Killed(BaseException):
    """Ends a process as a kill would: nothing is said of it in the run."""


def killed_at(tmp_path, monkeypatch, name) -> Run:
    """Returns a run whose process was killed when it came to a function of `session`, at the end.

    What a kill does not write, the status of a failure, is not written here either.
    """
    session = start(recipe("digits").changed(SMALL), out=tmp_path, device="cpu")
    real = getattr(sessions, name)

    def kill(*args, **options):
        if session.trainer.steps_done == 4:
            raise Killed
        return real(*args, **options)

    write_status = session.log.write_status

    def quiet(trainer, state, *args, **details):
        if state != "failed":
            write_status(trainer, state, *args, **details)

    with monkeypatch.context() as patched:
        patched.setattr(sessions, name, kill)
        patched.setattr(session.log, "write_status", quiet)
        with pytest.raises(Killed):
            session.fit()
    return session.run


@pytest.fixture
def whole(tmp_path) -> Run:
    return start(recipe("digits").changed(SMALL), out=tmp_path / "whole", device="cpu").fit()


@pytest.mark.parametrize("name", ["_save_pipeline", "write_report"])
def test_a_run_killed_after_its_last_checkpoint_is_finished(tmp_path, monkeypatch, whole, name):
    run = killed_at(tmp_path, monkeypatch, name)
    assert run.status()["state"] == "interrupted"
    latents, told = whole.pipeline().latents(3), torch.arange(3)
    expected = whole.pipeline().generate(latents, told)
    # Even before that nobody samples an old generator without a word.
    assert run.pipeline().step == 4
    assert torch.equal(run.pipeline().generate(latents, told), expected)
    resume(run, device="cpu").fit()
    assert run.status()["state"] == "finished"
    assert "finished" in run.report_file.read_text()
    saved = Pipeline.from_pretrained(run.pipeline_folder)
    assert saved.step == 4
    assert torch.equal(saved.generate(latents, told), expected)
    assert len(run.metrics()) == len(whole.metrics())
    with pytest.raises(ConfigError, match="has done its 4 steps"):
        resume(run, device="cpu")


def test_a_pipeline_older_than_the_newest_checkpoint_says_so(tmp_path, monkeypatch):
    run = killed_at(tmp_path, monkeypatch, "_save_pipeline")
    with pytest.warns(UserWarning, match=r"is of step 2, .* a checkpoint of step 4"):
        assert Pipeline.from_pretrained(run.path).step == 2
    (run.checkpoints / "step-000004/manifest.json").write_text("{}")
    assert run.pipeline().step == 2  # the newest that is whole


def test_a_pipeline_of_an_earlier_multigan_names_no_step(whole):
    index = whole.pipeline_folder / "pipeline.json"
    told = json.loads(index.read_text())
    del told["step"]
    write_json(index, told)
    with warnings.catch_warnings(action="error"):
        assert Pipeline.from_pretrained(whole.path).step is None
    with pytest.raises(ConfigError, match="has done its 4 steps"):
        resume(whole, device="cpu")
    whole.write_status("running", step=4)
    assert whole.pipeline().step == 4


def test_of_two_who_resume_a_run_the_later_is_told(whole):
    first, second = (resume(whole, steps=6, device="cpu") for _ in range(2))
    first.fit()
    with pytest.raises(RunError, match=r"has been trained to step 6 since .* opened at step 4"):
        second.fit()
    assert [row["step"] for row in whole.metrics()] == [1, 2, 3, 4, 5, 6]
    assert whole.status()["state"] == "finished"


def test_rows_of_a_session_that_saved_nothing_are_not_there_twice(whole):
    session = resume(whole, steps=6, device="cpu")
    whole.append_metrics({"step": 5, "seconds": 1.0})  # by another, which was killed then
    session.fit()
    assert [row["step"] for row in whole.metrics()] == [1, 2, 3, 4, 5, 6]


def test_weights_can_be_read_by_whom_the_umask_lets(whole):
    files = [*whole.checkpoints.rglob("*.*"), *whole.pipeline_folder.iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files if path.is_file()} == {0o644}


def test_what_commands_write_into_a_run_is_deleted_with_it(tmp_path):
    run = create_run(tmp_path, "a")
    for name in ("melody.wav", "nearest.json", "nearest.wav", "nearest.png", "report.html"):
        (run.path / name).write_text("")
    run.delete()
    assert list(tmp_path.iterdir()) == []


def test_what_killed_processes_left_beside_runs_is_swept(tmp_path):
    for name in (".0003-digits.deleted.tmp", ".0001-digits.tmp", ".0007", ".best.deleted.tmp"):
        (tmp_path / name / "samples").mkdir(parents=True)
    (tmp_path / ".mine").mkdir()
    create_run(tmp_path, "a")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mine", "0001-a"]


def test_a_new_run_is_seen_when_all_it_begins_with_is_there(tmp_path):
    def fill(run: RunFolder) -> None:
        run.write_status("created")
        assert find_runs(tmp_path) == []

    def fail(run: RunFolder) -> None:
        raise Killed

    assert create_run(tmp_path, "a", fill).status_file.is_file()
    with pytest.raises(Killed):
        create_run(tmp_path, "b", fail)
    assert [path.name for path in tmp_path.iterdir()] == ["0001-a"]
