"""The rate, length and spectrogram of sounds that a general recipe leaves open.

A spectrogram's frames cost time, its seconds do not: so the time decides how many frames there are,
and the sounds how long each is, between limits beyond which they would not be heard well.
"""

import math
from collections import Counter

import torch

from multigan.config import Recipe
from multigan.data.reading import scan
from multigan.modalities.audio.load.decode import reason
from multigan.modalities.audio.load.load import FORMAT, load_audio
from multigan.modalities.audio.load.loaded import AudioSet
from multigan.modalities.audio.load.options import AudioOptions
from multigan.modalities.audio.load.plan import Headers, commonest_rate, read_header
from multigan.modalities.audio.music.pitch import class_pitches
from multigan.modalities.suit import Budget, Suited
from multigan.typed import from_plain

HIGHEST_RATE = 16_000  # Hz; 64 mel bands show no more
FRAMES = (256, 128, 64, 32)
TIMED = 64  # frames; more take as much longer
LEAST_STEPS = 1000
SHORTEST_HOP, LONGEST_HOP = 0.008, 0.02  # seconds; longer ones lose consonants and beats
WINDOW = 0.048  # seconds, at least, so that every mel band has a bin; as of `speech`
TYPICAL = 0.95  # the share of sounds that should fit into the clip
HEADERS = 2000  # that are read, spread evenly
MUCH_CUT = 0.2  # of all the sound: rather cut it into several clips


def suit_sounds(recipe: Recipe, budget: Budget) -> Suited:
    """Chooses the sample rate, the clips' length and the spectrogram's frames."""
    options = from_plain(AudioOptions, recipe.data.options, "data")
    chosen = recipe.representation
    if options.length is not None or chosen is None or chosen.name != "mel":
        return Suited()
    headers, classes = _headers(recipe.data.name, options)
    if not headers:  # of sounds in memory, or of none: the loader says what is wrong with those
        changes = {"data.sample_rate": options.sample_rate or 8000, "data.length": 6144}
        return Suited({**changes, "representation.hop_length": 96})
    rate = options.sample_rate or min(commonest_rate(headers), HIGHEST_RATE)
    most = _affordable(recipe, budget)
    seconds, hop = _clip(_typical(headers), rate, most)
    frames = round(seconds * rate / hop)
    changes = {
        "data.sample_rate": rate,
        "data.length": frames * hop,
        "representation.hop_length": hop,
        "representation.n_fft": max(4 * hop, 2 * round(WINDOW * rate / 2)),
    }
    found = sum(length * count for (_, length), count in headers.items())
    kept = sum(min(length, seconds) * count for (_, length), count in headers.items())
    if kept < (1 - MUCH_CUT) * found and "fit" not in recipe.data.options:
        changes["data.fit"] = "slice"
    return Suited(changes, _reasons(headers, changes, frames, classes))


def _reasons(
    headers: Headers, changes: dict[str, object], frames: int, classes: tuple[str, ...]
) -> tuple[str, ...]:
    rate, length = int(str(changes["data.sample_rate"])), int(str(changes["data.length"]))
    cut = ", cut into clips that use all of them" if "data.fit" in changes else ""
    said = (
        f"clips of {length / rate:.3g} s at {rate} Hz, {frames} frames{cut} (they are of "
        f"{commonest_rate(headers)} Hz and {_typical(headers):.3g} s)"
    )
    notes = "the classes are pitches: the recipe notes has cleaner tones and plays melodies"
    return (said, *([notes] if class_pitches(classes) else []))


def _headers(name: str, options: AudioOptions) -> tuple[Headers, tuple[str, ...]]:
    with FORMAT.origins.open(name, options) as reader:
        if reader.rows is not None:
            return Counter(), ()
        headers, _ = scan(reader.limited(HEADERS), read_header, reason)
        return headers, reader.labels.classes


def _typical(headers: Headers) -> float:
    """Returns how many seconds nearly all of the sounds fit into."""
    ordered = sorted(seconds for _, seconds in headers.elements())
    return ordered[max(math.ceil(TYPICAL * len(ordered)) - 1, 0)]


def _clip(typical: float, rate: int, most: int) -> tuple[float, int]:
    """Returns a clip's seconds and its hop in samples, for at most `most` frames."""
    frames = next((n for n in reversed(FRAMES) if n * SHORTEST_HOP >= typical), FRAMES[0])
    frames = min(frames, most)
    seconds = min(max(typical, frames * SHORTEST_HOP), frames * LONGEST_HOP)
    hop = max(8 * math.ceil(seconds * rate / frames / 8), 16)
    return frames * hop / rate, hop


def _affordable(recipe: Recipe, budget: Budget) -> int:
    """Returns the largest number of frames of which enough steps can be done in time."""
    hop = 64
    timed = recipe.changed(
        {"representation.hop_length": hop, "representation.n_fft": 4 * hop, "batch_size": 16}
    )
    seconds = budget.time_step(timed, _noise(TIMED * hop))
    frames = budget.seconds / (LEAST_STEPS * max(seconds, 1e-6)) * TIMED
    return next((n for n in FRAMES if n <= frames), FRAMES[-2])


def _noise(length: int) -> AudioSet:
    return load_audio(torch.rand(32, length) - 0.5, sample_rate=8000, trim_db=None)
