"""Self-attention and BigGAN's latents, against their definitions."""

import pytest
import torch
from torch import nn

from multigan.core.condition import ConditionSpec
from multigan.core.game import AdversarialGame, ScoredBatch
from multigan.core.losses import LOSSES
from multigan.core.prior import Prior
from multigan.core.regularizers import Orthogonal
from multigan.errors import ConfigError
from multigan.modalities.image.networks.attention import SelfAttention
from multigan.modalities.image.networks.biggan import BigGANGenerator
from multigan.modalities.image.networks.resnet import initialize_orthogonally


def test_attention_starts_by_changing_nothing():
    hidden = torch.randn(2, 16, 6, 4)
    assert torch.equal(SelfAttention(16)(hidden), hidden)


def test_attention_is_a_mean_of_the_values_weighted_by_likeness():
    layer = SelfAttention(16)
    layer.strength.data.fill_(1.0)
    hidden = torch.randn(2, 16, 4, 6)
    pool = nn.MaxPool2d(2)
    query, key = layer.query(hidden).flatten(2), pool(layer.key(hidden)).flatten(2)
    value = pool(layer.value(hidden)).flatten(2)
    weights = torch.einsum("bcp,bcq->bpq", query, key).softmax(2)
    found = torch.einsum("bpq,bcq->bcp", weights, value).view(2, -1, 4, 6)
    torch.testing.assert_close(layer(hidden), hidden + layer.output(found))


def test_attention_sees_across_the_whole_map():
    layer = SelfAttention(8)
    layer.strength.data.fill_(1.0)
    hidden = torch.randn(1, 8, 8, 8, requires_grad=True)
    (slope,) = torch.autograd.grad(layer(hidden)[0, :, 0, 0].sum(), hidden)
    assert slope[0, :, -2:, -2:].any()


def test_every_block_hears_its_own_part_of_the_latent_and_all_hear_the_condition():
    spec = ConditionSpec("class", 3)
    generator = BigGANGenerator(
        latent_dim=11, sample_shape=(1, 32, 32), condition=spec, width=4, embedding_dim=6
    )
    assert generator.parts == 4
    sizes = [generator.input.in_features]
    sizes += [block.norm1.conditional.gain.spec.size - 6 for block in generator.blocks]
    assert sizes == [3, 3, 3, 2]
    with pytest.raises(ConfigError, match="latent_dim must be 4 or more, not 3"):
        BigGANGenerator(latent_dim=3, sample_shape=(1, 32, 32), width=4)


def test_orthogonal_weights_keep_lengths():
    layer = nn.Linear(6, 6)
    initialize_orthogonally(layer)
    features = torch.randn(4, 6)
    torch.testing.assert_close(layer(features).norm(dim=1), features.norm(dim=1))


def test_the_orthogonal_term_is_the_overlap_of_the_filters():
    network = nn.Sequential(nn.Embedding(4, 3), nn.Linear(3, 2), nn.Conv2d(1, 2, (1, 2)))
    network[1].weight.data = torch.tensor([[3.0, 0.0, 4.0], [1.0, 2.0, 1.0]])  # product 7
    network[2].weight.data = torch.tensor([[[[1.0, 0.0]]], [[[0.0, 5.0]]]])  # orthogonal
    game = AdversarialGame(network, nn.Identity(), Prior(3), LOSSES["hinge"])
    nothing = torch.empty(0)
    scored = ScoredBatch(nothing, nothing, None, nothing, nothing, None)
    torch.testing.assert_close(Orthogonal(weight=0.5)(game, scored), torch.tensor(0.5 * 2 * 49.0))
    with pytest.raises(ConfigError, match="weights of two axes"):
        AdversarialGame(
            nn.Identity(), nn.Identity(), Prior(3), LOSSES["hinge"], regularizers=[Orthogonal()]
        )
