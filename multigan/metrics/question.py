"""What is asked of an evaluation, in one record for every kind of data."""

from dataclasses import dataclass

from multigan.data.loaded import Loaded
from multigan.errors import ConfigError
from multigan.metrics.judges import Note


@dataclass(frozen=True)
class Question:
    """What to measure, and against what.

    Attributes:
        compared: The real data.
        split: What to call it.
        metrics: Names; none are all that suit.
        num_samples: How many samples are made, and how many real ones they are compared with.
        extractor: What makes features; "" picks one.
        seed: Of the samples and of the choice of real ones.
        on_note: Told what takes long.

    Raises:
        ConfigError: There is nothing to measure.
    """

    compared: Loaded
    split: str
    metrics: tuple[str, ...]
    num_samples: int
    extractor: str
    seed: int
    on_note: Note | None

    def __post_init__(self) -> None:
        if self.num_samples < 1:
            raise ConfigError(f"At least 1 sample is measured, not {self.num_samples}.")
