"""Text from wherever it is, cut into samples, as rows of token numbers."""

from multigan.data.text.load import load_text
from multigan.data.text.report import TextReport
from multigan.data.text.textset import TextSet

__all__ = ["TextReport", "TextSet", "load_text"]
