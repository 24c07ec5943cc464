"""What is asked of an evaluation, in one record for every kind of data."""

from dataclasses import dataclass

from multigan.evaluators.judges import Note
from multigan.kits import Loaded


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
    """

    compared: Loaded
    split: str
    metrics: tuple[str, ...]
    num_samples: int
    extractor: str
    seed: int
    on_note: Note | None
