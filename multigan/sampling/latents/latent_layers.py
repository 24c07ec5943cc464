"""Which layers of a generator hear which of its latent's numbers, and what they make of them.

Any part with a weight of two axes or more counts as a layer, whatever its class; embeddings and
what else does not depend on the latent is passed over.

Shapes: Z latent size, N latents, F activations of a layer.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, nn

from multigan.core.draws import seeded
from multigan.core.switches import evaluating
from multigan.errors import ConfigError

CHUNK = 256  # latents that go through the generator at once
ROUNDING = 1e-5  # of the largest activation: smaller differences are none

Hear = Callable[[nn.Module, Tensor], bool]  # called with each layer's output; True ends the pass


@torch.no_grad()
def first_effects(generator: nn.Module, latent_dim: int, condition: Tensor | None) -> Tensor:
    """Returns what the first layers do to the latent, (F, Z).

    Each of its numbers counts in the first layer that hears it: in most generators that is one
    layer, in BigGAN's there is one for every part of the latent.

    Args:
        generator: `(latent (B, Z), condition) -> samples`, which is affine up to those layers.
        latent_dim: Z.
        condition: (1, ...) for a conditional generator.
    """
    heard = torch.zeros(latent_dim, dtype=torch.bool)
    effects: list[Tensor] = []

    def hear(_layer: nn.Module, outputs: Tensor) -> bool:
        new = _hears(outputs) & ~heard
        if new.any():
            effect = (outputs[1:] - outputs[0]).cpu().double()
            effects.append(torch.where(new[:, None], effect, 0))
            heard.logical_or_(new)
        return bool(heard.all())

    _run(generator, _probes(generator, latent_dim), condition, hear)
    if not effects:
        raise _deaf()
    return torch.cat(effects, 1).T


@torch.no_grad()
def listening_layer(
    generator: nn.Module, latent_dim: int, condition: Tensor | None, index: int
) -> nn.Module:
    """Returns the `index`-th layer, in the order of use, of those that hear the whole latent.

    The last of them if there are fewer; where none hears all of it, of those that hear most.
    """
    counts: dict[nn.Module, int] = {}

    def hear(layer: nn.Module, outputs: Tensor) -> bool:
        counts.setdefault(layer, int(_hears(outputs).sum()))
        return sum(count == latent_dim for count in counts.values()) > index

    _run(generator, _probes(generator, latent_dim), condition, hear)
    most = max(counts.values(), default=0)
    if not most:
        raise _deaf()
    layers = [layer for layer, count in counts.items() if count == most]
    return layers[min(index, len(layers) - 1)]


@torch.no_grad()
def activations(
    generator: nn.Module, layer: nn.Module, latents: Tensor, condition: Tensor | None, seed: int
) -> Tensor:
    """Returns a layer's outputs (N, F) for latents (N, Z); `seed` is of noise drawn on the way."""
    parts: list[Tensor] = []

    def hear(speaker: nn.Module, outputs: Tensor) -> bool:
        if speaker is layer:
            parts.append(outputs)
        return speaker is layer

    for index, chunk in enumerate(torch.split(latents, CHUNK)):
        with seeded(seed, "noise", index):
            _run(generator, chunk, condition, hear)
    return torch.cat(parts)


def _probes(generator: nn.Module, latent_dim: int) -> Tensor:
    """Returns zero and the unit vectors, (Z + 1, Z): they tell all of an affine layer."""
    probes = torch.cat([torch.zeros(1, latent_dim), torch.eye(latent_dim)])
    return probes.to(next(generator.parameters()).device)


def _hears(outputs: Tensor) -> Tensor:
    """Returns which of the latent's numbers move a layer's outputs for probes, (Z,)."""
    moved = (outputs[1:] - outputs[0]).abs().amax(1)
    return (moved > ROUNDING * outputs.abs().amax()).cpu()


def _run(generator: nn.Module, latents: Tensor, condition: Tensor | None, hear: Hear) -> None:
    """Lets a generator make samples, telling `hear` each layer's output, until it has enough."""
    conditions = None
    if condition is not None:
        conditions = condition.to(latents.device).expand(len(latents), *condition.shape[1:])
    with evaluating(generator), _telling(generator, hear, len(latents)), suppress(_Enough):
        generator(latents, conditions)


class _Enough(Exception):  # noqa: N818, it is no error
    """What is wanted has been heard: the rest of the network need not run."""


@contextmanager
def _telling(network: nn.Module, hear: Hear, count: int) -> Iterator[None]:
    def tell(layer: nn.Module, _inputs: tuple[Tensor, ...], output: Any) -> None:
        # What does not have a row for each latent, such as a map of places, is made without them.
        has_rows = isinstance(output, Tensor) and output.ndim > 1 and len(output) == count
        if has_rows and hear(layer, output.float().flatten(1)):
            raise _Enough

    hooks = [m.register_forward_hook(tell) for m in network.modules() if _has_weights(m)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _has_weights(module: nn.Module) -> bool:
    weight = getattr(module, "weight", None)
    is_matrix = isinstance(weight, Tensor) and weight.ndim >= 2
    return is_matrix and not isinstance(module, nn.Embedding)


def _deaf() -> ConfigError:
    return ConfigError(
        "No layer with weights in this generator hears its latent, so there are no directions to "
        "find; those of the method 'random' exist for any latent."
    )
