"""How a kind of data is measured: what every kind answers, whatever its metrics."""

from collections.abc import Sequence
from typing import Protocol

from multigan.data.loaded import Loaded
from multigan.metrics.question import Question
from multigan.metrics.result import MetricResult
from multigan.sampling.pipeline import Pipeline


class Evaluator(Protocol):
    """How a kind of data is measured."""

    def check_names(self, names: Sequence[str]) -> None:
        """Raises an `UnknownNameError` for the first metric that there is not."""
        ...

    def lower_is_better(self, name: str) -> bool | None:
        """Whether less of a metric is better; None where neither direction is good in itself."""
        ...

    def check(self, pipeline: Pipeline, own: Loaded, names: Sequence[str], count: int) -> None:
        """Raises a ConfigError, at no cost, for what `count` samples and this data do not allow."""
        ...

    def __call__(self, pipeline: Pipeline, own: Loaded, question: Question) -> list[MetricResult]:
        """Measures a pipeline as `evaluate_pipeline` says; no metrics are all that suit."""
        ...
