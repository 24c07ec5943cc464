"""Quality of generated text, each number with its protocol.

samples, references = index_texts(generated, real)
bleu(samples, references).mean(4), self_bleu(samples).mean(4), distinct(samples, 2)
"""

from multigan.metrics.text.bleu import BleuCounts, bleu, self_bleu
from multigan.metrics.text.corpus import Corpus, index_texts
from multigan.metrics.text.ngram_model import ngram_log_probs, ngram_nll, with_unknown
from multigan.metrics.text.variety import copied_share, distinct, unique_share

__all__ = [
    "BleuCounts",
    "Corpus",
    "bleu",
    "copied_share",
    "distinct",
    "index_texts",
    "ngram_log_probs",
    "ngram_nll",
    "self_bleu",
    "unique_share",
    "with_unknown",
]
