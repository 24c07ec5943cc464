"""The metrics of text by name, each a function of generated and real texts, with its protocol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from multigan.metrics.catalog import METRICS, Comparison, Measured, MetricOptions
from multigan.metrics.features import Features
from multigan.modalities.text.metrics.bleu import MOST, SMOOTHING, BleuCounts, bleu, self_bleu
from multigan.modalities.text.metrics.corpus import Corpus, index_texts
from multigan.modalities.text.metrics.encoders import TextEncoder
from multigan.modalities.text.metrics.neural_model import NeuralModelOptions, neural_nll
from multigan.modalities.text.metrics.ngram_model import ORDER, ngram_nll, with_unknown
from multigan.modalities.text.metrics.variety import copied_share, distinct, unique_share
from multigan.registry import Registry

OF_FEATURES = ("frechet", "mauve", "kernel", "precision", "recall", "density", "coverage")


@dataclass(frozen=True)
class TextComparison:
    """Texts under measurement; what several metrics need is computed once.

    Attributes:
        texts: What is measured: generated, or real ones in their place.
        references: Real texts that it is held against.
        training: What the model learned from, to find copies of.
        encode: Turns texts into features, with a cache of the references'.
        seed: Of everything drawn.
    """

    texts: Sequence[str]
    references: Sequence[str]
    training: Sequence[str]
    encode: "CachedEncoder"
    seed: int = 0

    @cached_property
    def corpora(self) -> tuple[Corpus, Corpus]:
        """The texts and the references, with one numbering of words."""
        texts, references = index_texts(self.texts, self.references)
        return texts, references

    @cached_property
    def known(self) -> tuple[Corpus, Corpus]:
        """The same, with all words that the references lack as one unknown word."""
        texts, references = self.corpora
        return with_unknown(texts, references), with_unknown(references, references)

    @cached_property
    def bleu(self) -> BleuCounts:
        """BLEU's counts against the references."""
        return bleu(*self.corpora)

    @cached_property
    def self_bleu(self) -> BleuCounts:
        """BLEU's counts against one another."""
        return self_bleu(self.corpora[0])

    @cached_property
    def features(self) -> Comparison:
        """Both as the encoder sees them, equally many of both."""
        count = min(len(self.texts), len(self.references))
        real, fake = (self.encode(part[:count]) for part in (self.references, self.texts))
        return Comparison(real, fake, MetricOptions(seed=self.seed))


class CachedEncoder:
    """An encoder that is built when it is first needed and encodes the same texts once.

    Args:
        build: Builds it; fitting it or loading its weights takes a while.
    """

    def __init__(self, build: Callable[[], TextEncoder]) -> None:
        self._build = build
        self._found: dict[tuple[str, ...], Features] = {}

    @cached_property
    def encoder(self) -> TextEncoder:
        """The encoder itself."""
        return self._build()

    def __call__(self, texts: Sequence[str]) -> Features:
        """Returns the features (N, F) of texts."""
        key = tuple(texts)
        if key not in self._found:
            self._found[key] = self.encoder(texts)
        return self._found[key]


@dataclass(frozen=True)
class TextMetric:
    """A way to measure texts.

    Attributes:
        title: What people call it.
        lower_is_better: None where neither direction is good in itself.
        measure: Does it.
        protocol: Says what the number means nothing without.
    """

    title: str
    lower_is_better: bool | None
    measure: Callable[[TextComparison], Measured] = field(repr=False)
    protocol: Callable[[TextComparison], str] = field(repr=False)


TEXT_METRICS: Registry[TextMetric] = Registry("metric of text")


def _register_bleu(order: int) -> None:
    TEXT_METRICS[f"bleu-{order}"] = TextMetric(
        f"BLEU-{order}",
        None,  # real text has a BLEU of its own, and more is not better than that
        lambda c: Measured(c.bleu.mean(order)),
        lambda c: f"mean over samples, {c.bleu.references} references, smoothing {SMOOTHING}",
    )
    TEXT_METRICS[f"self-bleu-{order}"] = TextMetric(
        f"Self-BLEU-{order}",
        None,
        lambda c: Measured(c.self_bleu.mean(order)),
        lambda c: f"leave-one-out, {c.self_bleu.references} references, smoothing {SMOOTHING}",
    )
    TEXT_METRICS[f"distinct-{order}"] = TextMetric(
        f"distinct-{order}",
        None,
        lambda c: Measured(distinct(c.corpora[0], order)),
        lambda c: f"of {len(c.texts)} texts",
    )


def _features_metric(name: str) -> TextMetric:
    metric = METRICS[name]
    return TextMetric(
        metric.title,
        metric.lower_is_better,
        lambda c: metric.measure(c.features),
        lambda c: str(c.encode.encoder.describe()["name"]),
    )


def _neural(training: Corpus, scored: Corpus, seed: int) -> Measured:
    return Measured(neural_nll(training, scored, NeuralModelOptions(seed=seed)))


for _order in range(1, MOST + 1):
    _register_bleu(_order)
TEXT_METRICS["unique"] = TextMetric(
    "unique texts",
    None,
    lambda c: Measured(unique_share(c.texts)),
    lambda c: f"share of {len(c.texts)}",
)
TEXT_METRICS["copied"] = TextMetric(
    "copied from the training data",
    None,
    lambda c: Measured(copied_share(c.texts, c.training)),
    lambda c: f"share, of {len(c.training)} known",
)
TEXT_METRICS["lm"] = TextMetric(
    "language-model score",
    None,  # a few fluent sentences again and again have the lowest
    lambda c: Measured(ngram_nll(c.known[1], c.known[0])),
    lambda c: f"{ORDER}-gram, trained on references; nats a word",
)
TEXT_METRICS["reverse-lm"] = TextMetric(
    "reverse language-model score",
    True,
    lambda c: Measured(ngram_nll(c.known[0], c.known[1])),
    lambda c: f"{ORDER}-gram, trained on samples; nats a word",
)
TEXT_METRICS["neural-lm"] = TextMetric(
    "neural language-model score",
    None,
    lambda c: _neural(c.known[1], c.known[0], c.seed),
    lambda c: "LSTM, trained on references; nats a word",
)
TEXT_METRICS["reverse-neural-lm"] = TextMetric(
    "reverse neural language-model score",
    True,
    lambda c: _neural(c.known[0], c.known[1], c.seed),
    lambda c: "LSTM, trained on samples; nats a word",
)
for _name in OF_FEATURES:
    TEXT_METRICS[_name] = _features_metric(_name)
