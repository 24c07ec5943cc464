"""Training from the command line: what is made, and what is said."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from multigan.config import Recipe
from multigan.runs.run import Run
from tests.cli.conftest import STEPS, TINY


def objects(text: str) -> list[dict]:
    """Returns the JSON objects that stand one after another in a text."""
    decoder, found, place = json.JSONDecoder(), [], 0
    while place < len(text.rstrip()):
        value, place = decoder.raw_decode(text, place)
        found.append(value)
        place += len(text[place:]) - len(text[place:].lstrip())
    return found


def write_pictures(folder: Path, count: int = 16) -> None:
    """Writes small pictures, every one of another gray."""
    folder.mkdir(exist_ok=True)
    for index in range(count):
        Image.new("L", (8, 8), 10 * index).save(folder / f"{index:02d}.png")


def test_train_makes_a_run_and_names_the_report_last(multigan, tmp_path):
    said = multigan("train", "digits", "--steps", 2, "--seed", 5, "--out", tmp_path, *TINY)
    run = Run(tmp_path / "0001-digits")
    assert said.code == 0
    assert said.err == ""
    assert run.status()["state"] == "finished"
    assert (run.recipe.seed, run.recipe.steps, run.recipe.generator.options["width"]) == (5, 2, 4)
    assert "step 2/2" in said.out
    assert said.out.splitlines()[-1] == f"Report: {run.path / 'report.html'}"
    assert (run.path / "report.html").is_file()


def test_train_in_json_prints_rows_and_then_the_run(multigan, tmp_path):
    said = multigan(
        "train", "digits", "--steps", 2, "--out", tmp_path, "--json", *TINY, "--set", "log_every=1"
    )
    *rows, outcome = objects(said.out)
    assert [row["step"] for row in rows] == [1, 2]
    assert outcome["state"] == "finished"
    assert Run(outcome["run"]).status()["step"] == 2
    assert "1797 images" in said.err  # remarks stay out of what a program reads


def test_dry_run_builds_all_and_writes_nothing(multigan, tmp_path):
    said = multigan("train", "digits", "--dry-run", "--out", tmp_path / "runs", *TINY)
    assert said.code == 0
    assert "1797 images" in said.out
    assert "parameters" in said.out
    assert list(tmp_path.iterdir()) == []


def test_dry_run_finds_what_cannot_be_built(multigan, tmp_path):
    said = multigan("train", "digits", "--dry-run", "--set", "generator.wide=4")
    assert said.code == 1
    assert "wide" in said.err


def test_dry_runs_json_is_a_recipe_that_train_reads(multigan, tmp_path):
    recipe = tmp_path / "mine.json"
    recipe.write_text(multigan("train", "digits", "--steps", 3, "--dry-run", "--json", *TINY).out)
    again = multigan("train", recipe, "--dry-run", "--json")
    assert Recipe.from_json(json.loads(again.out)) == Recipe.from_json(
        json.loads(recipe.read_text())
    )


def test_a_recipe_file_that_cannot_be_read_is_named(multigan, tmp_path):
    (tmp_path / "bad.json").write_text('{"name": "x", "steps": "many"}')
    said = multigan("train", tmp_path / "bad.json")
    assert said.code == 1
    assert "bad.json: recipe.steps must be a whole number" in said.err
    assert multigan("train", tmp_path / "none.json").code == 1


def test_a_finished_run_says_how_to_go_further(multigan, trained):
    said = multigan("resume", trained)
    assert said.code == 1
    assert f"--steps {2 * STEPS}" in said.err


def test_demo_leaves_a_picture_and_names_the_report_last(multigan, tmp_path):
    said = multigan("demo", "--steps", 1, "--out", tmp_path)
    *_, picture, report = said.out.splitlines()
    assert picture == f"Samples: {tmp_path / '0001-digits' / 'samples' / '000001.png'}"
    assert report == f"Report: {tmp_path / '0001-digits' / 'report.html'}"


def test_a_demo_of_no_kind_of_data_names_those_that_there_are(multigan, tmp_path):
    said = multigan("demo", "--modality", "smell", "--out", tmp_path)
    assert said.code == 1
    assert all(name in said.err for name in ("audio", "image", "text"))
    assert not list(tmp_path.iterdir())


def test_recipes_are_listed_and_shown(multigan):
    listed = multigan("recipes")
    assert "digits" in listed.out
    assert "image" in listed.out
    assert "generator.width" in multigan("recipes", "digits").out
    assert (
        Recipe.from_json(json.loads(multigan("recipes", "digits", "--json").out)).name == "digits"
    )


def test_data_without_a_name_is_refused(multigan, trained):
    for command in (("train", "digits"), ("resume", trained), ("evaluate", trained)):
        said = multigan(*command, "--data", "")
        assert said.code == 1
        assert "name the data" in said.err


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("generator.width=-3", "generator 'dcgan': width must be a whole number of at least 1"),
        ("generator.width=0", "generator 'dcgan': width must be a whole number of at least 1"),
        (
            'generator.width="x"',
            "generator 'dcgan': width must be a whole number of at least 1, not",
        ),
        ("regularizers.r1.every=0", "regularizer 'r1': every must be a whole number of at least 1"),
        (
            "regularizers.r1.weight=-1",
            "regularizer 'r1': weight must be a finite number of at least 0",
        ),
        ("regularizers.r1.weight=abc", "regularizer 'r1': weight must be a finite number"),
        ("optimizers.generator.learning_rate=NaN", "learning_rate cannot be NaN"),
        ("latent_dim=10000000000000", "latent_dim=10000000000000"),
        ("latent_dim=1000000000000000000000000", "latent_dim=1000000000000000000000000"),
    ],
)
def test_a_value_that_cannot_be_built_is_one_line(multigan, tmp_path, change, complaint):
    said = multigan("train", "digits", "--out", tmp_path, "--set", change)
    assert said.code == 1
    assert complaint in said.err
    assert said.err.count("\n") == 1


def test_data_that_has_moved_is_named_again(multigan, tmp_path):
    write_pictures(tmp_path / "here")
    where = ("--data", tmp_path / "here", "--out", tmp_path / "runs")
    assert multigan("train", "image", "--steps", 1, *where, *TINY).code == 0
    shutil.move(tmp_path / "here", tmp_path / "there")
    run = tmp_path / "runs" / "0001-image"

    assert multigan("resume", run, "--steps", 2).code == 1
    moved = ("--data", tmp_path / "there")
    assert multigan("resume", run, "--steps", 2, *moved).code == 0
    measured = ("--metrics", "frechet", "-n", 8, "--extractor", "random-conv")
    assert multigan("evaluate", run, *moved, *measured).code == 0


def test_changed_data_needs_force(multigan, tmp_path):
    write_pictures(tmp_path / "data")
    where = ("--data", tmp_path / "data", "--out", tmp_path / "runs")
    assert multigan("train", "image", "--steps", 1, *where, *TINY).code == 0
    write_pictures(tmp_path / "data", count=24)
    run = tmp_path / "runs" / "0001-image"

    said = multigan("resume", run, "--steps", 2)
    assert said.code == 1
    assert "--force" in said.err
    assert multigan("resume", run, "--steps", 2, "--force").code == 0
