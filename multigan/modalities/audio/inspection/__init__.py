"""Looking at sounds before training, and at what a generator has memorized after it."""

from multigan.modalities.audio.inspection.likeness import keep_likenesses, write_pairs
from multigan.modalities.audio.inspection.round_trips import (
    COLUMNS,
    REPRESENTATIONS,
    Inspected,
    RoundTrip,
    inspect_sounds,
    named_representation,
    write_inspection,
)

__all__ = [
    "COLUMNS",
    "REPRESENTATIONS",
    "Inspected",
    "RoundTrip",
    "inspect_sounds",
    "keep_likenesses",
    "named_representation",
    "write_inspection",
    "write_pairs",
]
