"""Metrics beside their control, which is real samples in the generator's place."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from multigan.errors import ConfigError, MeasureError
from multigan.metrics.catalog import METRICS, Comparison, Measured, MetricOptions
from multigan.metrics.features import Description, Features, SampleSet
from multigan.metrics.result import INCEPTION_NAMES, MetricResult, check_claim

S = TypeVar("S", bound=SampleSet)
Reasons = dict[str, str]  # why a metric could not be measured, by its name


@dataclass(frozen=True)
class RealBaseline(Generic[S]):
    """Real samples that are measured in the generator's place, what a perfect one would get.

    Nearly every metric depends on how many samples it sees, so as many of them are taken as there
    are generated ones, as far as they go.

    Attributes:
        samples: Real samples that are not among those which are compared with. None takes one
            half of the real samples, and holds it against the other.
        round_trip: The same samples after the round trip through the networks' representation;
            None where nothing is lost on it, or nobody asks.
        real_round_trip: The real samples after it.
    """

    samples: S | None = None
    round_trip: S | None = None
    real_round_trip: S | None = None


@dataclass(frozen=True)
class BaselineScores:
    """What stands beside a metric's value; see `MetricResult`."""

    control: float | None = None
    n_control: int | None = None
    value_at_n_control: float | None = None
    round_trip_bound: float | None = None


def evaluate(
    real: Features,
    fake: Features,
    metrics: Sequence[str] = ("frechet", "precision", "recall", "density", "coverage"),
    *,
    split: str,
    options: MetricOptions | None = None,
    control: RealBaseline[Features] | bool = True,
) -> list[MetricResult]:
    """Measures generated samples against real ones.

    Args:
        real: Features of real samples.
        fake: Features of generated samples, from the same extractor.
        metrics: Names in `METRICS`; "FID", "KID" and "IS" too, on Inception features.
        split: Which real samples these are, e.g. "train". Numbers against two splits differ.
        options: Numbers of neighbors, subsets and so on.
        control: Real samples to measure in the generator's place, which is what the value should
            be read beside. True takes halves of `real`; False measures none.
    """
    if real.extractor != fake.extractor:
        raise ConfigError(
            f"The real features are from {dict(real.extractor)} and the fake ones from "
            f"{dict(fake.extractor)}. Take both from the same extractor."
        )
    options = options or MetricOptions()
    baseline: RealBaseline[Features] | None = RealBaseline() if control is True else control or None
    compare = partial(Comparison, options=options)
    return Measuring(real, fake, compare, split, options.seed, baseline).results(metrics)


