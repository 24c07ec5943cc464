"""Measures generated text, and real text in its place beside it.

Shapes: N texts, L tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.data.loaded import Loaded
from multigan.errors import ConfigError
from multigan.metrics.question import Question
from multigan.metrics.result import MetricResult
from multigan.modalities.text.metrics.catalog import (
    TEXT_METRICS,
    CachedEncoder,
    TextComparison,
    TextMetric,
)
from multigan.modalities.text.metrics.encoders import build_text_encoder
from multigan.modalities.text.metrics.variety import copied_share
from multigan.modalities.text.pipeline import TextPipeline
from multigan.modalities.text.vocabulary import until_end
from multigan.sampling.pipeline import Pipeline

DEFAULT = (
    *(f"bleu-{order}" for order in (2, 3, 4, 5)),
    *(f"self-bleu-{order}" for order in (2, 3, 4, 5)),
    *(f"distinct-{order}" for order in (1, 2, 4)),
    *("unique", "copied", "lm", "reverse-lm", "frechet", "nll"),
)
NLL = "nll"  # the one metric that is asked of the generator rather than of its samples
BATCH = 64

Note = Callable[[str], None]


@dataclass(frozen=True)
class Real:
    """Real texts in their parts.

    Attributes:
        references: What generated texts are held against.
        places: (N,) where the references are in their data set.
        others: Real texts that stand in the place of generated ones.
        known: What the model learned from.
    """

    references: Sequence[str]
    places: Tensor
    others: Sequence[str]
    known: Sequence[str]


class TextEvaluator:
    """Measures samples against a reference, and the run's own data against it as the control.

    Without a reference one half of the run's own texts is held against, and the control is the
    other half. Samples and control are equally many.
    """

    def check_names(self, names: Sequence[str]) -> None:
        """Raises an `UnknownNameError` for the first metric that text does not have."""
        for name in names:
            if name != NLL:
                _ = TEXT_METRICS[name]

    def lower_is_better(self, name: str) -> bool | None:
        """Whether less of a metric is better; None where real text has a value of its own."""
        return True if name == NLL else TEXT_METRICS[name].lower_is_better

    def check(self, pipeline: Pipeline, own: Loaded, names: Sequence[str], count: int) -> None:
        """Refuses nothing: texts of any number can be measured."""

    def __call__(self, pipeline: Pipeline, own: Loaded, question: Question) -> list[MetricResult]:
        """Measures a pipeline as `evaluate_pipeline` says."""
        self.check_names(question.metrics)  # before anything takes long
        names = question.metrics or _suitable(
            pipeline, question.compared, question.split, question.on_note
        )
        real = _parts(own, question.compared, question.seed)
        count = min(question.num_samples, len(real.others))
        if count < question.num_samples and question.on_note:
            question.on_note(
                f"There are {count} real texts to stand beside the generated ones, so {count} "
                f"instead of {question.num_samples} of both are measured."
            )
        encode = CachedEncoder(
            partial(build_text_encoder, question.extractor, real.references, pipeline.device)
        )
        texts = pipeline(count, seed=question.seed, batch_size=4 * BATCH)
        made = TextComparison(texts, real.references, real.known, encode, question.seed)
        control = TextComparison(
            real.others[:count], real.references, real.known, encode, question.seed
        )
        return [
            _likelihood(pipeline, question.compared, real, question.split, question.seed)
            if name == NLL
            else _measured(name, made, control, real, question.split)
            for name in names
        ]


def _suitable(
    pipeline: Pipeline, compared: Loaded, split: str, on_note: Note | None
) -> tuple[str, ...]:
    """Returns the default metrics that a pipeline and the data it is compared with allow."""
    without = tuple(name for name in DEFAULT if name != NLL)
    if not isinstance(pipeline, TextPipeline):
        return without  # it writes all tokens at once, and knows no likelihood
    if pipeline.condition is not None and compared.condition is None:
        if on_note:
            on_note(f"{split} has no labels, so {NLL}, which is told each text's, is left out.")
        return without
    return DEFAULT


def _measured(
    name: str, made: TextComparison, control: TextComparison, real: Real, split: str
) -> MetricResult:
    metric: TextMetric = TEXT_METRICS[name]
    # Real texts are their own copies, so the control of copies is how many references are.
    beside = (
        copied_share(real.references, real.others)
        if name == "copied"
        else metric.measure(control).value
    )
    return MetricResult(
        name=name,
        title=metric.title,
        **metric.measure(made)._asdict(),
        n_real=len(made.references),
        n_fake=len(made.texts),
        split=split,
        extractor={"name": metric.protocol(made)},
        seed=made.seed,
        lower_is_better=metric.lower_is_better,
        control=beside,
        n_control=len(control.texts),
    )


def _likelihood(
    pipeline: Pipeline, compared: Loaded, real: Real, split: str, seed: int
) -> MetricResult:
    """Returns the mean negative log-likelihood of a token of the references.

    Every text's end counts as a token; what fills rows up after it does not, and neither does what
    a text has beyond the generator's length.
    """
    if not isinstance(pipeline, TextPipeline):
        raise ConfigError(f"This generator has no likelihood. Leave {NLL} out of the metrics.")
    condition = _conditions(pipeline, compared, real.places, split)
    log_probs, ids = pipeline.log_probs(real.references, condition, batch_size=BATCH)
    tokens = int(until_end(ids, pipeline.text_modality.end_id).sum())
    return MetricResult(
        name=NLL,
        title=f"NLL of {split} under the generator",
        value=-log_probs.double().sum().item() / tokens,
        n_real=len(real.references),
        n_fake=0,
        split=split,
        extractor={"name": f"nats a token, {tokens} tokens of the run's tokenizer, ends included"},
        seed=seed,
        lower_is_better=True,
    )


def _parts(own: Loaded, compared: Loaded, seed: int) -> Real:
    known = _texts(own)
    order = torch.randperm(
        len(known), generator=torch.Generator().manual_seed(seed_from(seed, "evaluate"))
    )
    if compared is not own:
        references = _texts(compared)
        others = [known[place] for place in order.tolist()]
        return Real(references, torch.arange(len(references)), others, known)
    half = len(known) // 2
    if not half:
        raise ConfigError("One text alone cannot be held against another. Give more data.")
    held, rest = order[:half], order[half:]
    return Real(
        [known[place] for place in held.tolist()],
        held,
        [known[place] for place in rest.tolist()],
        known,
    )


def _texts(data: Loaded) -> Sequence[str]:
    texts: Sequence[str] | None = getattr(data, "texts", None)
    if texts is None:
        raise ConfigError(f"{type(data).__name__} keeps no texts, which text is measured against.")
    return texts


def _conditions(pipeline: Pipeline, compared: Loaded, places: Tensor, split: str) -> Tensor | None:
    """Returns what the generator is told of each reference: its class, by name."""
    if pipeline.condition is None:
        return None
    labels = compared.source.read(places)[1]
    if labels is None or compared.condition is None:
        raise ConfigError(
            f"The generator's likelihood needs each text's class, and {split} has no labels. "
            "Name other metrics, or give data with labels."
        )
    known, found = pipeline.condition.names, compared.condition.names
    unknown = [name for name in found if name not in known]
    if unknown:
        raise ConfigError(
            f"{split} has the class {unknown[0]!r}, which the run does not know. Known: "
            f"{', '.join(known)}."
        )
    return torch.tensor([known.index(name) for name in found])[labels.cpu()]
