"""The metrics of text, each a function of generated and real texts, with its protocol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, Self

from multigan.metrics.catalog import METRICS, Comparison, Measured, Metric, MetricOptions
from multigan.metrics.features import Description, Features
from multigan.modalities.text.metrics.bleu import MOST, SMOOTHING, BleuCounts, bleu, self_bleu
from multigan.modalities.text.metrics.corpus import Corpus, index_texts
from multigan.modalities.text.metrics.encoders import TextEncoder
from multigan.modalities.text.metrics.neural_model import NeuralModelOptions, neural_nll
from multigan.modalities.text.metrics.ngram_model import ORDER, ngram_nll, with_unknown
from multigan.modalities.text.metrics.variety import copied_share, distinct, unique_share

MOST_WORDS = 64  # of a text, for the two-sample test


class Likelihood(NamedTuple):
    """The mean negative log-likelihood of a token in nats, and of how many tokens."""

    nll: float
    tokens: int


@dataclass(frozen=True)
class TextComparison:
    """Texts under measurement; what several metrics need is computed once.

    Attributes:
        samples: What is measured: generated, or real ones in their place.
        references: Real texts that it is held against.
        training: What the model learned from, to find copies of.
        others: Real texts that are not among the references.
        encode: Turns texts into features, with a cache of the references'.
        likelihood: Returns that of the references under the generator.
        options: The seed of everything drawn, and the numbers of neighbors.
    """

    samples: Sequence[str]
    references: Sequence[str]
    training: Sequence[str]
    others: Sequence[str]
    encode: "CachedEncoder"
    likelihood: Callable[[], Likelihood]
    options: MetricOptions = field(default_factory=MetricOptions)

    @property
    def texts(self) -> Self:
        """Itself: what a `Metric` of "texts" measures."""
        return self

    @cached_property
    def generator(self) -> Likelihood:
        """What the generator says of the references."""
        return self.likelihood()

    @property
    def extractor(self) -> Description:
        """Where the features are from."""
        return {"name": str(self.encode.encoder.describe()["name"])}

    @cached_property
    def corpora(self) -> tuple[Corpus, Corpus]:
        """The texts and the references, with one numbering of words."""
        texts, references = index_texts(self.samples, self.references)
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
        count = min(len(self.samples), len(self.references))
        real, fake = (self.encode(part[:count]) for part in (self.references, self.samples))
        words, references = (corpus.rows(MOST_WORDS)[:count] for corpus in self.corpora)
        real, fake = replace(real, samples=references), replace(fake, samples=words)
        return Comparison(real, fake, self.options)


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


def _register(
    name: str,
    title: str,
    lower_is_better: bool | None,
    measure: Callable[[TextComparison], float],
    protocol: Callable[[TextComparison], str],
    control: Callable[[TextComparison], float] | None = None,
) -> None:
    """Adds a metric of texts; its protocol says what the number means nothing without."""
    METRICS[name] = Metric(
        *(title, lower_is_better, lambda c: Measured(measure(c)), "texts"),
        control=control,
        describe=lambda c: {"name": protocol(c)},
    )


def _register_bleu(order: int) -> None:
    # Real text has a BLEU of its own, and more is not better than that.
    _register(
        *(f"bleu-{order}", f"BLEU-{order}", None, lambda c: c.bleu.mean(order)),
        lambda c: f"mean over samples, {c.bleu.references} references, smoothing {SMOOTHING}",
    )
    _register(
        *(f"self-bleu-{order}", f"Self-BLEU-{order}", None, lambda c: c.self_bleu.mean(order)),
        lambda c: f"leave-one-out, {c.self_bleu.references} references, smoothing {SMOOTHING}",
    )
    _register(
        *(f"distinct-{order}", f"distinct-{order}", None),
        *(lambda c: distinct(c.corpora[0], order), lambda c: f"of {len(c.samples)} texts"),
    )


def _neural(training: Corpus, scored: Corpus, seed: int) -> float:
    return neural_nll(training, scored, NeuralModelOptions(seed=seed))


for _order in range(1, MOST + 1):
    _register_bleu(_order)
_register(
    *("unique", "unique texts", None, lambda c: unique_share(c.samples)),
    lambda c: f"share of {len(c.samples)}",
)
_register(
    *("copied", "copied from the training data", None),
    lambda c: copied_share(c.samples, c.training),
    lambda c: f"share, of {len(c.training)} known",
    # Real texts are their own copies, so the control of copies is how many references are.
    lambda c: copied_share(c.references, c.others),
)
_register(
    *("lm", "language-model score", None),  # a few fluent sentences again and again are lowest
    lambda c: ngram_nll(c.known[1], c.known[0]),
    lambda c: f"{ORDER}-gram, trained on references; nats a word",
)
_register(
    *("reverse-lm", "reverse language-model score", True),
    lambda c: ngram_nll(c.known[0], c.known[1]),
    lambda c: f"{ORDER}-gram, trained on samples; nats a word",
)
_register(
    *("neural-lm", "neural language-model score", None),
    lambda c: _neural(c.known[1], c.known[0], c.options.seed),
    lambda c: "LSTM, trained on references; nats a word",
)
_register(
    *("reverse-neural-lm", "reverse neural language-model score", True),
    lambda c: _neural(c.known[0], c.known[1], c.options.seed),
    lambda c: "LSTM, trained on samples; nats a word",
)
METRICS["nll"] = Metric(
    "NLL of {split} under the generator",
    True,
    lambda found: Measured(found.nll),
    of="generator",
    describe=lambda found: {
        "name": f"nats a token, {found.tokens} tokens of the run's tokenizer, ends included"
    },
)
