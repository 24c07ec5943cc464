"""What the papers say of their networks, and what phase shuffle does."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from multigan.core.condition import ConditionSpec
from multigan.core.draws import part_of, seeded
from multigan.modalities.audio.networks.shuffle import PhaseShuffle
from multigan.modalities.audio.networks.specgan import SpecGANDiscriminator, SpecGANGenerator
from multigan.modalities.audio.networks.wavegan import WaveGANDiscriminator, WaveGANGenerator
from multigan.modalities.image.networks.progressive import ProgressiveGenerator
from multigan.modalities.recipes import recipe
from multigan.modalities.shared.layers import uniformly


def size(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def weights(network: nn.Module) -> list[tuple[int, ...]]:
    layers = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.Linear)
    return [tuple(m.weight.shape) for m in network.modules() if isinstance(m, layers)]


def test_specgan_has_the_papers_layers():
    with torch.device("meta"):
        generator = SpecGANGenerator(latent_dim=100, sample_shape=(1, 128, 128))
        discriminator = SpecGANDiscriminator(sample_shape=(1, 128, 128))
    widths = [1024, 512, 256, 128, 64, 1]
    dense, *ups = weights(generator)
    assert dense == (4 * 4 * 1024, 100)
    assert ups == [(a, b, 5, 5) for a, b in pairwise(widths)]
    *downs, last = weights(discriminator)
    assert downs == [(b, a, 5, 5) for a, b in zip(widths[:0:-1], widths[-2::-1], strict=True)]
    assert last == (1, 4 * 4 * 1024)
    assert size(generator) / 1e6 == pytest.approx(19.07, abs=0.01)
    assert size(discriminator) / 1e6 == pytest.approx(17.43, abs=0.01)


def test_wavegan_has_the_papers_layers():
    with torch.device("meta"):
        generator = WaveGANGenerator(latent_dim=100, sample_shape=(1, 16_384))
        discriminator = WaveGANDiscriminator(sample_shape=(1, 16_384))
    widths = [1024, 512, 256, 128, 64, 1]
    dense, *ups = weights(generator)
    assert dense == (16 * 1024, 100)
    assert ups == [(a, b, 25) for a, b in pairwise(widths)]
    *downs, last = weights(discriminator)
    assert downs == [(b, a, 25) for a, b in zip(widths[:0:-1], widths[-2::-1], strict=True)]
    assert last == (1, 16 * 1024)


def test_uniform_latents_are_spread_evenly():
    with seeded(0):
        latent = uniformly(torch.randn(40_000))
    shares = torch.histc(latent, bins=10, min=-1, max=1) / len(latent)
    assert (shares - 0.1).abs().max() < 0.01


def test_gansynths_generator_is_told_one_number_a_pitch_and_ends_in_a_tanh():
    options = recipe("gansynth").generator.options
    pitches = ConditionSpec("class", 25)
    generator = ProgressiveGenerator(
        latent_dim=256, sample_shape=(2, 16, 16), condition=pitches, **options
    )
    assert generator.input.weight.shape[1] == 256 + 25
    between = torch.eye(25)[[3, 4]].mean(0, keepdim=True)  # half of either pitch
    latent = torch.zeros(1, 256)
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.mul_(20)
        samples = generator(latent, between)
        assert samples.abs().max() <= 1
        ends = [generator.embed(torch.tensor([pitch])) for pitch in (3, 4)]
    torch.testing.assert_close(generator.embed(between), (ends[0] + ends[1]) / 2)


@pytest.mark.parametrize("shape", [(6, 3, 10), (6, 3, 4, 10)])
def test_phase_shuffle_moves_each_sample_and_mirrors_the_gap(shape):
    hidden = torch.arange(10.0).expand(shape).clone()
    with seeded(0):
        moved = PhaseShuffle(2)(hidden)
    mirrored = torch.tensor([2.0, 1, *range(10), 8, 7])
    shifts = set()
    for sample in moved:
        row = sample.reshape(-1, 10)[0]
        found = [s for s in range(-2, 3) if torch.equal(row, mirrored[2 + s : 12 + s])]
        assert len(found) == 1
        assert torch.equal(sample, row.expand_as(sample)), "all channels move alike"
        shifts.add(found[0])
    assert len(shifts) > 1


def test_phase_shuffle_reaches_every_shift_equally():
    hidden = torch.arange(9.0).expand(20_000, 1, 9)
    with seeded(0):
        middle = PhaseShuffle(2)(hidden)[:, 0, 4]
    counts = torch.bincount(middle.long() - 2, minlength=5)
    assert (counts / 20_000 - 0.2).abs().max() < 0.015


def test_phase_shuffle_of_a_batch_in_pieces_is_that_of_the_batch():
    hidden, shuffle = torch.randn(8, 2, 16), PhaseShuffle(3)
    with seeded(1):
        whole = shuffle(hidden)
    pieces = []
    for index in range(2):
        with seeded(1), part_of(index, 2):
            pieces.append(shuffle(hidden[4 * index : 4 * index + 4]))
    assert torch.equal(torch.cat(pieces), whole)


def test_phase_shuffle_rests_outside_of_training():
    hidden = torch.randn(2, 3, 8)
    assert torch.equal(PhaseShuffle(2).eval()(hidden), hidden)
