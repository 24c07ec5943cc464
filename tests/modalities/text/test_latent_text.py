"""Text through codes: the game moves the maker of codes, the rest is the autoencoder's."""

import pytest
import torch

from multigan import TextTrainer
from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.prior import Prior
from multigan.core.regularizers import R1
from multigan.errors import ConfigError
from multigan.modalities.recipes import recipe
from multigan.modalities.text.latent import (
    CodeDiscriminator,
    LatentTextGame,
    LatentTextGenerator,
)
from multigan.modalities.text.pipeline import LatentTextPipeline
from multigan.sampling.pipeline import Pipeline
from tests.modalities.text.networks import CLASSES, SHAPE, B, L, some_classes, some_ids

SENTENCES = [f"{a} {b} {c} ." for a in "abcd" for b in ("xx", "yy") for c in ("p", "q", "r")] * 2
SMALL = {"generator.width": 32, "generator.embedding_dim": 16, "batch_size": 24, "log_every": 50}


def make(condition=None, warmup_steps: int = 0) -> LatentTextGame:
    with seeded(0):
        generator = LatentTextGenerator(
            SHAPE, condition, latent_dim=4, code_dim=6, width=8, embedding_dim=6
        )
        discriminator = CodeDiscriminator(SHAPE, condition, code_dim=6, width=8)
    game = AdversarialGame(
        generator.coder, discriminator, Prior(4), LOSSES["non_saturating"], regularizers=[R1(1.0)]
    )
    return LatentTextGame(generator, game, warmup_steps=warmup_steps)


@pytest.mark.parametrize("condition", [None, CLASSES], ids=["alone", "told"])
def test_each_phase_moves_its_own_player(condition):
    play = make(condition, warmup_steps=3)
    batch = Batch(some_ids(), some_classes(condition))
    names = [phase.name for phase in play.phases]
    assert names == ["autoencoder", "discriminator", "generator"]
    for phase in play.phases:
        assert phase.active(3)
        assert phase.active(2) == (phase.name == "autoencoder")
        play.zero_grad()
        with seeded(1):
            sum(phase.terms(batch, 0).values()).backward()
        own = dict(phase.player.named_parameters())
        assert [n for n, p in own.items() if p.grad is None or not p.grad.any()] == []
    # The last phase was the generator's: it may not touch the autoencoder.
    assert all(p.grad is None for p in play.autoencoder.parameters())


def test_codes_have_length_one_and_know_no_padding():
    generator, ids = make().generator, some_ids()
    codes = generator.encode(ids)
    torch.testing.assert_close(codes.norm(dim=1), torch.ones(B))
    torch.testing.assert_close(codes[:1], generator.encode(ids[:1, :3]))
    assert generator(torch.randn(B, 4)).shape == (B, L)


@pytest.mark.learning
def test_a_run_learns_its_texts_and_walks_between_them(tmp_path):
    changes = {**SMALL, "objective.warmup_steps": 150, "generator.dropout": 0.0}
    run = TextTrainer(
        SENTENCES, recipe="latent-text", steps=220, out=tmp_path, changes=changes
    ).fit()
    pipeline = run.pipeline()
    assert isinstance(pipeline, LatentTextPipeline)
    again = pipeline.reconstruct(SENTENCES[:24])
    right = sum(a == b for a, b in zip(again, SENTENCES, strict=False))
    assert right >= 18, again
    walk = pipeline.interpolate(9, seed=1)
    assert len(walk) == 9
    assert walk[0] == pipeline(1, seed=1)[0]
    assert pipeline.generate_ids(3).shape[0] == 3
    assert Pipeline.from_pretrained(run.path)(4, seed=2) == pipeline(4, seed=2)


def test_networks_that_have_no_codes_are_refused(tmp_path):
    changed = recipe("latent-text").changed({"generator": "lstm"})
    with pytest.raises(ConfigError, match="latent-text needs the generator latent-text"):
        TextTrainer(SENTENCES, recipe=changed, steps=1, out=tmp_path).fit()
