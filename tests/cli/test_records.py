"""Whatever stands in the JSON files of a run, nobody who reads them is surprised."""

import json
import os
import shutil

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from multigan.files import parse_json, read_json
from multigan.notebook.previews import SamplePreviews
from multigan.report.media import earlier_previews, preview_of
from multigan.runs.folder import RunFolder
from multigan.runs.profiles import snapshots_in
from multigan.runs.report import render_report
from tests.tiny import make_trainer

DEEP = b"[" * 200_000 + b"]" * 200_000
HOSTILE = [
    b"",
    b"\xff\xfe{}",
    b"[]",
    b"5",
    b"null",
    b'"text"',
    DEEP,
    b'{"set": ' + DEEP + b"}",
    b'{"a": ' * 500 + b"1" + b"}" * 500,
    b'{"set": {"r1.weight": 1e999}, "step": 1e999}',
    b'{"step": NaN, "checkpoint": Infinity, "set": {"r1.weight": NaN}}',
    b'{"step": ' + b"9" * 400 + b', "checkpoint": ' + b"9" * 5000 + b"}",
    b'{"step": 9e300, "of": "many", "state": 7, "at": 5, "losses": [1], "knobs": "x"}',
    b'{"step": true, "state": "running", "at": "2020-01-01", "losses": {"a": "b"}, "host": []}',
    b'{"state": "\\ud800", "message": "\\ud800"}',
    b'{"want": ["stop"], "checkpoint": "x", "set": [1]}',
    b'{"want": {"a": 1}, "checkpoint": -1, "set": {"r1.weight": {"a": []}, "x": 1}}',
    b'{"findings": 5, "data": 5, "distance": "x", "steps": 5, "series": 5}',
    b'{"findings": [5], "data": {"notes": 5, "unreadable": [5]}, "distance": [{}]}',
    b'{"findings": [{"severity": "alarm", "text": "x", "remedy": {"name": 5}}], "threads": "x"}',
    b'{"steps": [1, "x"], "series": {"a/b": [1, "x"]}, "run": 5, "path": [], "changes": 7}',
    b'{"format": "x", "files": 5, "examples": 5, "data": {"examples": [{}], "fingerprint": []}}',
]
NAMES = ["status", "control", "health", "environment", "parent", "nearest", "curves", "recipe"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_read_can_be_written_again(text):
    try:
        value = parse_json(text)
    except ValueError:
        return
    assert parse_json(json.dumps(value, allow_nan=False).encode()) == value


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_commands_answer_in_lines_whatever_the_files_of_a_run_hold(multigan, tmp_path, text):
    run = RunFolder(tmp_path / "0001-a")
    run.path.mkdir()
    for name in NAMES:
        (run.path / f"{name}.json").write_bytes(text)
    (run.path / "metrics.jsonl").write_bytes(text + b"\n")
    other = RunFolder(tmp_path / "0002-b")
    other.path.mkdir()
    other.write_status("finished", step=3)
    where = ("--runs", tmp_path)
    assert "0002-b" in multigan("runs", "list", *where).out
    json.loads(multigan("runs", "list", "--json", *where).out)
    commands = [
        ["runs", "show", 1],
        ["runs", "show", 1, "--json"],
        ["runs", "stop", 1],
        ["runs", "set", 1, "r1.weight=1"],
        ["runs", "heal", 1, "--dry-run"],
        ["runs", "compare", 1, 2],
        ["sample", 1],
        ["fork", 1],
        ["resume", 1],
        ["evaluate", 1],
    ]
    for command in commands:
        said = multigan(*command, *where)
        assert said.code in (0, 1)
        assert said.code == 0 or said.err.count("\n") <= len(run.damage()) + 1
    render_report(run)
    assert multigan("runs", "delete", 1, "--yes", *where).code == 0


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_run_goes_on_whatever_its_files_hold(multigan, trained, tmp_path, text):
    folder = tmp_path / trained.name
    shutil.copytree(trained, folder)
    for name in set(NAMES) - {"recipe"}:
        (folder / f"{name}.json").write_bytes(text)
    with (folder / "metrics.jsonl").open("ab") as rows:
        rows.write(text + b"\n")
    for where in (folder / "samples", folder / "checkpoints"):
        (where / "000004 copy.png").write_bytes(text)
    for command in (["show"], ["heal", "--dry-run"], ["compare", trained]):
        assert multigan("runs", command[0], folder, *command[1:]).code in (0, 1)
    assert multigan("fork", folder, "--steps", 5).code == 0
    assert multigan("resume", folder, "--steps", 5, "--force").code == 0
    assert RunFolder(folder).status()["state"] == "finished"
    manifest = folder / "checkpoints/step-000005/manifest.json"
    pipeline = folder / "pipeline/pipeline.json"
    for damaged in (manifest, pipeline):
        damaged.write_bytes(text)
        said = multigan("sample", folder, "--out", tmp_path / "out")
        assert said.code == 0 or said.err.count("\n") == 1


def test_rows_and_knobs_of_the_wrong_type_are_left_out(tmp_path):
    run = RunFolder(tmp_path)
    rows = [
        {"step": 1, "seconds": "x", "g/adversarial": [1], "set": {"a": {}}, "rollback": 5},
        {"step": 2, "set": {"r1.weight": None, "b": 0.5}, "health": 7, "d/adversarial": 1},
        {"step": -1},
        {"step": 10**30},
        {"step": True},
    ]
    run.metrics_file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run.metrics() == [
        {"step": 1},
        {"step": 2, "set": {"r1.weight": None, "b": 0.5}, "d/adversarial": 1},
    ]
    assert "Step 2: Set by hand: r1.weight = schedule, b = 0.5" in render_report(run)


def test_wrong_types_are_named(multigan, tmp_path):
    run = RunFolder(tmp_path / "0001-a")
    run.path.mkdir()
    run.status_file.write_text('{"step": "five", "state": "stopped", "losses": {"a/b": true}}')
    run.control_file.write_text('{"want": "fly"}')
    said = multigan("runs", "list", "--runs", tmp_path)
    assert "stopped" in said.out
    assert "status.json: step must be a whole number" in said.err
    assert "status.json: losses.a/b must be a finite number, not True" in said.err
    assert "control.json: want must be " in said.err


def test_a_run_that_trains_answers_to_wishes_that_make_no_sense(tmp_path):
    from multigan.runs.callbacks import Checkpoint, ControlFile, Log

    run = RunFolder(tmp_path)
    log = Log(run, 4, every=1)
    trainer = make_trainer(width=4)
    trainer.callbacks += [log, ControlFile(run, Checkpoint(run), log, interval_seconds=0)]
    for text in HOSTILE:
        run.control_file.write_bytes(text)
        trainer.fit(1)
    assert trainer.steps_done == len(HOSTILE)
    run.request(set={"generator.learning_rate": "0.5"})
    trainer.fit(1)
    assert run.metrics()[-2]["set"] == {"generator.learning_rate": 0.5}


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "status.json")
    with pytest.raises(OSError, match="is not a file"):
        read_json(tmp_path / "status.json")
    assert RunFolder(tmp_path).status()["state"] == "created"