@dataclass(frozen=True)
class Measuring(Generic[S]):
    """Two sets of samples, of any kind of data, and how they are held against each other.

    Attributes:
        real: Real samples.
        fake: Generated samples.
        compare: `(real, fake) -> comparison`, whose attributes `Metric.of` names; its `extractor`
            says where features are from.
        split: Where the real samples are from.
        seed: Of subsets and halves.
        baseline: Real samples to measure in the generator's place; None measures none.
    """

    real: S
    fake: S
    compare: Callable[[S, S], Any]
    split: str
    seed: int
    baseline: RealBaseline[S] | None

    def results(
        self, metrics: Sequence[str], on_left_out: Callable[[str], None] | None = None
    ) -> list[MetricResult]:
        """Returns a result for each metric, in their order.

        Args:
            metrics: Names in `METRICS`.
            on_left_out: Called with a sentence on what the samples do not allow, which is left out.

        Raises:
            MeasureError: The samples do not allow a metric, and there is no `on_left_out`; or any.
        """
        comparison = self.compare(self.real, self.fake)
        names = [_resolve(name, comparison) for name in metrics]
        measured, reasons = _measure(names, comparison, or_raise=on_left_out is None)
        if reasons and not measured:
            raise MeasureError(f"Nothing can be measured. {_in_words(reasons)}")
        names = list(measured)
        beside, alone = self._baseline_scores(names) if self.baseline else ({}, {})
        if on_left_out and reasons:
            on_left_out(f"Left out: {_in_words(reasons)}")
        if on_left_out and alone:
            on_left_out(f"No real samples stand beside: {_in_words(alone)}")
        return [
            MetricResult(
                name=name,
                title=METRICS[name].title.format(split=self.split),
                lower_is_better=METRICS[name].lower_is_better,
                **measured[name]._asdict(),
                n_real=len(self.real),
                n_fake=0 if METRICS[name].of == "generator" else len(self.fake),
                split=self.split,
                extractor=_described(name, comparison),
                seed=self.seed,
                **vars(beside.get(name, BaselineScores())),
            )
            for name in names
        ]

    def _baseline_scores(self, names: Sequence[str]) -> tuple[dict[str, BaselineScores], Reasons]:
        """Returns what stands beside each metric, and why nothing does."""
        given, real = self.baseline, self.real
        assert given is not None  # the caller has looked
        themselves = RealBaseline(real, given.real_round_trip)
        if given.samples is None:
            real, samples = self.real.halves(self.seed)
            trip = given.real_round_trip
            trip = None if trip is None else trip.halves(self.seed)[1]
            given = RealBaseline(samples, trip)
        names = [name for name in names if METRICS[name].of != "generator"]
        alone = [name for name in names if METRICS[name].alone]
        together = [name for name in names if not METRICS[name].alone]
        parts = self._scores(self.real, themselves, alone), self._scores(real, given, together)
        return parts[0][0] | parts[1][0], parts[0][1] | parts[1][1]

    def _scores(
        self, real: S, given: RealBaseline[S], names: Sequence[str]
    ) -> tuple[dict[str, BaselineScores], Reasons]:
        """Measures real samples in the generator's place, and as few of the generated ones."""
        assert given.samples is not None
        count = min(len(given.samples), len(self.fake))

        def measured(
            samples: S | None, names: Sequence[str]
        ) -> tuple[dict[str, Measured], Reasons]:
            if samples is None or not names:
                return {}, {}
            comparison = self.compare(real, samples.first(count))
            return _measure(names, comparison, control=samples is not self.fake, or_raise=False)

        few = real is not self.real or count < len(self.fake)
        varying = [name for name in names if METRICS[name].varies_with_n]
        controls, reasons = measured(given.samples, names)
        bounds, _ = measured(given.round_trip, names)
        matched, _ = measured(self.fake, varying) if few else ({}, {})
        found = {
            name: BaselineScores(
                control.value, count, _value(matched.get(name)), _value(bounds.get(name))
            )
            for name, control in controls.items()
        }
        return found, reasons


def _measure(
    names: Sequence[str], comparison: Any, *, control: bool = False, or_raise: bool
) -> tuple[dict[str, Measured], Reasons]:
    """Returns what was measured by name, and why the rest was not, if that does not raise."""
    found, reasons = {}, {}
    for name in names:
        metric = METRICS[name]
        instead = metric.control if control else None
        try:
            part = getattr(comparison, metric.of)
            found[name] = metric.measure(part) if instead is None else Measured(instead(part))
        except MeasureError as error:
            if or_raise:
                raise
            reasons[name] = str(error)
    return found, reasons


def _in_words(reasons: Reasons) -> str:
    """Returns sentences: metrics by the reason that they share."""
    by_reason = defaultdict(list)
    for name, reason in reasons.items():
        by_reason[reason].append(name)
    return " ".join(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())


def _value(measured: Measured | None) -> float | None:
    return None if measured is None else measured.value


def _described(name: str, comparison: Any) -> Description:
    describe, part = METRICS[name].describe, METRICS[name].of
    found: Description = describe(getattr(comparison, part)) if describe else comparison.extractor
    return found


def _resolve(name: str, comparison: Any) -> str:
    """Returns the registered name, so that "FID" may be asked for where it is true."""
    if name not in METRICS:
        check_claim(name, comparison.extractor)
        by_claim = {claim.lower(): plain for plain, claim in INCEPTION_NAMES.items()}
        name = by_claim.get(name.lower(), name)
    _ = METRICS[name]  # raises for an unknown name before anything is computed
    return name
