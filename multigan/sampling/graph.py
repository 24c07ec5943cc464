"""A generator as one function of tensors, which other runtimes can take over.

Shapes: B samples, S sample shape, Z latent size, K classes or numbers of a condition, L styles,
W style size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from multigan.core.condition import ConditionSpec
from multigan.core.protocols import HasAverageStyles, HasStyles, KeepsExamples
from multigan.sampling.pipeline import Pipeline

EXAMPLES = 3  # samples in the example inputs: 1 would be taken for a constant


@dataclass(frozen=True)
class Graph:
    """What leaves: a module that takes and returns tensors whose first axis is the batch.

    Attributes:
        module: Called with the inputs by name; returns as many tensors as there are outputs.
        inputs: An example of each input.
        outputs: The names of what comes out: first what the network makes, then what is computed
            from that.
        facts: What a program must know to use it, as plain JSON.
    """

    module: nn.Module
    inputs: Mapping[str, Tensor]
    outputs: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


def sample_graph(pipeline: Pipeline) -> Graph:
    """Returns the graph from latents to samples: what `Pipeline.generate` does, and no more.

    Inputs are `latent` (B, Z); `condition` (B, K), for classes a weight for each of them: one 1,
    or shares of several for a mixture; `truncation` (B,); and of a generator with styles
    `fine_latent` (B, Z) and `coarse_styles` (B,): how many of the coarsest styles come from
    `latent`, the others being those of `fine_latent`. The output is `samples` (B, *S).
    """
    module = SampleGraph(pipeline)
    inputs = {"latent": pipeline.latents(EXAMPLES, seed=1)}
    if pipeline.condition is not None:
        inputs["condition"] = _example_conditions(pipeline)
    if module.truncates:
        inputs["truncation"] = torch.linspace(0.5, 1, EXAMPLES)
    if module.num_styles:
        inputs["fine_latent"] = pipeline.latents(EXAMPLES, seed=2)
        inputs["coarse_styles"] = torch.arange(EXAMPLES) * module.num_styles // EXAMPLES
    return Graph(module.eval(), inputs, ("samples",), _facts(pipeline, module))


class SampleGraph(nn.Module):
    """From latents to samples, with truncation and style mixing inside."""

    averages: Tensor | None  # the average style of each class (K, W), or of all (1, W)

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__()
        generator, spec = pipeline.generator, pipeline.condition
        self.generator: Any = generator
        self.by_class = spec is not None and spec.kind == "class"
        self.takes_weights = not self.by_class or pipeline.mixes_classes
        self.num_styles = generator.num_styles if isinstance(generator, HasStyles) else 0
        # Of vectors there is no end: their average styles cannot be written down beforehand.
        styled = isinstance(generator, HasAverageStyles) and (spec is None or self.by_class)
        self.truncates = not isinstance(generator, KeepsExamples) and (
            styled or not self.num_styles
        )
        averages = None
        if styled and isinstance(generator, HasAverageStyles):
            classes = torch.arange(spec.size, device=pipeline.device) if spec else None
            averages = generator.averages(classes).detach()
        self.register_buffer("averages", averages, persistent=False)

    def forward(
        self,
        latent: Tensor,
        condition: Tensor | None = None,
        truncation: Tensor | None = None,
        fine_latent: Tensor | None = None,
        coarse_styles: Tensor | None = None,
    ) -> Tensor:
        """Returns samples (B, *S); see `sample_graph`."""
        given = condition
        if condition is not None and not self.takes_weights:
            given = condition.argmax(1)
        if truncation is not None:
            latent = latent * truncation[:, None]
        if fine_latent is None or coarse_styles is None:
            samples: Tensor = self.generator(latent, given)
            return samples
        fine = fine_latent if truncation is None else fine_latent * truncation[:, None]
        styles = self._mixed(latent, fine, given, coarse_styles)
        if truncation is not None and self.averages is not None:
            average = self.averages if condition is None else condition @ self.averages
            styles = torch.lerp(average[:, None], styles, truncation[:, None, None])
        return self.generator.synthesize(styles)

    def _mixed(self, coarse: Tensor, fine: Tensor, given: Tensor | None, count: Tensor) -> Tensor:
        """Returns styles (B, L, W): the first `count` (B,) of one latent, the others of another."""
        from_coarse = torch.arange(self.num_styles, device=count.device) < count[:, None]  # (B, L)
        styles = self.generator.styles(coarse, given), self.generator.styles(fine, given)
        return torch.where(from_coarse[:, :, None], *styles)


def condition_weights(pipeline: Pipeline, conditions: Tensor) -> Tensor:
    """Returns conditions (B, K) as a graph takes them: of classes (B,) a weight for each."""
    spec = pipeline.condition
    assert spec is not None  # the caller has asked
    if spec.kind != "class":
        return conditions.float()
    return torch.nn.functional.one_hot(conditions, spec.size).float()


def condition_facts(spec: ConditionSpec | None) -> dict[str, Any] | None:
    """Returns what a program must know of a condition, as plain JSON."""
    if spec is None:
        return None
    return {name: list(v) if isinstance(v, tuple) else v for name, v in vars(spec).items()}


def _example_conditions(pipeline: Pipeline) -> Tensor:
    spec = pipeline.condition
    assert spec is not None  # the caller has asked
    if spec.kind != "class" and not spec.examples:
        return torch.linspace(0, 1, EXAMPLES * spec.size).view(EXAMPLES, spec.size)
    conditions = pipeline.conditions(None, EXAMPLES)
    assert conditions is not None
    return condition_weights(pipeline, conditions)


def _facts(pipeline: Pipeline, module: SampleGraph) -> dict[str, Any]:
    spec = pipeline.condition
    return {
        "latent_dim": pipeline.prior.dim,
        "sample_shape": list(pipeline.modality.sample_shape),
        "sample_range": [-1, 1],
        "condition": condition_facts(spec),
        "mixes_classes": module.by_class and module.takes_weights,
        "num_styles": module.num_styles,
        "truncates": module.truncates,
    }