STRAY = ["000004 copy.png", "000004.png~", "²0.png", "0.5.txt", "000004", "4.png", "000004.a.png"]


def test_strange_files_among_samples_and_checkpoints_are_passed_over(tmp_path):
    run = RunFolder(tmp_path)
    for folder in (run.samples, run.checkpoints, run.profiles):
        folder.mkdir()
        (folder / "000009.png").mkdir()
        (folder / "step-000004 copy").mkdir()
        (folder / "000004 copy.safetensors").write_text("")
        for name in STRAY:
            (folder / name).write_text("")
    (run.samples / "000004.png").write_text("")
    assert [path.name for path in run.sample_files()] == ["000004.png"]
    assert run.checkpoint_folders() == []
    assert snapshots_in(run.profiles) == {}
    looks = SamplePreviews(run.samples)
    looks.refresh()
    assert looks.steps == [4, 9]
    assert looks.files(9) == []
    run.forget_after(2)
    assert {path.name for path in run.samples.iterdir()} >= {*STRAY}
    assert not (run.samples / "000004.png").exists()


def test_a_pipe_in_the_place_of_a_previews_sounds_is_not_waited_for(tmp_path):
    picture = tmp_path / "000004.png"
    about = PngInfo()
    about.add_text("sounds", '{"count": 1, "columns": 1, "spacing": 8}')
    Image.new("L", (4, 4)).save(picture, pnginfo=about)
    os.mkfifo(tmp_path / "000004.wav")
    assert preview_of(picture).sounds == ()


def test_damaged_looks_do_not_keep_a_report_from_being_written(tmp_path):
    files = [tmp_path / "000001.png", tmp_path / "000002.txt", tmp_path / "000003.png"]
    for file in files:
        file.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    assert earlier_previews(files)[0].text == "000001.png is damaged."
    assert "PNG" in preview_of(files[1]).text
