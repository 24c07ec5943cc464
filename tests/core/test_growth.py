"""Growing, against its definition: sizes, fades, real samples, runs cut in the middle of one."""

import math

import pytest
import torch

from multigan import ImageTrainer, Pipeline
from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.growth import ProgressiveGame, coarsened, enlarged, level_at, reduced
from multigan.core.losses import LOSSES
from multigan.core.prior import Prior
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.core.trainer import Callback
from multigan.errors import ConfigError
from multigan.runs.resume import resume_from
from multigan.runs.session import resume, start
from multigan.typed import Component

SHAPES = [(3, 32, 32), (1, 24, 40), (2, 16, 48), (1, 64, 16)]  # the last two as spectrograms are


def players(shape, **options):
    with seeded("players"):
        generator = GENERATORS.build(
            Component("progressive", {"width": 8}), latent_dim=5, sample_shape=shape, condition=None
        )
        discriminator = DISCRIMINATORS.build(
            Component("progressive", {"width": 8, **options}), sample_shape=shape, condition=None
        )
    return generator, discriminator


def smaller(network, shape):
    """Builds the network for half the size, with the weights that both have."""
    kind = players(shape)[network.__class__.__name__ == "ProgressiveDiscriminator"]
    state = network.state_dict()
    kind.load_state_dict({name: state[name] for name in kind.state_dict()})
    kind.level = float(kind.stages)
    return kind


