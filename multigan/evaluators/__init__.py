"""How kinds of data are measured whose quality is not one of features alone."""

from multigan.evaluators.audio import AudioEvaluator
from multigan.evaluators.text import TextEvaluator

__all__ = ["AudioEvaluator", "TextEvaluator"]
