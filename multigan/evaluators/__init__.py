"""How kinds of data are measured whose quality is not one of features alone."""

from multigan.evaluators.text import TextEvaluator

__all__ = ["TextEvaluator"]
