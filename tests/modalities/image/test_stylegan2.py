"""StyleGAN2's parts against what the paper defines them as."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d

from multigan.core.condition import ConditionSpec
from multigan.core.draws import normal, seeded
from multigan.core.game import AdversarialGame, ScoredBatch
from multigan.core.losses import LOSSES
from multigan.core.prior import Prior
from multigan.core.regularizers import PathLength
from multigan.core.regularizers.path_length import path_lengths
from multigan.errors import ConfigError
from multigan.modalities.image.networks.modulated import DownLayer, ModulatedConv2d, Smoothing
from multigan.modalities.image.networks.stylegan2 import AVERAGE_DECAY, StyleGenerator


def generator(mixing: float = 0.0, **more) -> StyleGenerator:
    with seeded("style"):
        return StyleGenerator(
            latent_dim=5, sample_shape=(3, 16, 8), width=8, style_dim=6, mixing=mixing, **more
        )


def test_scaling_inputs_and_outputs_is_scaling_each_samples_weights():
    layer = ModulatedConv2d(4, 5, 3, style_dim=6)
    hidden, style = torch.randn(3, 4, 7, 7), torch.randn(3, 6)
    weight = layer.weight * layer.scale * layer.affine(style)[:, None, :, None, None]
    weight = weight / weight.square().sum((2, 3, 4), keepdim=True).add(1e-8).sqrt()
    each = [conv2d(one[None], w, padding=1) for one, w in zip(hidden, weight, strict=True)]
    torch.testing.assert_close(layer(hidden, style), torch.cat(each), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("up", [False, True])
def test_demodulation_takes_the_styles_scale_out_again(up):
    layer = ModulatedConv2d(8, 6, 3, style_dim=2, up=up)
    hidden, style = torch.randn(2, 8, 16, 16), torch.randn(2, 2)
    plain = layer(hidden, style)
    layer.affine.weight.data *= 100
    layer.affine.bias.data *= 100
    torch.testing.assert_close(layer(hidden, style), plain, rtol=1e-3, atol=1e-4)
    assert plain.shape[2:] == ((32, 32) if up else (16, 16))


def test_smoothing_keeps_flat_maps_flat_away_from_the_border():
    flat = torch.full((1, 2, 8, 8), 3.0)
    torch.testing.assert_close(Smoothing(padding=0)(flat), torch.full((1, 2, 5, 5), 3.0))
    layer = DownLayer(2, 2, 1, gain=1.0, bias=False)
    layer.conv.weight.data = torch.eye(2)[:, :, None, None] / layer.conv.scale
    assert layer(flat).shape == (1, 2, 4, 4)
    torch.testing.assert_close(layer(flat)[:, :, 1:-1, 1:-1], torch.full((1, 2, 2, 2), 3.0))


def test_noise_is_drawn_in_training_and_fixed_in_use():
    made = generator()
    for layer in made.modules():
        if hasattr(layer, "strength"):
            layer.strength.data.fill_(0.5)
    latent = torch.randn(2, 5)
    assert not torch.equal(made(latent), made(latent))
    made.eval()
    assert torch.equal(made(latent), made(latent))
    again = generator()
    again.load_state_dict(made.state_dict())
    assert torch.equal(again.eval()(latent), made(latent))


def test_mixed_styles_begin_as_ones_own_and_end_as_anothers():
    made = generator(mixing=1.0)
    latent = torch.randn(64, 5)
    styles, own = made.styles(latent), made.mapping(latent, None)
    mine = (styles == own[:, None]).all(2)
    assert mine[:, 0].all()
    assert not mine[:, -1].any()
    changes = (mine[:, 1:] != mine[:, :-1]).sum(1)
    assert (changes == 1).all()
    assert len(mine.sum(1).unique()) == made.num_styles - 1  # every layer is a border for some
    some = generator(mixing=0.5).styles(torch.randn(400, 5))
    share = (some[:, 0] != some[:, -1]).any(1).float().mean().item()
    assert share == pytest.approx(0.5, abs=0.1)
    with pytest.raises(ConfigError, match=r"mixing must be .* from 0 to 1, not "):
        generator(mixing=2.0)


def test_styles_are_one_for_all_layers_in_use():
    styles = generator(mixing=1.0).eval().styles(torch.randn(3, 5))
    assert torch.equal(styles, styles[:, :1].expand_as(styles))


def test_the_average_style_moves_in_training_only_and_is_what_truncation_leads_to():
    made = generator()
    latent = torch.randn(7, 5)
    made.eval()(latent)
    assert not made.average.any()
    made.train()(latent)
    mean = made.mapping(latent, None).mean(0)
    torch.testing.assert_close(made.average, (1 - AVERAGE_DECAY) * mean)
    made.eval()
    average = made(latent, truncation=0.0)
    torch.testing.assert_close(average, average[:1].expand_as(average))
    assert torch.equal(made(latent, truncation=1.0), made(latent))
    halfway = made.synthesize(made.average.lerp(made.styles(latent), 0.5))
    torch.testing.assert_close(made(latent, truncation=0.5), halfway)


@pytest.mark.parametrize("kind", ["class", "attributes", "vector"])
def test_truncation_leads_to_the_average_of_the_samples_own_condition(kind):
    made = generator(condition=ConditionSpec(kind, 3)).eval()
    latent = torch.randn(6, 5)
    told = torch.arange(6) % 3
    told = told if kind == "class" else torch.eye(3)[told]
    nearest = made(latent, told, truncation=0.0)
    torch.testing.assert_close(nearest[:3], nearest[3:])  # the latents are forgotten
    assert (nearest[0] - nearest[1]).abs().max() > 1e-3  # and the condition is not
    for index in range(3):
        many = made.mapping(
            torch.randn(20_000, 5), told[index : index + 1].repeat_interleave(20_000, 0)
        )
        torch.testing.assert_close(
            made.averages(told)[index], many.mean(0), rtol=0, atol=0.15 * many.std().item()
        )
    alone = made(latent[4:5], told[4:5], truncation=0.5)
    torch.testing.assert_close(alone, made(latent, told, truncation=0.5)[4:5])


def test_the_scale_of_a_latent_does_not_matter():
    made = generator(condition=None).eval()
    latent = torch.randn(3, 5)
    torch.testing.assert_close(made(latent), made(7 * latent))


def test_a_condition_reaches_every_style():
    made = generator(condition=ConditionSpec("class", 2)).eval()
    latent = torch.randn(1, 5).expand(2, -1)
    first, second = made.styles(latent, torch.arange(2))
    assert (first != second).any(1).all()


class Linear(nn.Module):
    """Images that are a linear map of the style, whose slope is known."""

    def __init__(self) -> None:
        super().__init__()
        self.map = nn.Parameter(torch.randn(3, 2 * 4 * 4))

    def styles(self, latent, condition=None):
        return (1 * latent)[:, None]

    def synthesize(self, styles):
        return (styles[:, 0] @ self.map).view(-1, 2, 4, 4)


def test_path_lengths_of_a_linear_generator():
    linear = Linear()
    styles = torch.randn(5, 1, 3, requires_grad=True)
    with seeded(0):
        lengths = path_lengths(styles, linear.synthesize(styles))
    with seeded(0):
        noise = normal(5, 2, 4, 4) / math.sqrt(16)
    expected = (noise.flatten(1) @ linear.map.T).norm(dim=1)
    torch.testing.assert_close(lengths, expected)


def test_the_path_length_penalty_is_the_distance_from_its_running_mean():
    linear = Linear()
    penalty = PathLength(weight=3.0, decay=0.25, share=1.0)
    game = AdversarialGame(linear, nn.Identity(), Prior(3), LOSSES["hinge"])
    latent = torch.randn(6, 3).requires_grad_()
    scored = ScoredBatch(latent, latent, None, latent, latent, None)
    with seeded(0):
        value = penalty(game, scored)
    with seeded(0):
        styles = linear.styles(latent)
        lengths = path_lengths(styles, linear.synthesize(styles))
    torch.testing.assert_close(penalty.mean, lengths.mean() / 4)
    torch.testing.assert_close(value, 3 * (lengths - lengths.mean()).square().mean())
    value.backward()
    assert linear.map.grad.any()
    first = penalty.mean.clone()
    penalty(game, scored)
    newer = (penalty.mean - 0.75 * first) / 0.25
    expected = (0.75 * lengths.mean() + newer) / 1.75  # the older counts less
    torch.testing.assert_close(penalty.mean / (1 - 0.75**penalty.calls), expected)