@pytest.mark.parametrize("shape", SHAPES)
def test_a_generator_below_its_full_size_is_the_smaller_network_exactly(shape):
    generator, _ = players(shape)
    half = smaller(generator, (shape[0], shape[1] // 2, shape[2] // 2))
    generator.level -= 1
    latent = torch.randn(4, 5)
    assert torch.equal(generator(latent), enlarged(half(latent), 2))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_discriminator_below_its_full_size_is_the_smaller_network_exactly(shape):
    _, discriminator = players(shape)
    half = smaller(discriminator, (shape[0], shape[1] // 2, shape[2] // 2))
    discriminator.level -= 1
    samples = torch.randn(4, *shape)
    assert torch.equal(discriminator(samples), half(reduced(samples, 2)))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_fade_begins_and_ends_as_one_of_the_two_networks_exactly(shape):
    generator, discriminator = players(shape)
    last = generator.stages - 1
    latent, samples = torch.randn(4, 5), torch.randn(4, *shape)
    for network in (generator, discriminator):
        network.level = float(last)
    hidden = generator.smallest(latent, None)
    for block in generator.blocks[:last]:
        hidden = block(hidden)
    small = generator(latent), discriminator.features(samples)[0]
    assert torch.equal(generator.fading(hidden, last, 0.0), small[0])
    assert torch.equal(discriminator.fading(samples, last, 0.0), small[1])

    for network in (generator, discriminator):
        network.level = float(last + 1)
    large = generator(latent), discriminator.features(samples)[1]
    assert torch.equal(generator.fading(hidden, last, 1.0), large[0])
    assert torch.equal(discriminator.fading(samples, last, 1.0), large[1])


def test_networks_change_without_a_jump_at_every_level():
    generator, discriminator = players((1, 16, 16))
    latent, samples = torch.randn(4, 5), torch.randn(4, 1, 16, 16)
    for level in (1.0, 2.0):
        generator.level = discriminator.level = level
        at = generator(latent), discriminator(samples)
        for near in (math.nextafter(level, 0), level + 1e-7 if level < 2 else level):
            generator.level = discriminator.level = near
            close = generator(latent), discriminator(samples)
            torch.testing.assert_close(close, at, rtol=1e-4, atol=1e-5)


def test_half_way_through_a_fade_is_half_of_both():
    generator, _ = players((1, 8, 8))
    latent = torch.randn(4, 5)
    generator.level = 0.0
    old = generator(latent)
    generator.level = 1.0
    new = generator(latent)
    generator.level = 0.5
    torch.testing.assert_close(generator(latent), (old + new) / 2)


def test_real_samples_lose_the_detail_that_the_generator_cannot_make():
    samples = torch.randn(2, 3, 8, 16)
    assert torch.equal(coarsened(samples, 2.0, stages=2), samples)
    means = coarsened(samples, 0.0, stages=2)
    torch.testing.assert_close(means[0, 0, 0, 0], samples[0, 0, :4, :4].mean())
    assert torch.equal(means[:, :, :4, :4], means[:, :, :1, :1].expand(-1, -1, 4, 4))
    fading = coarsened(samples, 1.25, stages=2)
    expected = 0.75 * coarsened(samples, 1.0, stages=2) + 0.25 * samples
    torch.testing.assert_close(fading, expected)


def test_stages_take_turns_and_the_last_one_trains_alone():
    stages, unit = 3, 1 / 7  # stable, then fade and stable three times
    for stage in range(stages):
        start = 2 * stage * unit
        assert level_at(start, stages) == pytest.approx(stage)
        assert level_at(start + 0.99 * unit, stages) == pytest.approx(stage)
        assert level_at(start + 1.5 * unit, stages) == pytest.approx(stage + 0.5)
    assert level_at(6.01 * unit, stages) == level_at(1.0, stages) == stages
    levels = [level_at(share / 100, stages, fade=1.0) for share in range(101)]
    assert levels == sorted(levels)
    assert level_at(0.3, stages=0) == 0.0


def test_networks_that_do_not_grow_are_refused():
    generator, discriminator = players((1, 8, 8))
    other = torch.nn.Linear(2, 1)
    for pair in ((generator, other), (other, discriminator)):
        with pytest.raises(ConfigError, match="Linear cannot grow"):
            ProgressiveGame(*pair, Prior(5), LOSSES["wasserstein"])
    with pytest.raises(ConfigError, match="different numbers of stages"):
        ProgressiveGame(generator, players((1, 16, 16))[1], Prior(5), LOSSES["wasserstein"])
    with pytest.raises(ConfigError, match="fade is a share"):
        ProgressiveGame(generator, discriminator, Prior(5), LOSSES["wasserstein"], fade=0.0)


def test_the_game_that_grows_is_a_game_like_any_other():
    game = ProgressiveGame(*players((1, 8, 8)), Prior(5), LOSSES["wasserstein"])
    assert isinstance(game, AdversarialGame)
    game.knobs["growth"].set(0.5)  # stable, fade, stable: the middle of the fade
    assert [network.level for network in game.growing] == [0.5, 0.5]


class Levels(Callback):
    """Notes the EMA generator's level after every step."""

    def __init__(self):
        self.seen = []

    def on_step_end(self, trainer, logs):
        assert trainer.average["generator"].level == trainer.objective.generator.level
        self.seen.append(trainer.average["generator"].level)


def session(tmp_path, **more):
    changes = {
        "batch_size": 4,
        "latent_dim": 5,
        "generator.width": 4,
        "discriminator.width": 4,
        "look_every": 0,
        "checkpoint_every": 3,
        "schedules.growth.over": 36,
    }
    recipe = ImageTrainer("digits", recipe="progressive", steps=9, changes=changes).recipe
    return start(recipe, out=tmp_path, device="cpu", **more)


def test_a_run_that_is_cut_in_a_fade_goes_on_exactly(tmp_path):
    levels = Levels()
    whole = session(tmp_path, callbacks=[levels])
    whole.fit()
    assert levels.seen == [level_at(step / 9, 1) for step in range(9)]
    assert 0 < levels.seen[4] < 1

    first = session(tmp_path)
    first.trainer.fit(3)
    assert 0 <= first.trainer.objective.generator.level < 1
    first.trainer.fit(1)  # in the fade, after the checkpoint
    again = resume(first.run, device="cpu")
    assert again.trainer.steps_done == 3
    again.fit()
    same = whole.trainer.state_dict(), again.trainer.state_dict()
    for name in ("objective", "average"):
        for key, value in same[0][name].items():
            assert torch.equal(value, same[1][name][key]), key


def test_a_pipeline_saved_in_a_fade_samples_in_the_fade(tmp_path):
    cut = session(tmp_path)
    cut.trainer.fit(6)
    folder = cut.run.checkpoint_folders()[-1]
    resume_from(cut.trainer, cut.run, folder)
    generator = Pipeline.from_pretrained(cut.run.path).generator
    assert 0 < generator.level < 1
    assert generator.level == cut.trainer.average["generator"].level


def test_a_person_turns_the_growth_like_any_knob(tmp_path):
    run = session(tmp_path)
    run.trainer.turn("growth", 0.0)
    run.trainer.fit(9)
    assert run.trainer.objective.generator.level == 0.0
