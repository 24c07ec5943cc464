"""Which rate and which length a set of sounds will have, from what all headers say."""

import math
from collections import Counter
from typing import Any

from multigan.data.readers import Reader
from multigan.data.reading import scan
from multigan.errors import DataError
from multigan.modalities.audio.load.decode import Target, check_claim, reason
from multigan.modalities.audio.load.options import AudioOptions

TYPICAL = 0.95  # the share of sounds that should fit into the length that is chosen for them
SHORTEST, LONGEST = 1024, 65_536  # lengths that are chosen, in samples

Headers = Counter[tuple[int, float]]  # how many sounds have which rate in Hz and length in seconds


def plan(reader: Reader, options: AudioOptions) -> tuple[Target, int]:
    """Returns what every sound is brought to, and how many clips there can be at most.

    That is what was asked for, else what suits most of them. What cannot be read is counted later,
    when it is decoded.
    """
    headers, _ = scan(reader, read_header, reason)
    if not headers:
        raise DataError(f"None of the sounds in {reader.where} can be read. Are they sound files?")
    sample_rate = options.sample_rate or commonest_rate(headers)
    target = Target(
        sample_rate,
        options.channels,
        options.length or _fitting_length(headers, sample_rate),
        options.fit,
        options.trim_db,
        options.normalize,
        options.fade,
    )
    return target, _most_clips(headers, target)


def read_header(sound: Any) -> tuple[int, float]:
    """Returns the rate in Hz and the length in seconds of an open sound file."""
    check_claim(sound)  # room would be asked for what it claims
    return sound.samplerate, sound.frames / sound.samplerate


def commonest_rate(headers: Headers) -> int:
    """Returns the commonest rate in Hz; on a tie the lower, which invents nothing."""
    rates = Counter(rate for rate, _ in headers.elements())
    return max(rates, key=lambda rate: (rates[rate], -rate))


def _fitting_length(headers: Headers, sample_rate: int) -> int:
    """Returns the smallest power of two, in samples, that nearly all sounds fit into."""
    ordered = sorted(seconds for _, seconds in headers.elements())
    typical = ordered[max(math.ceil(TYPICAL * len(ordered)) - 1, 0)] * sample_rate
    return min(max(1 << max(math.ceil(typical) - 1, 0).bit_length(), SHORTEST), LONGEST)


def _most_clips(headers: Headers, target: Target) -> int:
    if target.fit != "slice":
        return headers.total()
    window = target.length / target.sample_rate
    return sum(math.ceil(seconds / window) + 1 for _, seconds in headers.elements())
