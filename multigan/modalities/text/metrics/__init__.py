"""Quality of generated text, each number with its protocol.

samples, references = index_texts(generated, real)
bleu(samples, references).mean(4), self_bleu(samples).mean(4), distinct(samples, 2)
"""

from multigan.modalities.text.metrics.bleu import BleuCounts, bleu, self_bleu
from multigan.modalities.text.metrics.corpus import Corpus, index_texts
from multigan.modalities.text.metrics.encoders import TextEncoder, build_text_encoder
from multigan.modalities.text.metrics.neural_model import NeuralModelOptions, neural_nll
from multigan.modalities.text.metrics.ngram_model import ngram_log_probs, ngram_nll, with_unknown
from multigan.modalities.text.metrics.variety import copied_share, distinct, unique_share

__all__ = [
    "BleuCounts",
    "Corpus",
    "NeuralModelOptions",
    "TextEncoder",
    "bleu",
    "build_text_encoder",
    "copied_share",
    "distinct",
    "index_texts",
    "neural_nll",
    "ngram_log_probs",
    "ngram_nll",
    "self_bleu",
    "unique_share",
    "with_unknown",
]
