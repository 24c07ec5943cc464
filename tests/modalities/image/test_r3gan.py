"""R3GAN's networks, against what their design promises."""

import pytest
import torch

from multigan.core.draws import seeded
from multigan.errors import ConfigError
from multigan.modalities.image.networks.r3gan import Block, Down, R3Generator, Up, stage_widths


def test_a_block_starts_as_the_identity():
    hidden = torch.randn(2, 8, 5, 5)
    assert torch.equal(Block(8, group_width=4, depth=3)(hidden), hidden)


def test_halving_then_doubling_keeps_a_flat_map_flat_away_from_the_border():
    flat = torch.ones(1, 3, 8, 8)
    torch.testing.assert_close(Up(3, 3)(flat), torch.ones(1, 3, 16, 16))
    halved = Down(3, 3)(flat)
    torch.testing.assert_close(halved[:, :, 1:-1, 1:-1], torch.ones(1, 3, 2, 2))


def test_doubling_is_the_filter_1_3_3_1():
    row = torch.tensor([0.0, 0.0, 1.0, 0.0, 0.0]).expand(1, 1, 5, 5)
    expected = torch.tensor([0.0, 0.0, 0.0, 0.25, 0.75, 0.75, 0.25, 0.0, 0.0, 0.0])
    torch.testing.assert_close(Up(1, 1)(row)[0, 0, 4], expected)


def test_stages_beyond_the_fourth_taper():
    assert stage_widths(768, 6, 16) == [768, 768, 768, 768, 384, 192, 96]
    with pytest.raises(ConfigError, match="multiple of group_width, 16"):
        stage_widths(12, 2, 16)


def test_cifar_preset_has_as_many_parameters_as_the_original():
    with torch.device("meta"):
        generator = R3Generator(
            latent_dim=64, sample_shape=(3, 32, 32), width=768, blocks=2, embedding_dim=64
        )
    millions = sum(p.numel() for p in generator.parameters()) / 1e6
    assert millions == pytest.approx(20.8, abs=0.1)  # as counted from their preset


def test_a_deep_stack_neither_explodes_nor_vanishes_once_blocks_move():
    with seeded("deep"):
        blocks = [Block(32, group_width=16, depth=16) for _ in range(16)]
        for block in blocks:
            torch.nn.init.normal_(block.narrow.weight, std=64**-0.5)
        hidden = torch.randn(4, 32, 8, 8)
        for block in blocks:
            hidden = block(hidden)
    assert 0.5 < hidden.std() < 50
