"""Sampling: which files appear, and that they hold what was asked for."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from multigan.cli.evaluate import metric_names
from multigan.core.condition import ConditionSpec
from multigan.runs.run import Run
from multigan.sampling.pipeline import Pipeline
from multigan.terminal.sample_files import conditions


def test_sample_writes_what_the_pipeline_makes(multigan, trained, tmp_path):
    said = multigan(
        *("sample", trained, "-n", 3, "--condition", 7, "--seed", 5),
        *("--truncation", 0.5, "--out", tmp_path),
    )
    paths = [Path(line) for line in said.out.splitlines()]
    expected = Pipeline.from_pretrained(trained)(3, condition=7, seed=5, truncation=0.5)
    assert len(paths) == 3
    for path, image in zip(paths, expected, strict=True):
        with Image.open(path) as written:
            assert written.tobytes() == image.tobytes()


@pytest.mark.parametrize("name", ["1", "0001-digits"])
def test_a_run_is_found_by_number_and_by_name(multigan, trained, tmp_path, name):
    said = multigan("sample", name, "--runs", trained.parent, "-n", 1, "--out", tmp_path)
    assert said.out == f"{tmp_path / '0-0000.png'}\n"


def test_a_saved_pipeline_is_sampled_like_its_run(multigan, trained, tmp_path):
    multigan("sample", trained, "-n", 1, "--out", tmp_path / "run")
    multigan("sample", trained / "pipeline", "-n", 1, "--out", tmp_path / "pipeline")
    one, other = (tmp_path / place / "0-0000.png" for place in ("run", "pipeline"))
    assert one.read_bytes() == other.read_bytes()


@pytest.fixture
def asked_for(monkeypatch, trained) -> list[dict[str, Any]]:
    """What `Run.pipeline` is asked for; it answers with the newest."""
    asked: list[dict[str, Any]] = []

    def pipeline(self: Run, **wanted: Any) -> Pipeline:
        asked.append(wanted)
        return Pipeline.from_pretrained(trained)

    monkeypatch.setattr(Run, "pipeline", pipeline)
    return asked


def test_an_earlier_or_the_best_checkpoint_is_sampled(multigan, trained, tmp_path, asked_for):
    for option in (["--step", 2], ["--best"], ["--average", 0.1], []):
        assert multigan("sample", trained, *option, "-n", 1, "--out", tmp_path).code == 0
    assert [(one["step"], one["best"], one["average"]) for one in asked_for] == [
        (2, False, None),
        (None, True, None),
        (None, False, 0.1),
        (None, False, None),
    ]


def test_a_run_without_profiles_has_no_average_of_another_length(multigan, trained, tmp_path):
    said = multigan("sample", trained, "--average", 0.1, "-n", 1, "--out", tmp_path)
    assert said.code == 1
    assert "profile_every" in said.err


@pytest.mark.parametrize("option", [["--step", 2], ["--best"], ["--average", 0.1]])
def test_a_saved_pipeline_has_no_checkpoints(multigan, trained, tmp_path, option):
    said = multigan("sample", trained / "pipeline", *option, "--out", tmp_path)
    assert said.code == 1
    assert "has no checkpoints" in said.err


def test_samples_go_into_a_folder(multigan, trained, tmp_path):
    (tmp_path / "afile").touch()
    said = multigan("sample", trained, "-n", 1, "--out", tmp_path / "afile")
    assert said.code == 1
    assert "afile is a file" in said.err
    assert multigan("sample", trained, "-n", 1, "--out", tmp_path / "afile" / "x").code == 1


def test_a_sheet_is_one_file(multigan, trained, tmp_path):
    said = multigan("sample", trained, "-n", 20, "--sheet", "--out", tmp_path)
    (path,) = tmp_path.iterdir()
    assert said.out == f"{path}\n"
    with Image.open(path) as sheet:
        assert sheet.width > sheet.height  # two rows of ten


def test_a_walk_is_frames_a_sheet_and_a_film(multigan, trained, tmp_path):
    said = multigan("sample", trained, "-n", 5, "--interpolate", "--out", tmp_path)
    paths = [Path(line) for line in said.out.splitlines()]
    assert sorted(paths) == sorted(tmp_path.iterdir())
    assert [path.suffix for path in paths].count(".png") == 6
    with Image.open(tmp_path / "walk-0.gif") as film:
        assert film.n_frames >= 5  # there and back


def test_conditions_are_taken_in_turn():
    digits = ConditionSpec("class", 3, ("zero", "one, two", "three"))
    assert conditions([], digits, 4) is None
    assert conditions(["2"], digits, 3) == ["2", "2", "2"]
    assert conditions(["zero,2"], digits, 3) == ["zero", "2", "zero"]
    assert conditions(["one, two", "0"], digits, 2) == ["one, two", "0"]  # a name with a comma
    assert conditions(["0.5,1"], ConditionSpec("vector", 2), 2).tolist() == [[0.5, 1], [0.5, 1]]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--condition", "ten"], "no class 'ten'"),
        (["--truncation", "2"], "truncation lies between 0 and 1"),
        (["-n", "0"], "Between 1 and"),
    ],
)
def test_what_the_pipeline_does_not_have_is_a_users_error(
    multigan, trained, tmp_path, arguments, complaint
):
    said = multigan("sample", trained, *arguments, "--out", tmp_path)
    assert said.code == 1
    assert complaint in said.err


def test_evaluate_prints_a_number_with_what_it_was_measured_with(multigan, trained):
    said = multigan(
        *("evaluate", trained, "--metrics", "frechet,coverage", "-n", 64),
        *("--extractor", "random-conv"),
    )
    assert said.code == 0
    head, frechet, coverage = said.out.splitlines()
    assert "real against real" in head
    assert "random-conv" in frechet
    assert "64" in frechet
    assert coverage.split()[0] == "coverage"


def test_metric_names_come_with_spaces_or_commas():
    assert metric_names(["frechet,recall", "coverage"]) == ["frechet", "recall", "coverage"]
    assert metric_names(None) == []


@pytest.mark.parametrize("method", ["principal", "factorized", "random"])
def test_directions_are_a_sheet_with_a_row_each(multigan, trained, tmp_path, method):
    said = multigan("sample", trained, "-n", 2, "--directions", method, "--out", tmp_path)
    path = tmp_path / f"directions-{method}-0.png"
    assert said.out == f"{path}\n"
    with Image.open(path) as sheet:
        assert sheet.width > 3 * sheet.height  # two rows of seven


def test_a_projection_is_a_sheet_of_real_above_found_and_its_latents(multigan, trained, tmp_path):
    said = multigan("sample", trained, "-n", 2, "--project", "digits", "--out", tmp_path)
    sheet, table = (Path(line) for line in said.out.splitlines())
    assert sheet.suffix == ".png"
    found = json.loads(table.read_text())
    pipeline = Pipeline.from_pretrained(trained)
    latents, classes = torch.tensor(found["latents"]), torch.tensor(found["conditions"])
    made = pipeline.modality.decode(pipeline.generate(latents, classes))
    with Image.open(sheet) as shown:
        assert len(made) == 2
        assert shown.width == pytest.approx(shown.height, rel=0.1)  # two above two
    assert len(found["distances"]) == 2


def test_what_is_projected_is_checked(multigan, trained, tmp_path):
    said = multigan("sample", trained, "--project", tmp_path / "nothing", "--out", tmp_path)
    assert said.code == 1
    assert "no file or folder" in said.err
    said = multigan("sample", trained, "--directions", "sefa", "--out", tmp_path)
    assert said.code == 1
    assert "principal, factorized or random" in said.err


def test_styles_are_mixed_only_where_there_are_any(multigan, trained, tmp_path):
    said = multigan("sample", trained, "-n", 2, "--mix", "--out", tmp_path)
    assert "DCGANGenerator has no styles to mix" in said.err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--prompt", "a"), "This run makes image data: --prompt is for text."),
        (
            ("--format", "flac"),
            "--format flac is for audio data, and this pipeline makes image data.",
        ),
    ],
)
def test_an_option_of_another_kind_of_data_is_refused(multigan, trained, tmp_path, option, message):
    said = multigan("sample", trained, "-n", 1, "--out", tmp_path, *option)
    assert said.code == 1
    assert message in said.err
