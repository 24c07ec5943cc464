"""Going back in a run's time, and going on otherwise."""

import pytest
import torch

import multigan
from multigan.errors import CheckpointError, ConfigError
from multigan.modalities.recipes import recipe
from multigan.runs.folder import checkpoint_step
from multigan.runs.fork import fork
from multigan.runs.run import Run
from multigan.runs.session import start

SMALL = {
    "batch_size": 8,
    "generator.width": 4,
    "discriminator.width": 4,
    "latent_dim": 8,
    "log_every": 2,
    "log_seconds": 0,
    "look_every": 4,
    "look_seconds": 0,
    "checkpoint_every": 4,
    "steps": 12,
}


@pytest.fixture(scope="module")
def parent(tmp_path_factory) -> Run:
    return start(recipe("digits").changed(SMALL), out=tmp_path_factory.mktemp("runs")).fit()


def weights(run: Run) -> torch.Tensor:
    generator = run.pipeline().generator
    return torch.cat([parameter.flatten() for parameter in generator.parameters()])


def files(run: Run) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in run.path.rglob("*") if p.is_file()}


def test_a_fork_that_changes_nothing_ends_where_its_parent_did(parent, tmp_path):
    before = files(parent)
    child = fork(parent, step=4, out=tmp_path).fit()
    torch.testing.assert_close(weights(child), weights(parent), rtol=0, atol=0)
    timeless = [
        [{k: v for k, v in row.items() if "second" not in k} for row in run.metrics()]
        for run in (child, parent)
    ]
    assert timeless[0] == timeless[1]
    assert [look.name for look in child.sample_files()] == [
        look.name for look in parent.sample_files()
    ]
    assert files(parent) == before


def test_it_says_where_it_comes_from_and_needs_its_parent_no_more(parent):
    child = multigan.fork(parent, step=8, changes={"loss": "hinge"}, knobs={"r1.weight": 0.5})
    origin = child.parent()
    assert (origin["run"], origin["step"]) == (parent.name, 8)
    assert (origin["changes"], origin["knobs"]) == ({"loss": "hinge"}, {"r1.weight": 0.5})
    assert (child.path / origin["path"]).resolve() == parent.path.resolve()
    assert child.recipe.loss == "hinge"
    assert child.status()["knobs"]["r1.weight"] == 0.5
    assert child.number == parent.number + 1
    assert not parent.parent()
    child.delete()


def test_what_the_recipe_says_of_the_optimizers_counts_from_the_fork_on(parent, tmp_path):
    changes = {
        "optimizers.generator.beta1": 0.5,
        "optimizers.generator.learning_rate": 3e-5,
        "schedules": {},
    }
    session = fork(parent, step=4, changes=changes, out=tmp_path)
    (group,) = session.trainer.optimizers["generator"].param_groups
    assert group["betas"] == (0.5, 0.9)
    assert group["lr"] == 3e-5
    other = session.trainer.optimizers["discriminator"].param_groups[0]
    assert other["betas"][0] == 0.0


@pytest.mark.parametrize(
    ("asked", "error", "reason"),
    [
        ({"step": 5}, CheckpointError, "keeps no checkpoint of step 5. Kept: 4, 8, 12"),
        ({}, ConfigError, "not before step 12"),
        ({"step": 4, "changes": {"generator.width": 8}}, CheckpointError, "does not fit"),
        ({"step": 4, "changes": {"los": "hinge"}}, ConfigError, "los"),
    ],
)
def test_what_cannot_be_forked_leaves_nothing_behind(parent, tmp_path, asked, error, reason):
    with pytest.raises(error, match=reason):
        fork(parent, out=tmp_path, **asked)
    assert not any(tmp_path.iterdir())


def test_it_can_go_further_and_be_resumed(parent, tmp_path):
    child = fork(parent, steps=14, out=tmp_path).fit()
    assert child.status()["step"] == 14
    assert [checkpoint_step(folder) for folder in child.checkpoint_folders()] == [12, 14]
    again = multigan.resume(child, steps=16)
    assert again.status()["step"] == 16


def test_no_data_is_kept_aside_that_nobody_would_look_at(parent, tmp_path):
    with pytest.raises(ConfigError, match="health_every=0 nobody measures"):
        fork(parent, changes={"held_out": 0.2, "health_every": 0}, step=4, out=tmp_path)
    kept = fork(parent, changes={"held_out": 0.2}, step=4, out=tmp_path / "kept")
    with pytest.raises(ConfigError, match="health_every=0 nobody measures"):
        fork(kept.run, changes={"health_every": 0}, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
