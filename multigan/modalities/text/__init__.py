"""Text: the adapter, the networks, the relaxations and the objectives."""

from multigan.modalities.text.adapter import TextModality
from multigan.modalities.text.cnn import TextCNN
from multigan.modalities.text.game import TextGame
from multigan.modalities.text.objectives import MaximumLikelihood
from multigan.modalities.text.recurrent import GRUGenerator, LSTMGenerator
from multigan.modalities.text.relaxations import RELAXATIONS
from multigan.modalities.text.sequence import TextGenerator

__all__ = [
    "RELAXATIONS",
    "GRUGenerator",
    "LSTMGenerator",
    "MaximumLikelihood",
    "TextCNN",
    "TextGame",
    "TextGenerator",
    "TextModality",
]
