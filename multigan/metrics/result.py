"""A number together with everything that it means nothing without."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from multigan.errors import ConfigError

# What a metric may be called on Inception features, and only there.
INCEPTION_NAMES = {"frechet": "FID", "kernel": "KID", "score": "IS"}
# What a field has been called in JSON from the first, where its name is another now.
JSON_NAMES = {"value_at_n_control": "matched", "round_trip_bound": "floor"}
_CLAIMS_INCEPTION = re.compile(r"\b((?i:fid|kid|inception)|IS)\b")


@dataclass(frozen=True)
class MetricResult:
    """One metric of one model on one data set.

    Attributes:
        name: The metric's name in `METRICS`.
        title: What people call it, without the extractor.
        value: The number.
        std: Its spread over splits or subsets, where the metric has them.
        n_real: How many real samples it saw.
        n_fake: How many generated samples it saw.
        split: Which real samples: "train", "test" ...
        extractor: What `FeatureExtractor.describe` says.
        seed: Of the subsets, splits and halves.
        lower_is_better: None where neither direction is good in itself, as with ratios.
        k: The number of neighbors, where the metric has one.
        control: The metric of real samples in the place of the generated ones: what a perfect model
            would get. None if it was not asked for, or there are too few.
        n_control: How many they were.
        value_at_n_control: The metric of as few generated samples as the control has, against the
            same real ones: where N decides the number, read this beside it. None where it is
            `value`.
        round_trip_bound: The control after the round trip through the networks' representation,
            which no generator can be better than; None where nothing is lost on it.
        detail: Numbers behind the value, e.g. the two sides of a ratio.
    """

    name: str
    title: str
    value: float
    n_real: int
    n_fake: int
    split: str
    extractor: Mapping[str, Any]
    seed: int
    lower_is_better: bool | None
    std: float | None = None
    k: int | None = None
    control: float | None = None
    n_control: int | None = None
    value_at_n_control: float | None = None
    round_trip_bound: float | None = None
    detail: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.inception:
            for text in (self.name, self.title):
                check_claim(text, self.extractor)

    @property
    def inception(self) -> bool:
        """Whether the features are those of the Inception network."""
        return bool(self.extractor.get("inception"))

    @property
    def resize(self) -> str:
        """What happened to the samples' size before the network."""
        return str(self.extractor.get("resize", "none"))

    @property
    def label(self) -> str:
        """Its name for tables: "FID" on Inception features, else e.g. "recall (random-conv)"."""
        if self.inception and self.name in INCEPTION_NAMES:
            return INCEPTION_NAMES[self.name]
        return f"{self.title} ({self.extractor.get('name', 'unknown features')})"

    @property
    def beside(self) -> str:
        """The control for tables, with its number of samples where that is not the value's."""
        if self.control is None:
            return "–"
        if self.value_at_n_control is None:
            return f"{self.control:.4g}"
        same_n = f"generated: {self.value_at_n_control:.4g}"
        return f"{self.control:.4g} ({self.n_control} samples; {same_n})"

    def to_json(self) -> dict[str, Any]:
        """Returns everything, with the label, as values that JSON knows."""
        values = {JSON_NAMES.get(name, name): value for name, value in asdict(self).items()}
        return {
            "label": self.label,
            **values,
            "extractor": dict(self.extractor),
            "resize": self.resize,
        }

    def __str__(self) -> str:
        spread = "" if self.std is None else f" ± {self.std:.2g}"
        neighbors = "" if self.k is None else f", k={self.k}"
        control = "" if self.control is None else f"; real samples get {self.beside}"
        return (
            f"{self.label}: {self.value:.4g}{spread} (N={self.n_fake} against {self.n_real} "
            f"{self.split}, resize {self.resize}{neighbors}{control})"
        )


def check_claim(text: str, extractor: Mapping[str, Any]) -> None:
    """Raises if `text` uses a name that only Inception features may have."""
    if _CLAIMS_INCEPTION.search(text) and not extractor.get("inception"):
        raise ConfigError(
            f"{text!r} is a name for features of the Inception network, and these are from "
            f"{extractor.get('name', 'an unknown extractor')!r}: the numbers are not comparable. "
            f"Use the metric's own name ({', '.join(INCEPTION_NAMES)}), or the extractor "
            "'inception:<path of inception-2015-12-05.pt>'."
        )
