"""The metrics by name; here those of two sets of features, which kinds of data add theirs to.

Shapes: N real and M fake samples, F features.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Self

from torch import Tensor

from multigan.errors import MeasureError
from multigan.metrics.bins import Bins, fill_bins
from multigan.metrics.diversity import (
    class_agreement,
    class_diversity_ratio,
    duplicate_shares,
    mean_pairwise_distance,
    typical_gap,
)
from multigan.metrics.features import Description, Features
from multigan.metrics.frechet import SAMPLES_A_FEATURE, extrapolated_frechet, frechet_distance
from multigan.metrics.kernel import kernel_distance
from multigan.metrics.mauve import mauve
from multigan.metrics.neighbors import (
    DensityCoverage,
    PrecisionRecall,
    density_coverage,
    precision_recall,
)
from multigan.metrics.score import inception_score
from multigan.metrics.two_sample import Judged, two_sample_test
from multigan.typed.registry import Registry


@dataclass(frozen=True)
class MetricOptions:
    """The metrics' few choices; the defaults are those of the papers.

    Attributes:
        k: The neighbor for precision and recall.
        density_k: The neighbor for density and coverage.
        splits: Parts the score is averaged over.
        subsets: Random subsets the kernel distance is averaged over.
        subset_size: Samples per subset.
        bins: Into how many bins the real samples are cut; at most a tenth of them.
        near: Two samples are near-duplicates within this share of the real samples' typical gap.
        seed: Of splits, subsets and the control's halves.
    """

    k: int = 3
    density_k: int = 5
    splits: int = 10
    subsets: int = 100
    subset_size: int = 1000
    bins: int = 50
    near: float = 0.1
    seed: int = 0

    @classmethod
    def asked(cls, seed: int, k: int | None = None) -> Self:
        """Returns the defaults, but `k`, if given, as the neighbor for all four metrics."""
        return cls(seed=seed) if k is None else cls(k=k, density_k=k, seed=seed)


@dataclass(frozen=True)
class Comparison:
    """Two sets under measurement; what several metrics need is computed once."""

    real: Features
    fake: Features
    options: MetricOptions

    @property
    def features(self) -> Self:
        """Itself: what a `Metric` of "features" measures."""
        return self

    @property
    def extractor(self) -> Description:
        """Where the features are from."""
        return self.real.extractor

    @cached_property
    def precision_recall(self) -> PrecisionRecall:
        """Both shares, for features (N, F) and (M, F)."""
        return precision_recall(self.real.features, self.fake.features, self.options.k)

    @cached_property
    def density_coverage(self) -> DensityCoverage:
        """Both numbers, for features (N, F) and (M, F)."""
        return density_coverage(self.real.features, self.fake.features, self.options.density_k)

    @cached_property
    def bins(self) -> Bins:
        """How both sets fill the same bins, for features (N, F) and (M, F)."""
        real, fake = self.real.features, self.fake.features
        count = max(2, min(self.options.bins, len(real) // 10))
        return fill_bins(real, fake, count, seed=self.options.seed)


class Measured(NamedTuple):
    """What a metric returns."""

    value: float
    std: float | None = None
    k: int | None = None
    detail: Mapping[str, float] = {}


@dataclass(frozen=True)
class Metric:
    """A way to measure generated samples.

    Attributes:
        title: What people call it on features that are not Inception's; "{split}" in it stands for
            what the real samples are called.
        lower_is_better: None where neither direction is good in itself.
        measure: Does it, given the attribute `of` of what compares two sets.
        of: "features", which every kind of data has, or what one kind adds; "generator" for what
            is asked of the generator and not of its samples, and has no control.
        alone: Whether it looks at the generated samples alone, and takes at most a scale from the
            real ones. Real samples can then be measured beside themselves.
        varies_with_n: Whether its value depends on the number of samples.
        samples_a_feature: How many samples a side it needs for each feature.
        control: What real samples get, where measuring them in the generator's place is senseless.
        describe: Says, given the same as `measure`, what the number means nothing without; None
            where that is the extractor.
    """

    title: str
    lower_is_better: bool | None
    measure: Callable[[Any], Measured] = field(repr=False)
    of: str = "features"
    alone: bool = False
    varies_with_n: bool = True
    samples_a_feature: int = 0
    control: Callable[[Any], float] | None = field(default=None, repr=False)
    describe: Callable[[Any], Description] | None = field(default=None, repr=False)


METRICS: Registry[Metric] = Registry("metric")


def _frechet(comparison: Comparison) -> Measured:
    return Measured(frechet_distance(comparison.real.features, comparison.fake.features))


def _extrapolated(comparison: Comparison) -> Measured:
    found = extrapolated_frechet(
        comparison.real.features, comparison.fake.features, seed=comparison.options.seed
    )
    return Measured(found.value, detail={"finite": found.finite})


def _different_bins(comparison: Comparison) -> Measured:
    bins = comparison.bins
    return Measured(bins.different, detail={"bins": bins.number, "empty": bins.empty})


def _kernel(comparison: Comparison) -> Measured:
    options = comparison.options
    return Measured(
        *kernel_distance(
            comparison.real.features,
            comparison.fake.features,
            subsets=options.subsets,
            subset_size=options.subset_size,
            seed=options.seed,
        )
    )


def _mauve(comparison: Comparison) -> Measured:
    real, fake = comparison.real.features, comparison.fake.features
    return Measured(mauve(real, fake, seed=comparison.options.seed))


def _score(comparison: Comparison) -> Measured:
    options = comparison.options
    probabilities = _logits(comparison.fake).double().softmax(1)
    return Measured(*inception_score(probabilities, options.splits, seed=options.seed))


def _agreement(comparison: Comparison) -> Measured:
    predicted = _logits(comparison.fake).argmax(1)
    return Measured(class_agreement(predicted, _labels(comparison.fake, "fake")))


def _diversity(comparison: Comparison) -> Measured:
    real, fake = comparison.real, comparison.fake
    return Measured(
        class_diversity_ratio(
            real.features, _labels(real, "real"), fake.features, _labels(fake, "fake")
        )
    )


def _spread(comparison: Comparison) -> Measured:
    real = mean_pairwise_distance(comparison.real.features)
    fake = mean_pairwise_distance(comparison.fake.features)
    if not real:
        raise MeasureError("All real samples are equal, so there is no spread to compare with.")
    return Measured(fake / real, detail={"real": real, "fake": fake})


def _duplicates(comparison: Comparison) -> Measured:
    near = comparison.options.near * typical_gap(comparison.real.features)
    shares = duplicate_shares(comparison.fake.features, near)
    return Measured(shares.near, detail={"exact": shares.exact, "near_distance": near})


def _two_sample(comparison: Comparison) -> Measured:
    real, fake = comparison.real, comparison.fake
    by_class = real.labels is not None and fake.labels is not None
    sides = (Judged(_samples(one), one.labels if by_class else None) for one in (real, fake))
    found = two_sample_test(*sides, seed=comparison.options.seed)
    return Measured(found.auc, std=found.error)


def _samples(features: Features) -> Tensor:
    return features.features if features.samples is None else features.samples


def _two_sample_protocol(comparison: Comparison) -> Description:
    if comparison.real.samples is None:
        return comparison.extractor
    return {"name": "fresh network, asked about the half it did not learn from"}


def _logits(samples: Features) -> Tensor:
    if samples.logits is None:
        raise MeasureError(
            f"The extractor {samples.extractor.get('name')!r} gives no class probabilities, which "
            "the score and the agreement need. Use the extractor 'classifier' or 'inception'."
        )
    return samples.logits


def _labels(samples: Features, what: str) -> Tensor:
    if samples.labels is None:
        raise MeasureError(
            f"The {what} samples have no labels, which the agreement and the within-class "
            "diversity need. Add them with features.with_labels(labels)."
        )
    return samples.labels


METRICS["frechet"] = Metric("Fréchet distance", True, _frechet)
METRICS["kernel"] = Metric("kernel distance", True, _kernel)
METRICS["mauve"] = Metric("MAUVE", False, _mauve)
METRICS["score"] = Metric("classifier score", False, _score, alone=True)
METRICS["precision"] = Metric(
    "precision", False, lambda c: Measured(c.precision_recall.precision, k=c.options.k)
)
METRICS["recall"] = Metric(
    "recall", False, lambda c: Measured(c.precision_recall.recall, k=c.options.k)
)
METRICS["density"] = Metric(
    "density", None, lambda c: Measured(c.density_coverage.density, k=c.options.density_k)
)
METRICS["coverage"] = Metric(
    "coverage", False, lambda c: Measured(c.density_coverage.coverage, k=c.options.density_k)
)
METRICS["agreement"] = Metric("agreement with the condition", False, _agreement, alone=True)
METRICS["diversity"] = Metric("within-class diversity, fake over real", None, _diversity)
METRICS["spread"] = Metric("mean pairwise distance, fake over real", None, _spread)
METRICS["duplicates"] = Metric("share of near-duplicates", True, _duplicates, alone=True)
METRICS["frechet-extrapolated"] = Metric(
    "Fréchet distance for N → ∞", True, _extrapolated, samples_a_feature=SAMPLES_A_FEATURE
)
METRICS["two-sample-auc"] = Metric(
    "two-sample AUC",
    True,
    _two_sample,
    describe=_two_sample_protocol,
)
METRICS["different-bins"] = Metric("share of bins filled differently", True, _different_bins)
METRICS["divergence"] = Metric(
    "divergence of the bins", True, lambda c: Measured(c.bins.divergence)
)
