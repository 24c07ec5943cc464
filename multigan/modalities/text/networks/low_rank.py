"""Low-rank adapters: a pretrained model learns by small matrices beside its own, which stay.

Source: Hu et al. (2022), "LoRA: Low-Rank Adaptation of Large Language Models"; beside every linear
layer of the model's body, as Dettmers et al. (2023), "QLoRA", found best.

Shapes: I inputs of a layer, O outputs, R rank.
"""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from multigan.errors import ConfigError

CONV1D = "Conv1D"  # the linear layer of GPT-2 in `transformers`; its weight is (I, O)


class LowRank(nn.Module):
    """A frozen linear layer and the product of two thin ones, which starts as zero.

    Args:
        layer: A `Linear`, or a `Conv1D` of `transformers`.
        rank: R.
        scale: What the product is multiplied by.
    """

    def __init__(self, layer: nn.Module, rank: int, scale: float) -> None:
        super().__init__()
        outputs, inputs = _matrix(layer).shape
        self.layer, self.scale = layer, scale
        self.down = nn.Linear(inputs, rank, bias=False)
        self.up = nn.Linear(rank, outputs, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, values: Tensor) -> Tensor:
        """(..., I) -> (..., O)."""
        result: Tensor = self.layer(values) + self.scale * self.up(self.down(values))
        return result

    @torch.no_grad()
    def merged(self) -> nn.Module:
        """Returns the layer, whose weight has taken the product in."""
        _matrix(self.layer).add_(self.scale * self.up.weight @ self.down.weight)
        return self.layer


def add_adapters(model: Any, rank: int, alpha: float) -> None:
    """Freezes a model of `transformers` and puts adapters beside the linear layers of its body.

    Args:
        model: Changed in place.
        rank: R, at least 1.
        alpha: The adapters are multiplied by alpha / rank, so that another rank needs no other
            learning rate.

    Raises:
        ConfigError: The body has no linear layer.
    """
    model.requires_grad_(False)
    places = _linear_layers(model.base_model)
    if not places:
        raise ConfigError(f"{type(model).__name__} has no linear layers to adapt.")
    for parent, name, layer in places:
        setattr(parent, name, LowRank(layer, rank, alpha / rank))


def without_adapters(model: Any) -> Any:
    """Returns a copy of a model whose adapters are merged into its weights."""
    merged = copy.deepcopy(model)
    for parent in list(merged.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, LowRank):
                setattr(parent, name, child.merged())
    return merged


def _linear_layers(body: nn.Module) -> list[tuple[nn.Module, str, nn.Module]]:
    return [
        (parent, name, child)
        for parent in body.modules()
        for name, child in parent.named_children()
        if isinstance(child, nn.Linear) or type(child).__name__ == CONV1D
    ]


def _matrix(layer: nn.Module) -> Tensor:
    """Returns a view (O, I) on a layer's weight."""
    weight: Tensor = layer.weight  # type: ignore[assignment]
    return weight.T if type(layer).__name__ == CONV1D else weight
