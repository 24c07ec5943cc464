"""Evaluation: metrics beside their control, which is real samples against real samples."""

from collections.abc import Sequence

from multigan.errors import ConfigError
from multigan.metrics.catalog import METRICS, Comparison, Measured, MetricOptions
from multigan.metrics.features import Features
from multigan.metrics.result import INCEPTION_NAMES, MetricResult, check_claim


def evaluate(
    real: Features,
    fake: Features,
    metrics: Sequence[str] = ("frechet", "precision", "recall", "density", "coverage"),
    *,
    split: str,
    options: MetricOptions | None = None,
    control: bool = True,
) -> list[MetricResult]:
    """Measures generated samples against real ones.

    Args:
        real: Features of real samples.
        fake: Features of generated samples, from the same extractor.
        metrics: Names in `METRICS`; "FID", "KID" and "IS" too, on Inception features.
        split: Which real samples these are, e.g. "train". Numbers against two splits differ.
        options: Numbers of neighbors, subsets and so on.
        control: Whether to measure the real samples' halves against each other as well, which is
            what the value should be read beside.
    """
    if real.extractor != fake.extractor:
        raise ConfigError(
            f"The real features are from {dict(real.extractor)} and the fake ones from "
            f"{dict(fake.extractor)}. Take both from the same extractor."
        )
    options = options or MetricOptions()
    names = [_resolve(name, real) for name in metrics]
    measured = _measure_all(names, Comparison(real, fake, options))
    controls = real_control(real, names, options) if control else {}
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
            control=controls[name].value if control else None,
            n_control=len(real) // 2 if control else None,
        )
        for name in names
    ]


def check_names(names: Sequence[str]) -> None:
    """Raises an `UnknownNameError` for the first name that no metric has, on any features."""
    claims = {claim.lower() for claim in INCEPTION_NAMES.values()}
    for name in names:
        if name.lower() not in claims:
            _ = METRICS[name]


def real_control(
    real: Features, metrics: Sequence[str], options: MetricOptions | None = None
) -> dict[str, Measured]:
    """Returns what the metrics say of one half of the real samples against the other."""
    options = options or MetricOptions()
    try:
        return _measure_all(metrics, Comparison(*real.halves(options.seed), options))
    except ConfigError as error:
        raise ConfigError(
            f"The control measures one half of the {len(real)} real samples against the other, "
            f"and failed: {error} Or pass control=False."
        ) from None


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
