"""Checkpoints are whole or refused, and contain no code."""

import json
import os

import pytest
import torch

from multigan.errors import CheckpointError
from multigan.runs import checkpoint
from multigan.runs.callbacks import Checkpoint
from multigan.runs.checkpoint import load_checkpoint, prune_checkpoints, save_checkpoint
from multigan.runs.folder import RunFolder, checkpoint_step, checkpoints_in
from multigan.runs.resume import latest_valid_checkpoint, resume_from
from tests.tiny import make_trainer

FILES = ["networks.safetensors", "optimizers.pt", "callbacks.pt", "progress.json", "manifest.json"]


@pytest.fixture
def saved(tmp_path):
    trainer = make_trainer(width=8)
    trainer.fit(3)
    return trainer, save_checkpoint(trainer.state_dict(), tmp_path / "step-000003")


def test_training_goes_on_from_disk_as_if_it_had_not_stopped(saved):
    trainer, folder = saved
    other = make_trainer(width=8, seed=5)
    other.load_state_dict(load_checkpoint(folder))
    trainer.fit(3)
    other.fit(3)
    for mine, theirs in zip(
        trainer.objective.parameters(), other.objective.parameters(), strict=True
    ):
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_named(saved, name):
    _, folder = saved
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(CheckpointError, match=f"damaged: .*{name}"):
        load_checkpoint(folder)


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_bit_is_noticed(saved, name):
    _, folder = saved
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged: "):
        load_checkpoint(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[]", b'{"format": 1, "files": []}', b"{}"])
def test_a_manifest_of_garbage_is_damage(saved, content):
    _, folder = saved
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"damaged: its manifest\.json"):
        load_checkpoint(folder)


def test_a_missing_file_is_named(saved):
    _, folder = saved
    (folder / "optimizers.pt").unlink()
    with pytest.raises(CheckpointError, match=r"optimizers\.pt is missing"):
        load_checkpoint(folder)


class Harmful:
    """Would run a command if anybody unpickled it."""

    def __reduce__(self):
        return os.system, ("touch harmed",)


def test_pickled_code_is_never_run(saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, folder = saved
    torch.save({"generator": Harmful()}, folder / "optimizers.pt")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["optimizers.pt"] = checkpoint._describe(folder / "optimizers.pt")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_checkpoint(folder)
    assert not (tmp_path / "harmed").exists()


def test_a_newer_format_is_refused(saved):
    _, folder = saved
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(CheckpointError, match="format 99"):
        load_checkpoint(folder)


def test_weights_that_are_not_finite_are_not_saved(tmp_path):
    trainer = make_trainer(width=8)
    with torch.no_grad():
        trainer.objective.generator[0].weight[0, 0] = float("inf")
    with pytest.raises(CheckpointError, match=r"generator\.0\.weight"):
        save_checkpoint(trainer.state_dict(), tmp_path / "step-000001")
    assert list(tmp_path.iterdir()) == []


def test_resuming_uses_the_newest_whole_checkpoint_and_names_the_damaged_one(tmp_path):
    trainer = make_trainer(width=8)
    run = RunFolder(tmp_path)
    keep_all = Checkpoint(run, every=2, keep=9)
    trainer.callbacks.append(keep_all)
    trainer.fit(6)
    (run.checkpoints / "step-000006" / "networks.safetensors").write_bytes(b"")
    other = make_trainer(width=8, callbacks=[Checkpoint(run, every=1, keep=1)])
    found, (refusal,) = latest_valid_checkpoint(run)
    assert "step-000006" in refusal
    resume_from(other, run, found)
    assert other.steps_done == 4
    # The damaged one is set aside: it neither counts as the newest nor is written over.
    other.fit(1)
    assert [folder.name for folder in run.checkpoint_folders()] == ["step-000005"]
    assert (run.checkpoints / "damaged-step-000006").is_dir()


def test_resuming_without_a_whole_checkpoint_is_an_error(tmp_path):
    trainer = make_trainer(width=8)
    run = RunFolder(tmp_path)
    trainer.callbacks.append(Checkpoint(run, every=1))
    trainer.fit(1)
    (run.checkpoints / "step-000001" / "manifest.json").unlink()
    with pytest.raises(CheckpointError, match="No checkpoint of this run is valid"):
        latest_valid_checkpoint(run)


def test_a_newer_multigans_checkpoint_is_not_passed_over(tmp_path):
    trainer = make_trainer(width=8)
    run = RunFolder(tmp_path)
    trainer.callbacks.append(Checkpoint(run, every=1))
    trainer.fit(2)
    manifest = run.checkpoints / "step-000002" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    with pytest.raises(CheckpointError, match="format 99"):
        latest_valid_checkpoint(run)


def test_a_checkpoint_is_never_written_over(tmp_path):
    trainer = make_trainer(width=8)
    run = RunFolder(tmp_path)
    checkpoint = Checkpoint(run, every=2)
    trainer.callbacks.append(checkpoint)
    trainer.fit(2)
    before = (run.checkpoints / "step-000002").stat().st_ino
    resumed = make_trainer(width=8)
    resume_from(resumed, run, latest_valid_checkpoint(run)[0])
    Checkpoint(run).save(resumed)
    assert (run.checkpoints / "step-000002").stat().st_ino == before


def test_what_a_killed_writer_left_is_swept(tmp_path):
    trainer = make_trainer(width=8)
    run = RunFolder(tmp_path)
    trainer.callbacks.append(Checkpoint(run, every=2))
    trainer.fit(2)
    (run.checkpoints / ".step-000004.x.tmp").mkdir()
    (run.path / ".status.json.y.tmp").write_text("")
    resume_from(make_trainer(width=8), run, latest_valid_checkpoint(run)[0])
    assert [path.name for path in run.checkpoints.iterdir()] == ["step-000002"]
    assert not list(run.path.glob(".*tmp"))


def test_pruning_keeps_the_newest_and_the_best(tmp_path):
    for step in (1, 2, 3, 10, 1_000_000):
        (tmp_path / f"step-{step:06d}").mkdir()
    (tmp_path / ".step-000011.abc.tmp").mkdir()  # what a crash leaves
    prune_checkpoints(tmp_path, keep=2, always=frozenset([2]))
    assert [checkpoint_step(p) for p in checkpoints_in(tmp_path)] == [2, 10, 1_000_000]
