"""Runs on text from start to end, resumed, and through the command line."""

import pytest
import torch

from multigan import TextTrainer, resume
from multigan.errors import ConfigError
from multigan.modalities.recipes import RECIPES, recipe
from multigan.runs.checkpoint import load_checkpoint
from multigan.runs.run import Run
from multigan.terminal.dry_run import describe

SENTENCES = [f"{a} {b} {c} ." for a in "abcd" for b in ("xx", "yy") for c in ("p", "q", "r")] * 2
SMALL = {
    "batch_size": 8,
    "log_every": 2,
    "log_seconds": 0,
    "look_every": 3,
    "look_seconds": 0,
    "checkpoint_every": 3,
    "generator.width": 8,
    "discriminator.channels": 4,
    "objective.warmup_steps": 4,
    "objective.discriminator_warmup": 1,
    "discriminator_steps": 2,
}


def train(tmp_path, data=SENTENCES, steps=9, changes=None, name="runs", **more) -> Run:
    return TextTrainer(
        data, steps=steps, out=tmp_path / name, changes=SMALL | (changes or {}), **more
    ).fit()


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Run:
    return train(tmp_path_factory.mktemp("finished"))


def state(run: Run) -> dict:
    return load_checkpoint(run.checkpoint_folders()[-1])


def assert_same(first: dict, second: dict) -> None:
    for part in ("objective", "average"):
        assert first[part].keys() == second[part].keys()
        for name in first[part]:
            assert torch.equal(first[part][name], second[part][name]), name


def test_a_run_leaves_samples_report_and_a_pipeline(finished):
    assert finished.status()["state"] == "finished"
    assert [path.name for path in finished.sample_files()] == [
        "000000.txt",
        "000003.txt",
        "000006.txt",
        "000009.txt",
    ]
    assert len(finished.sample_files()[-1].read_text().splitlines()) == 32
    page = finished.report_file.read_text()
    assert "<figcaption>real</figcaption>" in page
    assert "a xx p ." in page
    assert all(isinstance(text, str) for text in finished.pipeline()(3))


def test_the_warm_up_and_the_game_are_logged(finished):
    rows = finished.metrics()
    assert "likelihood/nll" in rows[0]
    assert "generator/adversarial" not in rows[0]
    assert "generator/adversarial" in rows[-1]


@pytest.mark.parametrize("stop", [3, 6])
def test_a_stopped_run_goes_on_exactly(finished, tmp_path, stop):
    run = train(tmp_path, steps=stop)
    again = resume(run, steps=9, data=SENTENCES, device="cpu")
    assert_same(state(again), state(finished))


def test_accumulation_changes_no_weight(tmp_path):
    options = {"generator.dropout": 0.0, "discriminator_steps": 1}
    whole, parts = (
        state(train(tmp_path, steps=6, changes={**options, "accumulate": n}, name=str(n)))
        for n in (1, 2)
    )
    for name, tensor in whole["objective"].items():
        torch.testing.assert_close(tensor, parts["objective"][name], rtol=1e-3, atol=1e-5)


def test_labels_become_conditions(tmp_path):
    labelled = [(text, text[0]) for text in SENTENCES]
    run = train(tmp_path, labelled, steps=6)
    assert run.pipeline().condition.names == ("a", "b", "c", "d")
    assert len(run.pipeline()(4, condition="b")) == 4


def test_a_discriminator_that_learns_texts_by_heart_is_measured(tmp_path):
    """It sees thirty-two texts of twelve random letters again and again, and never the others."""
    torch.manual_seed(0)
    texts = ["".join(chr(97 + int(i)) for i in torch.randint(26, (12,))) for _ in range(128)]
    changes = {
        "held_out": 0.75,
        "data.tokenizer": "char",
        "batch_size": 32,
        "health_every": 2,
        "look_every": 0,
        "discriminator_steps": 4,
        "optimizers.discriminator.learning_rate": 0.01,
        "regularizers.r1": None,
        "regularizers.r2": None,
    }
    run = train(tmp_path, texts, steps=8, changes=changes)
    found = {row["step"]: row["health/memory"] for row in run.metrics() if "health/memory" in row}
    assert abs(found[2]) < 0.6, "the discriminator has learned nothing yet"
    assert found[8] > 0.9


def test_texts_are_not_kept_aside_where_no_discriminator_could_be_measured(tmp_path):
    with pytest.raises(ConfigError, match="mle is no game"):
        TextTrainer(SENTENCES, recipe="mle", out=tmp_path, changes={"held_out": 0.7}).fit()
    (tmp_path / "lines.txt").write_text("\n".join(SENTENCES))
    asked = recipe("mle").with_data(str(tmp_path / "lines.txt")).changed({"held_out": 0.7})
    with pytest.raises(ConfigError, match="mle is no game"):
        describe(asked, device="cpu", as_json=False)
    with pytest.raises(ConfigError, match="health_every=0 nobody"):
        train(tmp_path, changes={"held_out": 0.7, "health_every": 0})
    assert not list(tmp_path.glob("**/recipe.json")), "a run was begun all the same"


TEXT_RECIPES = [name for name, make in RECIPES.items() if make().modality == "text"]


@pytest.mark.parametrize("name", TEXT_RECIPES)
def test_every_recipe_of_text_is_built_and_comes_back_from_json(name):
    from multigan.config import Recipe
    from multigan.core.engine import Engine
    from multigan.modalities.text.load.load import load_text
    from multigan.runs.assemble import build_parts, build_trainer

    chosen = recipe(name)
    assert Recipe.from_json(chosen.to_json()) == chosen
    engine = Engine()
    parts = build_parts(chosen, load_text(SENTENCES), engine)
    trainer = build_trainer(chosen.changed({"batch_size": 4}), parts, engine)
    assert trainer.step()
