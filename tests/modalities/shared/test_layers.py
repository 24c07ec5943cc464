"""Layers that two kinds of data share, against what they are defined as."""

import pytest
import torch
from torch import nn

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.errors import ConfigError
from multigan.modalities.shared.equalized import EqualizedConv2d, EqualizedLinear, equalize
from multigan.modalities.shared.image_shapes import halvings
from multigan.modalities.shared.layers import (
    ConditionalNorm,
    ConditionEmbedding,
    MinibatchDeviation,
    PixelNorm,
    Projection,
    normalize_spectrally,
)
from multigan.typed import Component

CLASSES = ConditionSpec("class", 3)


def test_class_and_vector_embeddings_agree_on_one_hot_vectors():
    table = ConditionEmbedding(CLASSES, 4)
    linear = ConditionEmbedding(ConditionSpec("vector", 3), 4)
    linear.table.weight.data = table.table.weight.data.T.clone()
    torch.testing.assert_close(linear(torch.eye(3)), table(torch.arange(3)))


def test_pixel_norm_gives_every_position_a_mean_square_of_one():
    normal = PixelNorm()(5 * torch.randn(2, 7, 3, 4))
    torch.testing.assert_close(normal.square().mean(1), torch.ones(2, 3, 4))


@pytest.mark.parametrize("norm", ["batch", "pixel", "none"])
def test_conditional_norm_scales_and_shifts_per_condition(norm):
    layer = ConditionalNorm(2, CLASSES, norm=norm)
    layer.gain.table.weight.data[:] = torch.tensor([[0.0], [1.0], [-1.0]])
    layer.bias.table.weight.data[:] = torch.tensor([[0.0], [5.0], [7.0]])
    hidden = torch.randn(1, 2, 3, 3).expand(3, -1, -1, -1)
    plain, scaled, off = layer(hidden, torch.arange(3))
    torch.testing.assert_close(scaled, 2 * plain + 5)
    torch.testing.assert_close(off, torch.full_like(off, 7.0))


def test_projection_is_a_linear_head_per_class():
    head = Projection(4, CLASSES)
    features = torch.randn(3, 4)
    weights = head.output.weight + head.embed.table.weight  # (3, 4)
    expected = (weights * features).sum(1, keepdim=True) + head.output.bias
    torch.testing.assert_close(head(features, torch.arange(3)), expected)


def test_spectrally_normal_layers_have_norm_one():
    network = nn.Sequential(nn.Linear(6, 5), nn.Conv2d(3, 4, 3), nn.Embedding(5, 4))
    normalize_spectrally(network)
    for layer in network:
        for _ in range(50):  # a power iteration each
            weight = layer.weight
        norm = torch.linalg.matrix_norm(weight.flatten(1), 2)
        torch.testing.assert_close(norm, torch.tensor(1.0), rtol=1e-2, atol=0)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((28, 28), 2), ((32, 32), 3), ((20, 28), 2), ((4, 4), 0), ((8, 8), 1), ((12, 64), 1)],
)
def test_halvings_stay_exact_and_at_four_or_more(size, expected):
    assert halvings(*size) == expected


def test_large_images_do_not_make_networks_explode():
    generator = GENERATORS["dcgan"](latent_dim=4, sample_shape=(3, 256, 256), width=2)
    assert generator.base == (16, 4, 4)  # eightfold at most
    generator = GENERATORS["resnet"](latent_dim=4, sample_shape=(3, 128, 128), width=8)
    assert generator.output.in_channels == 2
    assert generator(torch.randn(2, 4)).shape == (2, 3, 128, 128)


def test_options_with_few_values_name_them():
    for registry in (GENERATORS, DISCRIMINATORS):
        context = {"latent_dim": 4} if registry is GENERATORS else {}
        for option in ("norm", "conditioning"):
            component = Component("dcgan", {option: "bach"})
            with pytest.raises(ConfigError, match=r"bach.*(none|concat)"):
                registry.build(component, sample_shape=(1, 8, 8), condition=CLASSES, **context)


def test_minibatch_deviation_is_that_of_each_group():
    hidden = torch.randn(6, 3, 2, 2)
    seen = MinibatchDeviation(group=3)(hidden)
    assert torch.equal(seen[:, :3], hidden)
    for start in (0, 1):  # a group takes every second sample
        group = hidden[start::2]
        expected = group.std(0, correction=0).mean()
        torch.testing.assert_close(seen[start::2, 3], expected.expand(3, 2, 2))


def test_minibatch_deviation_takes_any_batch_and_has_a_slope_where_all_samples_are_equal():
    for count in (1, 2, 5, 7):
        hidden = torch.zeros(count, 2, 4, 4, requires_grad=True)
        seen = MinibatchDeviation(group=4)(hidden)
        assert seen.shape == (count, 3, 4, 4)
        seen.sum().backward()
        assert hidden.grad.isfinite().all()
    with pytest.raises(ConfigError, match="group must be a whole number of at least 2, not 1"):
        MinibatchDeviation(group=1)


def test_equalized_layers_keep_the_scale_and_learn_at_one_speed():
    for inputs in (16, 256):
        layer, convolution = EqualizedLinear(inputs, 512), EqualizedConv2d(inputs, 64, 3)
        assert layer.weight.std().item() == pytest.approx(1, rel=0.1)
        assert layer(torch.randn(64, inputs)).std().item() == pytest.approx(1, rel=0.1)
        maps = torch.randn(2, inputs, 8, 8)
        middle = convolution(maps)[:, :, 1:-1, 1:-1]  # away from the padding
        assert middle.square().mean().item() == pytest.approx(2, rel=0.2)


def test_an_equalized_layer_at_a_slower_rate_is_the_same_map_that_learns_more_slowly():
    slow, fast = (EqualizedLinear(8, 4, bias=1.0, rate=rate) for rate in (0.01, 1.0))
    slow.weight.data = fast.weight.data / 0.01
    features = torch.randn(3, 8)
    torch.testing.assert_close(slow(features), fast(features))
    for layer in (slow, fast):
        layer(features).sum().backward()
    torch.testing.assert_close(slow.weight.grad, 0.01 * fast.weight.grad)
    torch.testing.assert_close(slow.bias.grad, 0.01 * fast.bias.grad)


def test_vectors_are_embedded_in_units_of_the_datas_deviation():
    spec = ConditionSpec("vector", 2, center=(100.0, -5.0), scale=(10.0, 0.5))
    embed = ConditionEmbedding(spec, 2)
    embed.table.weight.data = torch.eye(2)
    told = torch.tensor([[100.0, -5.0], [120.0, -5.5]])
    torch.testing.assert_close(embed(told), torch.tensor([[0.0, 0.0], [2.0, -1.0]]))


def test_layers_made_elsewhere_are_equalized_where_they_are():
    head = equalize(Projection(400, CLASSES))
    for layer in (head.output, head.embed.table):
        original = layer.parametrizations.weight.original
        torch.testing.assert_close(layer.weight, original / 20)
        assert original.std().item() == pytest.approx(1, rel=0.1)
