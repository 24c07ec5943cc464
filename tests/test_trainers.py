"""The short way to train decides what the recipe leaves open, and nothing else."""

import pytest

from multigan.config import Recipe, located
from multigan.errors import ConfigError
from multigan.runs.trainers import ImageTrainer

RECIPE = Recipe(name="r", seed=5, steps=7)


def test_a_recipes_own_seed_and_steps_stay():
    kept = ImageTrainer(recipe=RECIPE).recipe
    assert (kept.seed, kept.steps) == (5, 7)


def test_a_seed_and_steps_that_are_given_win():
    asked = ImageTrainer(recipe=RECIPE, seed=0, steps=0).recipe
    assert (asked.seed, asked.steps) == (0, 0)


def test_a_place_is_absolute_and_a_name_is_left_alone(tmp_path, monkeypatch):
    (tmp_path / "pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    assert located("pictures") == str(tmp_path / "pictures")
    assert located("stacked:pictures") == f"stacked:{tmp_path / 'pictures'}"
    assert located("someone/somewhere") == "someone/somewhere"


@pytest.mark.parametrize("nothing", ["", " ", "stacked:"])
def test_data_without_a_name_is_not_the_folder_we_stand_in(nothing):
    with pytest.raises(ConfigError, match="name the data"):
        ImageTrainer(nothing)
