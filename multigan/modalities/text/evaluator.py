"""How text is measured: samples against references, and real texts in their place beside them.

Shapes: N texts, L tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self

import torch
from torch import Tensor

from multigan.data.loaded import Loaded
from multigan.errors import ConfigError, MeasureError
from multigan.metrics.classes import class_numbers
from multigan.metrics.evaluation import EvaluationConfig, Evaluator, metrics_of
from multigan.metrics.features import SampleSet
from multigan.metrics.real_samples import Chosen, drawn
from multigan.modalities.text.metrics.encoders import build_text_encoder
from multigan.modalities.text.metrics.text_metrics import CachedEncoder, Likelihood, TextComparison
from multigan.modalities.text.pipeline import TextPipeline
from multigan.modalities.text.vocabulary import until_end

DEFAULT = (
    *(f"bleu-{order}" for order in (2, 3, 4, 5)),
    *(f"self-bleu-{order}" for order in (2, 3, 4, 5)),
    *(f"distinct-{order}" for order in (1, 2, 4)),
    *("unique", "copied", "lm", "reverse-lm", "frechet", "two-sample-auc", "nll"),
)
OF_FEATURES = (
    *("frechet", "mauve", "kernel", "precision", "recall", "density", "coverage"),
    "two-sample-auc",
)
NLL = "nll"  # the one metric that is asked of the generator rather than of its samples
BATCH = 64


@dataclass(frozen=True)
class Texts(SampleSet):
    """Texts under measurement."""

    texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.texts)

    def rows(self, index: Tensor) -> Self:
        """Returns the texts that `index` (n,) selects."""
        return type(self)([self.texts[place] for place in index.tolist()])


class TextEmbedder:
    """Holds samples against a whole reference, and the run's own texts against it as the control.

    Without a reference one half of the run's own texts is held against, and the control is the
    other half. Samples and control are equally many.
    """

    def __init__(self, config: EvaluationConfig) -> None:
        self.config, self.pipeline = config, config.pipeline
        self.known = _texts(config.own)
        order = drawn(len(self.known), len(self.known), config.seed)
        half = len(self.known) // 2
        whole = config.compared is not config.own
        if not (whole or half):
            raise ConfigError("One text alone cannot be held against another. Give more data.")
        real = torch.arange(len(_texts(config.compared))) if whole else order[:half]
        others = order if whole else order[half:]
        self.chosen = Chosen(real, others, self._count(len(others)))
        self.others = self.read(config.own, others)[0].texts
        references = self.read(config.compared, real)[0].texts
        build = partial(build_text_encoder, config.extractor, references, self.pipeline.device)
        self.encode = CachedEncoder(build)

    def read(self, data: Loaded, which: Tensor) -> tuple[Texts, None]:
        """Returns the texts at places (N,)."""
        return Texts(_texts(data)).rows(which), None

    def generate(self, count: int, condition: Tensor | None) -> Texts:
        """Returns generated texts under conditions (N, ...)."""
        seed = self.config.seed
        return Texts(self.pipeline(count, condition=condition, seed=seed, batch_size=4 * BATCH))

    def compare(self, real: Texts, fake: Texts) -> TextComparison:
        """Returns both sets, with what metrics of texts are given."""
        return TextComparison(
            *(fake.texts, real.texts, self.known, self.others),
            *(self.encode, self.likelihood, self.config.options),
        )

    def likelihood(self) -> Likelihood:
        """Returns how likely the references are under the generator.

        Every text's end counts as a token; what fills rows up after it does not, and neither does
        what a text has beyond the generator's length.
        """
        pipeline, (real, _) = self.pipeline, self.read(self.config.compared, self.chosen.real)
        if not isinstance(pipeline, TextPipeline):
            raise MeasureError(f"This generator has no likelihood. Leave {NLL} out of the metrics.")
        log_probs, ids = pipeline.log_probs(real.texts, self._conditions(), batch_size=BATCH)
        tokens = int(until_end(ids, pipeline.text_modality.end_id).sum())
        return Likelihood(-log_probs.cpu().double().sum().item() / tokens, tokens)

    def _count(self, others: int) -> int:
        asked = self.config.num_samples
        if others < asked:
            self.config.note(
                f"There are {others} real texts to stand beside the generated ones, so {others} "
                f"instead of {asked} of both are measured."
            )
        return min(asked, others)

    def _conditions(self) -> Tensor | None:
        """Returns the condition of each reference: its class, matched by name."""
        known, compared, split = self.pipeline.condition, self.config.compared, self.config.split
        if known is None:
            return None
        labels = compared.source.read(self.chosen.real)[1]
        numbers = class_numbers(compared.condition, known, split)
        if labels is None or numbers is None:
            raise MeasureError(
                f"The generator's likelihood needs each text's class, and {split} has no labels. "
                "Name other metrics, or give data with labels."
            )
        return numbers[labels.cpu()]


def suitable(config: EvaluationConfig) -> tuple[str, ...]:
    """Returns the default metrics that a pipeline and the data it is compared with allow."""
    without = tuple(name for name in DEFAULT if name != NLL)
    if not isinstance(config.pipeline, TextPipeline):
        return without  # it writes all tokens at once, and knows no likelihood
    if config.pipeline.condition is not None and config.compared.condition is None:
        config.note(
            f"{config.split} has no labels, so {NLL}, which is conditioned on them, is left out."
        )
        return without
    return DEFAULT


def _texts(data: Loaded) -> Sequence[str]:
    texts: Sequence[str] | None = getattr(data, "texts", None)
    if texts is None:
        raise ConfigError(f"{type(data).__name__} keeps no texts, which text is measured against.")
    return texts


TEXT_EVALUATOR = Evaluator(
    TextEmbedder, lambda: [*metrics_of("texts", "generator"), *OF_FEATURES], suitable
)
