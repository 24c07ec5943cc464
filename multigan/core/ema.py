"""EMA: the exponential moving average of weights, which samples better than the last weights."""

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


class Average(nn.Module):
    """Keeps the exponential moving average (EMA) of several networks' weights.

    Args:
        networks: What to average, by name. They are read, never changed.
        half_life: In samples: how many it takes until a weight's share in the EMA has halved,
            so its decay is 0.5 ** (samples / half_life). 0 makes the EMA equal the network.
        ramp: Shortens the half-life to this share of the samples seen, so that the first, bad
            weights do not linger (Karras et al. 2020, StyleGAN2-ADA, use 0.05).
    """

    def __init__(
        self, networks: Mapping[str, nn.Module], *, half_life: float = 20_000, ramp: float = 0.05
    ) -> None:
        super().__init__()
        self._networks = dict(networks)  # a plain dict: not registered, so not saved twice
        self.networks = nn.ModuleDict({n: frozen_copy(m) for n, m in networks.items()}).eval()
        self.half_life = half_life
        self.ramp = ramp

    def begin(self) -> None:
        """Takes over the networks as they are now."""
        for name, network in self._networks.items():
            self.networks[name].load_state_dict(network.state_dict())

    def __getitem__(self, name: str) -> nn.Module:
        return self.networks[name]

    def decay(self, samples: int, samples_seen: int) -> float:
        """Returns how much of the old average stays after a step of `samples` samples."""
        half_life = min(self.half_life, self.ramp * samples_seen) if self.ramp else self.half_life
        return 0.5 ** (samples / half_life) if half_life > 0 else 0.0

    @torch.no_grad()
    def update(self, samples: int, samples_seen: int) -> None:
        """Moves the average towards the networks after a step of `samples` samples."""
        decay = self.decay(samples, samples_seen)
        for name, network in self._networks.items():
            averages, currents, copies = _pairs(self.networks[name], network)
            if averages:
                torch._foreach_lerp_(averages, currents, 1 - decay)
            for average, current in copies:
                average.copy_(current)
            _copy_extra_state(self.networks[name], network)


def frozen_copy(network: nn.Module) -> nn.Module:
    """Returns a copy that does not learn.

    A copy's recurrent weights lie in pieces, which cuDNN would put together at every call.
    """
    copied = copy.deepcopy(network).requires_grad_(False)
    for part in copied.modules():
        if isinstance(part, nn.RNNBase):
            part.flatten_parameters()
    return copied


def _pairs(
    average: nn.Module, network: nn.Module
) -> tuple[list[Tensor], list[Tensor], list[tuple[Tensor, Tensor]]]:
    """Returns the tensors to average, their sources, and the (target, source) pairs to copy.

    Batch statistics are averaged like the weights they belong to; other buffers, such as the
    power iteration vectors of spectral normalization, only mean something as they are.
    """
    targets: list[Tensor] = list(average.parameters())
    sources: list[Tensor] = list(network.parameters())
    copies = []
    for mine, theirs in zip(average.modules(), network.modules(), strict=True):
        statistics = isinstance(mine, _BatchNorm)
        for name, buffer in mine.named_buffers(recurse=False):
            source = theirs.get_buffer(name)
            if statistics and buffer.is_floating_point():
                targets.append(buffer)
                sources.append(source)
            else:
                copies.append((buffer, source))
    return targets, sources, copies


def _copy_extra_state(average: nn.Module, network: nn.Module) -> None:
    """Copies what modules keep beside tensors, e.g. how far a network has grown."""
    for mine, theirs in zip(average.modules(), network.modules(), strict=True):
        if type(theirs).get_extra_state is not nn.Module.get_extra_state:
            mine.set_extra_state(theirs.get_extra_state())
