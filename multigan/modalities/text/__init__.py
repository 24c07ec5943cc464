"""Text: the adapter, the networks, the relaxations and the objectives."""

from multigan.modalities.text.adapter import TextModality
from multigan.modalities.text.cnn import TextCNN
from multigan.modalities.text.game import TextGame
from multigan.modalities.text.latent import LatentTextGame, LatentTextGenerator
from multigan.modalities.text.objectives import MaximumLikelihood
from multigan.modalities.text.per_token import PerTokenRNN
from multigan.modalities.text.policies import Neighbor, Reinforce, Rollout
from multigan.modalities.text.pretrained import CausalLMGenerator, EncoderDiscriminator
from multigan.modalities.text.recurrent import GRUGenerator, LSTMGenerator
from multigan.modalities.text.relational import RelationalGenerator
from multigan.modalities.text.relaxations import RELAXATIONS
from multigan.modalities.text.relgan import RelGANDiscriminator
from multigan.modalities.text.sequence import TextGenerator
from multigan.modalities.text.transformer import TextTransformer, TransformerGenerator

__all__ = [
    "RELAXATIONS",
    "CausalLMGenerator",
    "EncoderDiscriminator",
    "GRUGenerator",
    "LSTMGenerator",
    "LatentTextGame",
    "LatentTextGenerator",
    "MaximumLikelihood",
    "Neighbor",
    "PerTokenRNN",
    "Reinforce",
    "RelGANDiscriminator",
    "RelationalGenerator",
    "Rollout",
    "TextCNN",
    "TextGame",
    "TextGenerator",
    "TextModality",
    "TextTransformer",
    "TransformerGenerator",
]
