"""How sounds are to be read."""

from dataclasses import dataclass
from typing import Annotated, Literal

from multigan.data.loader_options import StoredOptions
from multigan.typed import Above, AtLeast, AtMost, Range, checked

Fit = Literal["start", "center", "slice"]
Normalize = Literal["none", "peak", "rms"]


@checked
@dataclass(frozen=True)
class AudioOptions(StoredOptions):
    """How recordings are read and become clips of one form."""

    sample_rate: Annotated[int | None, Range(1000, 384_000)] = None
    """The sample rate in Hz: speech is often 16000, music 44100. Null takes the commonest among the
    files; tensors must state it."""

    channels: Literal[1, 2] = 1
    """1 (mono) or 2 (stereo)."""

    length: Annotated[int | None, AtLeast(64)] = None
    """Of every clip, in samples. Null takes the smallest power of two that 95 % of the sounds fit
    into, from 1024 to 65536."""

    fit: Fit = "start"
    """What becomes of a longer sound: start keeps its beginning, center its middle, and slice cuts
    it into windows, which are all used, but for silent ones and a rest of less than half."""

    fade: Annotated[float, Range(0, 1)] = 0.0
    """For how many seconds a clip rises or falls where a longer sound was cut, which clicks when it
    is played; at most half of the clip. 0 leaves the cut."""

    trim_db: Annotated[float | None, Above(0), AtMost(120)] = 60.0
    """Silence is what stays this far below the clip's own peak, in dB; it is cut off at both ends.
    Null leaves it."""

    normalize: Normalize = "none"
    """Levels: none, peak (to 0.95 of full scale) or rms (to -20 dB of full scale)."""

    pattern: str | None = None
    """How files are named, e.g. "{label}_{speaker}_{index}"; with slashes, how the ends of their
    paths are. Null looks at the folders."""

    label: str | None = None
    """The field, of the pattern or of NSynth's annotations, that is the class."""

    test: str | None = None
    """Which files are the split test, by a condition on a field such as index<5; the split train
    is then all others."""

    classes: tuple[str, ...] = ()
    """Use these classes only, in this order. Empty for all."""

    audio_column: str | None = None
    """Of a table, where the sounds are; null looks for it."""

    @property
    def content_column(self) -> str | None:
        """`audio_column`."""
        return self.audio_column
