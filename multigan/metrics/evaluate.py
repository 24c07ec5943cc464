"""Evaluation: metrics beside their control, which is real samples in the generator's place."""

from collections.abc import Sequence
from dataclasses import dataclass

from multigan.errors import ConfigError
from multigan.metrics.catalog import METRICS, Comparison, Measured, MetricOptions
from multigan.metrics.features import Features
from multigan.metrics.result import INCEPTION_NAMES, MetricResult, check_claim


@dataclass(frozen=True)
class StandIn:
    """Real samples that are measured in the generator's place, what a perfect one would get.

    Nearly every metric depends on how many samples it sees, so as many of them are taken as there
    are generated ones, as far as they go.

    Attributes:
        features: Real samples that are not among those which are compared with. None takes one
            half of the real samples, and holds it against the other.
        floor: The same samples after the way through the networks' representation and back; None
            where nothing is lost on that way, or nobody asks.
        real_floor: The real samples after that way.
    """

    features: Features | None = None
    floor: Features | None = None
    real_floor: Features | None = None


def evaluate(
    real: Features,
    fake: Features,
    metrics: Sequence[str] = ("frechet", "precision", "recall", "density", "coverage"),
    *,
    split: str,
    options: MetricOptions | None = None,
    control: StandIn | bool = True,
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
    names = [_resolve(name, real) for name in metrics]
    measured = _measure_all(names, Comparison(real, fake, options))
    stand_in = StandIn() if control is True else control
    beside = _all_beside(real, fake, stand_in, names, options) if stand_in else {}
    return [
        MetricResult(
            name=name,
            title=METRICS[name].title,
            lower_is_better=METRICS[name].lower_is_better,
            **measured[name]._asdict(),
            n_real=len(real),
            n_fake=len(fake),
            split=split,
            extractor=real.extractor,
            seed=options.seed,
            **vars(beside.get(name, Beside())),
        )
        for name in names
    ]


def check_names(names: Sequence[str]) -> None:
    """Raises an `UnknownNameError` for the first name that no metric has, on any features."""
    claims = {claim.lower() for claim in INCEPTION_NAMES.values()}
    for name in names:
        if name.lower() not in claims:
            _ = METRICS[name]


@dataclass(frozen=True)
class Beside:
    """What stands beside a metric's value; see `MetricResult`."""

    control: float | None = None
    n_control: int | None = None
    matched: float | None = None
    floor: float | None = None


def _all_beside(
    real: Features,
    fake: Features,
    given: StandIn,
    names: Sequence[str],
    options: MetricOptions,
) -> dict[str, Beside]:
    reference, features, floor = real, given.features, given.floor
    if features is None:
        reference, features = real.halves(options.seed)
        floor = None if given.real_floor is None else given.real_floor.halves(options.seed)[1]
    themselves, others = StandIn(real, given.real_floor), StandIn(features, floor)
    alone = [name for name in names if METRICS[name].alone]
    together = [name for name in names if not METRICS[name].alone]
    halved = reference is not real
    try:
        return {
            **_beside(real, fake, themselves, alone, options),
            **_beside(reference, fake, others, together, options, halved=halved),
        }
    except ConfigError as error:
        raise ConfigError(
            f"The control holds {len(features)} real samples in the place of the generated ones "
            f"against {len(reference)} others, and failed: {error} Or pass control=False."
        ) from None


def _beside(
    real: Features,
    fake: Features,
    given: StandIn,
    names: Sequence[str],
    options: MetricOptions,
    *,
    halved: bool = False,
) -> dict[str, Beside]:
    """Measures real samples in the generator's place, and as few of the generated ones."""
    assert given.features is not None
    count = min(len(given.features), len(fake))
    names = [name for name in names if min(count, len(real)) >= METRICS[name].fewest(real)]

    def measured(features: Features | None) -> dict[str, Measured]:
        if features is None or not names:
            return {}
        return _measure_all(names, Comparison(real, features.first(count), options))

    controls, floors = measured(given.features), measured(given.floor)
    matched = measured(fake if halved or count < len(fake) else None)
    return {
        name: Beside(
            controls[name].value,
            count,
            matched[name].value if matched else None,
            floors[name].value if floors else None,
        )
        for name in names
    }


def _measure_all(names: Sequence[str], comparison: Comparison) -> dict[str, Measured]:
    return {name: METRICS[name].measure(comparison) for name in names}


def _resolve(name: str, real: Features) -> str:
    """Returns the registered name, so that "FID" may be asked for where it is true."""
    if name not in METRICS:
        check_claim(name, real.extractor)
        by_claim = {claim.lower(): plain for plain, claim in INCEPTION_NAMES.items()}
        name = by_claim.get(name.lower(), name)
    _ = METRICS[name]  # raises for an unknown name before anything is computed
    return name
