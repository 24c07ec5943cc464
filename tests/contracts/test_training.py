"""Everything in the registries trains, is saved, resumes exactly and samples; in any pairing."""

import math
from itertools import product

import pytest
import torch

from multigan import ImageTrainer
from multigan.core.condition import ConditionSpec
from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.prior import Prior
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.core.regularizers import REGULARIZERS
from multigan.core.trainer import Trainer
from multigan.data.source import TensorSource
from multigan.data.stream import Stream
from multigan.errors import ConfigError
from multigan.runs.checkpoint import load_checkpoint, save_checkpoint
from multigan.runs.session import resume, start
from multigan.typed import Component

SHAPE, CLASSES = (1, 8, 8), ConditionSpec("class", 3)
SMALL = {"generator.width": 8, "discriminator.width": 8, "latent_dim": 5, "batch_size": 4}
QUIET = {"steps": 2, "look_every": 0, "checkpoint_every": 0, "discriminator_steps": 1}
NEEDS_STYLES = {"path_length"}  # regularizers of generators with styles
NEEDS_LATENTS = {"transport"}  # regularizers of latents as large as samples
COUNT = 12

# What a data set may say of its samples.
LABELS = {
    "none": None,
    "class": torch.arange(COUNT) % 3,
    "attributes": torch.tensor([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]] * 3),
    "vector": torch.linspace(-50, 90, 3 * COUNT).view(COUNT, 3),
}


def pixels() -> torch.Tensor:
    with seeded("pixels"):
        return torch.randint(0, 256, (COUNT, *SHAPE), dtype=torch.uint8)


def latent_dim(regularizers: list[str]) -> int:
    return math.prod(SHAPE) if NEEDS_LATENTS & set(regularizers) else 5


def trainer(loss: str, regularizers: list[str], shape=SHAPE, **options) -> Trainer:
    styled = NEEDS_STYLES & set(regularizers)
    told = {"sample_shape": shape, "condition": CLASSES}
    norm = {"conditioning": "classifier", **options}
    latent = latent_dim(regularizers)
    with seeded("training"):
        generator = GENERATORS.build(
            Component("stylegan2" if styled else "dcgan", {"width": 4}), latent_dim=latent, **told
        )
        discriminator = DISCRIMINATORS.build(Component("dcgan", {"width": 4} | norm), **told)
    game = AdversarialGame(
        generator,
        discriminator,
        Prior(latent),
        LOSSES[loss],
        regularizers=[REGULARIZERS.build(Component(name)) for name in regularizers],
    )
    source = TensorSource(pixels(), torch.arange(COUNT) % 3, CLASSES)
    stream = Stream(source, lambda raw: raw / 127.5 - 1, batch_size=4)
    optimizers = {p.name: torch.optim.Adam(p.player.parameters(), 1e-3) for p in game.phases}
    return Trainer(game, optimizers, stream)


@pytest.mark.parametrize("regularizer", sorted(REGULARIZERS))
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_every_loss_with_every_regularizer(loss, regularizer, tmp_path):
    first = trainer(loss, [regularizer])
    first.fit(2)
    save_checkpoint(first.state_dict(), tmp_path / "step")
    again = trainer(loss, [regularizer])
    again.load_state_dict(load_checkpoint(tmp_path / "step"))
    first.fit(1)
    again.fit(1)
    for name, value in first.objective.state_dict().items():
        assert torch.equal(value, again.objective.state_dict()[name]), name
        assert value.isfinite().all(), name
    latents = torch.randn(3, latent_dim([regularizer]))
    samples = again.average["generator"](latents, torch.arange(3))
    assert samples.shape == (3, *SHAPE)


@pytest.mark.parametrize(
    "penalty", [name for name, kind in REGULARIZERS.items() if getattr(kind, "per_sample", False)]
)
def test_every_penalty_is_refused_with_batch_norm_in_the_discriminator(penalty):
    with pytest.raises(ConfigError, match=rf"{penalty} needs the gradient .* batch norm"):
        trainer("hinge", [penalty], shape=(1, 16, 16), norm="batch")


def test_terms_are_refused_by_networks_that_lack_what_they_need(monkeypatch):
    monkeypatch.setattr(f"{__name__}.NEEDS_STYLES", set())
    with pytest.raises(ConfigError, match="path_length needs a generator with styles"):
        trainer("hinge", ["path_length"])
    with pytest.raises(ConfigError, match="auxiliary_fake needs a discriminator that predicts"):
        trainer("hinge", ["auxiliary_fake"], conditioning="projection")


def run_through(tmp_path, recipe, labels, changes):
    """Trains two steps, resumes for a third, samples; returns the samples and the run."""
    data = pixels() if labels is None else (pixels(), labels)
    asked = ImageTrainer(data, recipe=recipe, changes=SMALL | QUIET | changes)
    run = start(asked.recipe, data=data, out=tmp_path, device="cpu").fit()
    assert resume(run, steps=3, data=data, device="cpu").fit().status()["step"] == 3
    images = run.pipeline()(5)
    assert [image.size for image in images] == [(8, 8)] * 5
    return run


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("name", ["dcgan", "resnet", "r3gan", "progressive", "stylegan2", "biggan"])
def test_every_architecture_with_every_kind_of_condition(name, kind, tmp_path):
    changes = {"generator": name, "discriminator": "resnet" if name == "biggan" else name}
    run = run_through(tmp_path, "image", LABELS[kind], changes)
    told = run.pipeline().condition
    assert (told.kind if told else "none") == kind


TOLD = [
    *product(["dcgan", "resnet"], ["projection", "concat", "classifier", "contrastive"]),
    ("progressive", "classifier"),
    ("stylegan2", "classifier"),
]


@pytest.mark.parametrize(("name", "conditioning"), TOLD)
def test_every_way_to_tell_a_discriminator_the_condition(name, conditioning, tmp_path):
    changes = {"discriminator": name, "discriminator.conditioning": conditioning}
    has_aux_logits = conditioning in ("classifier", "contrastive")
    if has_aux_logits:
        changes |= {"regularizers.auxiliary_real.weight": 1.0}
        changes |= {"regularizers.auxiliary_fake.weight": 1.0}
    run = run_through(tmp_path, "image", LABELS["class"], changes | {"log_every": 1})
    assert ("generator/auxiliary_fake" in run.metrics()[0]) == has_aux_logits


@pytest.mark.parametrize("growth", [0.0, 1 / 3, 0.5, 2 / 3, 1.0])
def test_every_stage_of_growth(growth, tmp_path):
    changes = {"schedules.growth.start": growth, "schedules.growth.end": growth}
    run_through(tmp_path, "progressive", LABELS["class"], changes)
