"""Losses of one output, weighed by the size of their gradients instead of their values.

Shapes: B samples, S sample shape.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from multigan.core.engine import mean_over_processes
from multigan.core.knobs import Knob
from multigan.core.objective import Terms
from multigan.errors import ConfigError

TINY = 1e-12


class Balancer(nn.Module):
    """Gives each loss the share of the output's gradient that its weight says.

    The gradient of loss i by the output becomes `w_i / sum(w) * total * g_i / |g_i|`, with the norm
    averaged over past batches. So a weight means the same whatever a loss's scale is, and a loss
    that is large for a while does not drown the others.

    Source: Défossez et al. (2022), "High Fidelity Neural Audio Compression", section 3.4; their
    decay of the norms is 0.999 and their total 1.

    Args:
        weights: By loss's name; none negative.
        decay: Of the averaged norms, per call.
        total: The norm that all gradients together would have if they pointed one way.

    Example:
        >>> balancer = Balancer({"small": 1.0, "large": 3.0})
        >>> output = torch.zeros(1, 2, requires_grad=True)
        >>> losses = {"small": 0.01 * output[0, 0], "large": 100 * output[0, 1]}
        >>> terms = balancer(losses, output)
        >>> sum(terms.values()).backward()
        >>> output.grad
        tensor([[0.2500, 0.7500]])
    """

    norms: Tensor  # the running sums of the norms, one for each loss in the order of the weights
    counts: Tensor  # what the sums are divided by

    def __init__(
        self, weights: Mapping[str, float], *, decay: float = 0.999, total: float = 1.0
    ) -> None:
        super().__init__()
        if not weights or min(weights.values()) < 0 or sum(weights.values()) <= 0:
            raise ConfigError(f"Balanced losses need weights of at least 0, not {dict(weights)}.")
        if not 0 <= decay < 1:
            raise ConfigError(f"A decay lies between 0 and below 1, not at {decay}.")
        self.weights, self.decay, self.total = dict(weights), decay, total
        self.register_buffer("norms", torch.zeros(len(weights)))
        self.register_buffer("counts", torch.zeros(len(weights)))

    @property
    def knobs(self) -> dict[str, Knob]:
        """The weights, as `<loss>.weight`."""
        return {f"{name}.weight": self._knob(name) for name in self.weights}

    def forward(self, losses: Terms, output: Tensor) -> Terms:
        """Returns terms with the losses' values and balanced gradients with respect to `output`.

        Args:
            losses: Scalars by name, each depending on `output`; those of weight 0 may be left out.
            output: (B, *S), part of a graph that leads on to the generator's weights.

        Raises:
            ConfigError: A loss has no weight.
        """
        unknown = [name for name in losses if name not in self.weights]
        if unknown:
            raise ConfigError(
                f"The balancer has no weight for {unknown[0]!r}, only {', '.join(self.weights)}."
            )
        terms = {}
        whole = sum(self.weights[name] for name in losses)
        for name, loss in losses.items():
            (gradient,) = torch.autograd.grad(loss, output, retain_graph=True)
            norm = self._average_norm(name, gradient)
            share = self.weights[name] / max(whole, TINY)
            balanced = gradient * (share * self.total / (norm + TINY))
            # Its value is the loss, its gradient by the output the balanced one.
            surrogate = (output * balanced.detach()).sum()
            terms[name] = loss.detach() + surrogate - surrogate.detach()
        return terms

    def _average_norm(self, name: str, gradient: Tensor) -> Tensor:
        """Returns the running mean of a gradient's norm, after this batch was added to it.

        As in the paper's program the norm is each sample's, averaged over the batch.
        """
        index = list(self.weights).index(name)
        norm = mean_over_processes(gradient.flatten(1).norm(dim=1).mean())
        with torch.no_grad():
            self.norms[index] = self.decay * self.norms[index] + norm
            self.counts[index] = self.decay * self.counts[index] + 1
        return self.norms[index] / self.counts[index]

    def _knob(self, name: str) -> Knob:
        return Knob(
            get=lambda: self.weights[name],
            set=lambda value: self.weights.__setitem__(name, value),
        )
