"""A generator goes on with few samples of something else: what it takes over, and what stays."""

import json

import pytest
import torch
from torch.testing import assert_close

from multigan.core.condition import ConditionSpec
from multigan.data.known_classes import beside_known
from multigan.errors import ConfigError, DataError
from multigan.modalities.kind import kind_of
from multigan.modalities.recipes import recipe
from multigan.runs.checkpoint import load_checkpoint
from multigan.runs.run import Run
from multigan.runs.session import resume, start
from multigan.runs.tune import tune
from tests.cli.conftest import multigan  # noqa: F401  a fixture
from tests.runs.test_looking import pictures

SMALL = {
    "steps": 2,
    "batch_size": 8,
    "generator.width": 4,
    "discriminator.width": 4,
    "latent_dim": 4,
    "look_every": 0,
    "health_every": 0,
}


@pytest.fixture(scope="module")
def parent(tmp_path_factory) -> Run:
    """A run that knows two classes; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("parent")
    photos = pictures(folder / "photos", 16, classes=("cats", "dogs"))
    asked = recipe("image").changed(SMALL).with_data(photos)
    return start(asked, out=folder / "runs", device="cpu").fit()


@pytest.fixture
def few(tmp_path) -> str:
    return pictures(tmp_path / "few", 12, sizes=((16, 16),))


def weights(run: Run, step: int) -> dict[str, torch.Tensor]:
    return load_checkpoint(run.checkpoint_at(step))["objective"]


def test_it_begins_with_the_average_and_a_new_class_as_the_mean_of_the_old(parent, few, tmp_path):
    session = tune(parent, few, steps=3, out=tmp_path, device="cpu")
    state = load_checkpoint(parent.checkpoint_at(2))
    begun = session.trainer.objective.state_dict()
    old = state["average"]["networks.generator.embed.table.weight"]
    new = begun["generator.embed.table.weight"]
    assert new.shape[0] == 3
    assert torch.equal(new[:2], old)
    assert_close(new[2], old.mean(0))
    for name, value in begun.items():
        if name.startswith("generator.") and "embed" not in name:
            assert torch.equal(value, state["average"][f"networks.{name}"]), name
    run = session.fit()
    assert run.pipeline().condition.names == ("cats", "dogs", "new")
    assert len(run.pipeline()(2, condition="new")) == 2
    assert run.pipeline()(1)[0].size == (8, 8)  # as its parent's, whatever the new pictures were
    assert run.parent()["run"] == parent.name


def test_frozen_layers_stay_and_all_others_move(parent, few, tmp_path):
    session = tune(parent, few, steps=3, out=tmp_path, device="cpu")
    before = weights(session.run, 0)
    run = session.fit()
    frozen = tuple(f"{layer}." for layer in run.recipe.frozen)
    assert "discriminator.convolutions.0." in frozen
    after = weights(run, 3)
    moved = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert not any(name.startswith(frozen) for name in moved)
    assert any(name.startswith("discriminator.output") for name in moved)
    rate = run.recipe.optimizers["generator"].learning_rate
    assert rate == pytest.approx(0.2 * parent.recipe.optimizers["generator"].learning_rate)


def test_a_tuned_run_resumes_exactly(parent, few, tmp_path):
    whole = tune(parent, few, steps=4, out=tmp_path / "a", device="cpu").fit()
    part = tune(parent, few, steps=2, out=tmp_path / "b", device="cpu").fit()
    longer = resume(part, steps=4, device="cpu").fit()
    ends = (weights(run, 4) for run in (whole, longer))
    assert all(torch.equal(*pair) for pair in zip(*(each.values() for each in ends), strict=True))


def test_what_does_not_fit_is_refused(parent, few, tmp_path):
    with pytest.raises(ConfigError, match="The new data need other networks"):
        tune(parent, few, changes={"generator.width": 8}, out=tmp_path, device="cpu")
    with pytest.raises(ConfigError, match=r"no layer 'discriminator\.nothing' to freeze"):
        tune(parent, few, changes={"frozen": ["discriminator.nothing"]}, out=tmp_path)
    with pytest.raises(ConfigError, match="All of the discriminator is frozen"):
        tune(parent, few, changes={"frozen": ["discriminator"]}, out=tmp_path, device="cpu")
    assert not list(tmp_path.glob("0*"))


def test_classes_are_numbered_after_the_known_ones():
    images = torch.zeros(3, 1, 8, 8, dtype=torch.uint8)
    loaded = kind_of("image").load((images, torch.tensor([0, 1, 1])))
    beside = beside_known(loaded, ("1", "7"))
    assert beside.source.labels.tolist() == [2, 0, 0]  # "1" is known, "0" is new
    assert beside.condition == ConditionSpec("class", 3, ("1", "7", "0"))
    assert beside.fingerprint != loaded.fingerprint
    alone = kind_of("image").load(images, known_classes=["1"])
    assert alone.source.labels.tolist() == [1, 1, 1]
    assert alone.report.classes == ("1", "new")
    with pytest.raises(DataError, match="not attributes or numbers"):
        kind_of("image").load((images, torch.rand(3, 2)), known_classes=["1"])


def test_it_is_typed(multigan, parent, few, tmp_path):  # noqa: F811
    words = ("tune", parent.path, "--data", few, "--steps", 1, "--out", tmp_path / "runs", "--json")
    said = multigan(*words)
    assert said.code == 0, said.err
    run = Run(json.loads(said.out[said.out.index("{\n") :])["run"])
    assert run.recipe.name == "image-tuned"
    assert "controllers" in run.recipe.to_json()
