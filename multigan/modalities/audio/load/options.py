"""How sounds are to be read, checked once."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from multigan.data.checking import Kinds, check_amounts, check_types
from multigan.errors import ConfigError

Fit = Literal["start", "center", "slice"]
Normalize = Literal["none", "peak", "rms"]

RATES = (1000, 384_000)  # in Hz; what is beyond is a mistake
SHORTEST = 64  # samples


@dataclass(frozen=True)
class AudioOptions:
    """The options of `load_audio`, whose documentation says what they mean."""

    sample_rate: int | None
    channels: int
    length: int | None
    fit: Fit
    trim_db: float | None
    normalize: Normalize
    pattern: str | None
    label: str | None
    test: str | None
    classes: tuple[str, ...]
    split: str
    max_unreadable: float
    memory_bytes: int
    cache: Path
    audio_column: str | None
    label_column: str | tuple[str, ...] | None
    limit: int | None
    streaming: bool

    def __post_init__(self) -> None:
        check_types(self, KINDS)
        if self.sample_rate is not None and not RATES[0] <= self.sample_rate <= RATES[1]:
            raise ConfigError(
                f"A sample rate lies between {RATES[0]} and {RATES[1]} Hz, not at "
                f"{self.sample_rate}. Speech is often 16000, music 44100."
            )
        if self.channels not in (1, 2):
            raise ConfigError(f"Sounds have 1 (mono) or 2 (stereo) channels, not {self.channels}.")
        if self.length is not None and self.length < SHORTEST:
            raise ConfigError(f"A length is at least {SHORTEST} samples, not {self.length}.")
        for name, known in (("fit", get_args(Fit)), ("normalize", get_args(Normalize))):
            if getattr(self, name) not in known:
                raise ConfigError(
                    f"There is no {name} {getattr(self, name)!r}. Known: {', '.join(known)}."
                )
        if self.trim_db is not None and not 0 < self.trim_db <= 120:
            raise ConfigError(
                f"trim_db is how far below a clip's peak silence lies, in dB up to 120, or null "
                f"to trim nothing; not {self.trim_db}."
            )
        check_amounts(self.max_unreadable, self.limit, "files")


NAME = (str, type(None))
KINDS: Kinds = {
    "sample_rate": ((int, type(None)), "a whole number of Hz, or null for the commonest"),
    "channels": ((int,), "1 or 2"),
    "length": ((int, type(None)), "a whole number of samples, or null to choose it"),
    "trim_db": ((int, float, type(None)), "a number of dB, or null to trim nothing"),
    "pattern": (NAME, "file names' pattern such as {label}_{speaker}, or null to look for one"),
    "label": (NAME, "the name of a field of the pattern or of the annotations, or null"),
    "test": (NAME, "a condition on a field of the pattern such as index<5, or null"),
    "max_unreadable": ((int, float), "a number from 0 to 1"),
    "memory_bytes": ((int,), "a whole number, or null for half of the memory"),
    "audio_column": (NAME, "a column's name, or null to look for it"),
    "label_column": (
        (str, tuple, type(None)),
        "a column's name, a list of several, or null to look for it",
    ),
    "limit": ((int, type(None)), "a whole number, or null for all"),
    "split": ((str,), "a name such as train, test or all"),
    "streaming": ((bool,), "true or false"),
}
