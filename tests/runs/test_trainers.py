"""The short way to train decides what the recipe leaves open, and nothing else."""

import pytest

from multigan.config import Recipe, located
from multigan.core.trainer import Callback
from multigan.errors import ConfigError
from multigan.runs.rows import Rows
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
    assert located("mine:pictures") == f"mine:{tmp_path / 'pictures'}"  # of a plug-in's kind
    assert located("hf:pictures") == "hf:pictures"  # on the Hub for certain
    assert located("someone/somewhere") == "someone/somewhere"


@pytest.mark.parametrize("nothing", ["", " ", "stacked:"])
def test_data_without_a_name_is_not_the_folder_we_stand_in(nothing):
    with pytest.raises(ConfigError, match="name the data"):
        ImageTrainer(nothing)


def test_minutes_size_and_callbacks_keep_the_run_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("multigan.runs.pace.TIMED_SECONDS", 0.0)
    seen: list[int] = []

    class Counting(Callback):
        def on_step_end(self, trainer, logs):
            seen.append(trainer.steps_done)

    small = {"generator.width": 4, "discriminator.width": 4, "latent_dim": 4, "look_every": 0}
    run = ImageTrainer(
        "digits",
        minutes=1e-4,
        size=4,
        callbacks=[Counting()],
        changes=small,
        out=tmp_path,
        device="cpu",
    ).fit()
    assert seen == list(range(1, run.recipe.steps + 1))
    assert run.pipeline()(1)[0].size == (4, 4)
    assert run.metrics().by_step()[-1]["step"] == run.recipe.steps


def test_rows_are_a_table_of_one_row_a_step():
    pandas = pytest.importorskip("pandas")
    rows = Rows([{"step": 2, "a/b": 1.0}, {"step": 2, "health": "ok"}, {"step": 4, "a/b": 3.0}])
    frame = rows.to_pandas()
    assert list(frame.index) == [2, 4]
    assert frame["a/b"].tolist() == [1.0, 3.0]
    assert pandas.isna(frame.loc[4, "health"])
    assert Rows().to_pandas().empty
