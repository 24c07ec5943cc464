"""Stacks of images, the classes that are read in them, and the bench from the command line."""

import json
from math import log

import pytest
import torch
from PIL import Image

from benchmarks.__main__ import main
from benchmarks.stacked_mnist import experiment as stacked
from multigan.core.condition import ConditionSpec
from multigan.data.source import TensorSource
from multigan.data.stream import Stream
from multigan.errors import ConfigError, DataError, UnknownNameError
from multigan.metrics import class_coverage
from multigan.modalities.image.load.load import load_images
from multigan.modalities.image.load.stacked import StackedSource, stacked_class


def singles(labels=True):
    """Four images of 4x4, each filled with its class's number."""
    classes = torch.tensor([0, 1, 2, 1])
    pixels = classes.to(torch.uint8).view(4, 1, 1, 1).expand(4, 1, 4, 4)
    known = (classes, ConditionSpec("class", 3)) if labels else (None, None)
    return TensorSource(pixels, *known)


def test_a_stacks_channels_are_the_images_its_class_names():
    source = StackedSource(singles(), 500)
    rows = torch.arange(500)
    stacks, labels = source.read(rows)
    assert stacks.shape == (500, 3, 4, 4)
    assert labels is None
    assert torch.equal(stacked_class(stacks[:, :, 2, 2], 3), source.classes(rows))
    assert source.classes(rows).unique().tolist() == list(range(27))


def test_stacks_depend_on_seed_and_index_alone():
    source, again = StackedSource(singles(), 500), StackedSource(singles(), 500)
    rows = torch.tensor([7, 3, 499])
    assert torch.equal(source.read(rows)[0], again.read(rows.flip(0))[0].flip(0))
    other = StackedSource(singles(), 500, seed=1)
    assert not torch.equal(source.classes(torch.arange(500)), other.classes(torch.arange(500)))
    first, second = (Stream(s, lambda raw: raw, 8, seed=5).batches(70) for s in (source, again))
    assert torch.equal(next(first).samples, next(second).samples)


def test_stacks_without_classes_have_none():
    with pytest.raises(DataError, match="no classes"):
        StackedSource(singles(labels=False), 9).classes(torch.arange(2))


def test_any_named_images_can_be_stacked():
    images, alone = load_images("stacked:digits"), load_images("digits")
    assert (images.channels, images.height, images.condition) == (3, 8, None)
    assert images.fingerprint != alone.fingerprint
    assert len(images) == 1_000_000
    assert load_images("stacked:digits", channels=3, limit=50).fingerprint != images.fingerprint
    with pytest.raises(DataError, match="has 3 channels, not 1"):
        load_images("stacked:digits", channels=1)


def test_the_divergence_is_that_of_the_shares():
    found = class_coverage(torch.tensor([0, 0, 0, 2]), 4)
    assert (found.covered, found.total) == (2, 4)
    assert found.kl == pytest.approx(0.75 * log(3) + 0.25 * log(1))
    assert class_coverage(torch.arange(7), 7).kl == pytest.approx(0)
    assert class_coverage(torch.zeros(5, dtype=torch.int64), 10).kl == pytest.approx(log(10))
    with pytest.raises(ConfigError, match="all in"):
        class_coverage(torch.tensor([4]), 4)


def test_a_game_is_a_loss_and_its_penalties():
    recipe = stacked.game_recipe("hinge+r1")
    assert (recipe.loss, list(recipe.regularizers), recipe.conditional) == ("hinge", ["r1"], False)
    for wrong in ("hinges", "hinge+r3"):
        with pytest.raises(UnknownNameError):
            stacked.game_recipe(wrong)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("benchmarks.stacked_mnist.experiment.CLASSIFIER_STEPS", 30)
    monkeypatch.setattr("multigan.modalities.image.load.load.STACKS", 2000)


OPTIONS = [
    "--data=digits", "--samples=300", "--steps=4", "--every=2", "--device=cpu",
    "--set=batch_size=8", "--set=generator.width=4", "--set=discriminator.width=4",
    "--set=look_every=0", "--set=health_every=0",
]  # fmt: skip


@pytest.mark.slow
def test_the_command_trains_counts_draws_and_goes_on_where_it_was_stopped(
    quick, tmp_path, capsys, monkeypatch
):
    def bench(folder, *games, code=0):
        places = [f"--out={folder / 'runs'}", f"--save={folder / 'found'}"]
        assert main(["stacked-mnist", *games, *OPTIONS, *places]) == code
        return json.loads((folder / "found.json").read_text())

    games = ["non_saturating", "relativistic+r1+r2"]
    whole = bench(tmp_path / "whole", *games)
    assert [row["game"] for row in whole["rows"]] == games
    assert [point["step"] for point in whole["rows"][0]["points"]] == [2, 4]
    assert all(row["done"] for row in whole["rows"])
    assert whole["real"][0]["true_modes"] > 250  # of 300 stacks of a thousand kinds
    table = capsys.readouterr().out.splitlines()
    assert "held-out digits" in table[0]
    assert table[3].startswith("non_saturating ")
    with Image.open(tmp_path / "whole" / "found.png") as picture:
        assert picture.size == (900, 620)

    def stop_at_three(trainer, step=stacked.Trainer.step):
        logs = step(trainer)
        if trainer.steps_done == 3:
            trainer.stop("the test wants it")
        return logs

    with monkeypatch.context() as patch:
        patch.setattr(stacked.Trainer, "step", stop_at_three)
        cut = bench(tmp_path / "cut", games[0], code=1)["rows"][0]
    assert "stopped at step 3 of 4" in capsys.readouterr().err
    assert not cut["done"]
    resumed = bench(tmp_path / "cut", games[0])["rows"][0]
    first = whole["rows"][0]
    assert [(p["step"], p["modes"], p["kl"]) for p in resumed["points"]] == [
        (p["step"], p["modes"], p["kl"]) for p in first["points"]
    ]
    assert resumed["done"]
    assert resumed["run"] == cut["run"]


def test_results_of_another_setting_are_kept(quick, tmp_path, capsys):
    (tmp_path / "found.json").write_text(json.dumps({"steps": 5}))
    asked = ["stacked-mnist", "hinge", *OPTIONS, f"--save={tmp_path / 'found'}"]
    assert main(asked) == 1
    assert "another setting" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["--steps=0", "--every=0", "--samples=-5"])
def test_numbers_that_count_nothing_are_refused(tmp_path, capsys, wrong):
    words = ["stacked-mnist", "hinge", *OPTIONS, wrong, f"--save={tmp_path / 'found'}"]
    assert main(words) == 1
    name, _, number = wrong.partition("=")
    assert f"{name} is at least 1, not {number}." in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
