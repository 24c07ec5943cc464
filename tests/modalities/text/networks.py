"""Text networks as small as they come, by name, for tests over all of them."""

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.core.draws import seeded
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.modalities.text.networks.embedded import TextDiscriminator
from multigan.modalities.text.networks.sequence import TextGenerator
from multigan.typed import Component

B, L, V = 5, 7, 11
SHAPE = (L, V)
CLASSES = ConditionSpec("class", 3)

GENERATOR_OPTIONS = {
    "lstm": {"width": 8, "embedding_dim": 6, "depth": 2},
    "gru": {"width": 8, "embedding_dim": 6, "tied": False},
    "transformer": {"width": 8, "depth": 2, "heads": 2},
    "causal-lm": {
        "config": {"model_type": "gpt2", "n_layer": 2, "n_head": 2, "n_embd": 8, "n_positions": 16}
    },
    "relational-memory": {"embedding_dim": 6, "heads": 2, "head_size": 4, "slots": 2},
}
DISCRIMINATOR_OPTIONS = {
    "text-cnn": {"channels": 4, "embedding_dim": 6},
    "relgan-cnn": {"channels": 4, "embedding_dim": 6, "representations": 3},
    "text-rnn": {"width": 8, "embedding_dim": 6},
    "text-transformer": {"width": 8, "heads": 2},
    "encoder": {
        "config": {
            "model_type": "bert",
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "hidden_size": 8,
            "intermediate_size": 16,
            "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0,
        }
    },
}


def make_generator(name: str = "lstm", condition: ConditionSpec | None = None) -> TextGenerator:
    component = Component(name, GENERATOR_OPTIONS[name])
    with seeded(0):
        network = GENERATORS.build(component, latent_dim=4, sample_shape=SHAPE, condition=condition)
        return away_from_start(network)


def make_discriminator(
    name: str = "text-cnn", condition: ConditionSpec | None = None
) -> TextDiscriminator:
    component = Component(name, DISCRIMINATOR_OPTIONS[name])
    with seeded(1):
        return DISCRIMINATORS.build(component, sample_shape=SHAPE, condition=condition)


def away_from_start(network: TextGenerator) -> TextGenerator:
    """Moves weights a little, so that no distribution is flat and no gradient zero on purpose."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.3 * torch.randn_like(parameter)
    return network


def some_ids(count: int = B, *, ends: bool = True) -> Tensor:
    """Rows of tokens that end after their first zero."""
    with seeded("ids"):
        ids = torch.randint(1, V, (count, L))
    if ends:
        for row in range(count):
            ids[row, 2 + row % L :] = 0
    return ids


def some_classes(spec: ConditionSpec | None, count: int = B) -> Tensor | None:
    return None if spec is None else torch.arange(count) % spec.size
