"""A first look at all sounds' headers: which rate and which length the set will have."""

import math
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

from multigan.data.parallel import chunks, map_in_order
from multigan.data.readers import Item, Reader
from multigan.errors import DataError, MultiganError
from multigan.modalities.audio.load.decode import Target, check_claim
from multigan.modalities.audio.load.options import AudioOptions

ITEMS_AT_ONCE = 64
TYPICAL = 0.95  # the share of sounds that should fit into the length that is chosen for them
SHORTEST, LONGEST = 1024, 65_536  # lengths that are chosen, in samples


@dataclass
class Survey:
    """Rates in Hz, and durations in seconds, of all sounds whose header can be read."""

    rates: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> int:
        """The commonest rate; on a tie the lower, which invents nothing."""
        return max(self.rates, key=lambda rate: (self.rates[rate], -rate))

    def length(self, sample_rate: int) -> int:
        """The smallest power of two, in samples, that nearly all sounds fit into."""
        ordered = sorted(self.seconds)
        typical = ordered[max(math.ceil(TYPICAL * len(ordered)) - 1, 0)] * sample_rate
        return min(max(1 << max(math.ceil(typical) - 1, 0).bit_length(), SHORTEST), LONGEST)

    def clips(self, target: Target) -> int:
        """How many clips there can be at most."""
        if target.fit != "slice":
            return len(self.seconds)
        window = target.length / target.sample_rate
        return sum(math.ceil(seconds / window) + 1 for seconds in self.seconds)


def take(reader: Reader) -> Survey:
    """Looks at every sound's header. What cannot be read is counted later, when it is decoded.

    Nor does a header count that claims more than can be true: room would be asked for it.
    """
    survey = Survey()
    with closing(map_in_order(_headers, chunks(reader.items(), ITEMS_AT_ONCE))) as parts:
        for rates, seconds in parts:
            survey.rates.update(rates)
            survey.seconds += seconds
    return survey


def plan(survey: Survey, options: AudioOptions, where: str) -> Target:
    """Returns what every sound is brought to: what was asked for, else what suits most of them."""
    if not survey.seconds:
        raise DataError(f"None of the sounds in {where} can be read. Are they sound files?")
    sample_rate = options.sample_rate or survey.rate
    return Target(
        sample_rate,
        options.channels,
        options.length or survey.length(sample_rate),
        options.fit,
        options.trim_db,
        options.normalize,
    )


def _headers(items: list[Item]) -> tuple[list[int], list[float]]:
    rates, seconds = [], []
    for _, opened in items:
        try:
            with opened() as sound:
                check_claim(sound)
                rates.append(sound.samplerate)
                seconds.append(sound.frames / sound.samplerate)
        except MultiganError:
            raise  # a package is missing
        except Exception:  # libsndfile and files on disks can raise nearly anything
            continue
    return rates, seconds
