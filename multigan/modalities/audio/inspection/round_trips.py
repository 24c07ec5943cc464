"""What each representation loses of somebody's own sounds, before a day is spent training.

Shapes: N clips, C channels, L samples.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from multigan.core.registries import build_modality
from multigan.data.loaded import Loaded
from multigan.errors import ConfigError
from multigan.files import write_atomic
from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.evaluator import round_trip
from multigan.modalities.audio.inspection.players import TEMPLATES, shown
from multigan.modalities.audio.metrics.round_trip import (
    log_spectral_distance_db,
    snr_db,
    spectral_convergence_db,
)
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.audio.representations.representation import (
    REPRESENTATIONS as known_representations,  # noqa: N811  the registry
)
from multigan.modalities.audio.sound import FULL_SCALE
from multigan.modalities.kind import kind_of
from multigan.report.rendering import render
from multigan.typed import Component

REPRESENTATIONS: Mapping[str, Component] = {
    "waveform": Component("waveform"),
    "complex": Component("complex"),
    "log_magnitude_if": Component("log_magnitude_if"),
    "mel_if": Component("mel_if"),
    "log_magnitude, fast Griffin-Lim 32": Component("log_magnitude", {"scaling": "range"}),
    "log_magnitude, Griffin-Lim 32": Component(
        "log_magnitude",
        {
            "scaling": "range",
            "inverter": {"name": "griffin_lim", "options": {"momentum": 0.0}},
        },
    ),
    "log_magnitude, heap integration": Component(
        "log_magnitude", {"scaling": "range", "inverter": "pghi"}
    ),
    "mel, fast Griffin-Lim 32": Component("mel", {"scaling": "range"}),
}
SHOWN = 6  # clips with pictures and players
EXPLAINED = (
    "Medians over the clips. No generator can sound better than its representation's round trip. "
    "SNR compares samples, so it is of no use where phases are guessed; spectral convergence and "
    "log-spectral distance compare magnitudes: less is better."
)
COLUMNS = ("representation", "shape", "SNR dB", "convergence dB", "distance dB", "ms a clip")


@dataclass(frozen=True)
class RoundTrip:
    """What one representation does to the clips: medians over them.

    Attributes:
        representation: What to call it.
        shape: Of a sample.
        snr_db: Signal to noise ratio: larger is better; of no use where phases are guessed.
        convergence_db: Spectral convergence: less is better.
        distance_db: Log-spectral distance: less is better.
        milliseconds: Processor time of a clip's round trip.
    """

    representation: str
    shape: tuple[int, ...]
    snr_db: float
    convergence_db: float
    distance_db: float
    milliseconds: float

    def row(self) -> list[str]:
        """Returns the cells under `COLUMNS`."""
        numbers = (self.snr_db, self.convergence_db, self.distance_db, self.milliseconds)
        shape = " x ".join(map(str, self.shape))
        return [self.representation, shape, *(f"{number:.1f}" for number in numbers)]

    def to_json(self) -> dict[str, Any]:
        """Returns plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Inspected:
    """A set of sounds, and what became of some of its clips.

    Attributes:
        data: The sounds.
        trips: One for each representation that suits them.
        refused: Why the others do not, by what they are called.
        clips: The first clips, by representation; "as they are" first.
    """

    data: Loaded
    trips: Sequence[RoundTrip]
    refused: Mapping[str, str]
    clips: Mapping[str, Sequence[Audio]]


def inspect_sounds(
    data: Any,
    options: Mapping[str, Any] | None = None,
    *,
    representations: Mapping[str, Component] = REPRESENTATIONS,
    clips: int = 64,
) -> Inspected:
    """Sends clips through representations and back.

    Args:
        data: As of `load_audio`.
        options: Of `load_audio`.
        representations: By what to call them.
        clips: How many, spread evenly over the data.

    Raises:
        DataError: The data cannot be read.
        ConfigError: There are no clips, or no representation suits them.
    """
    if clips < 1:
        raise ConfigError(f"At least one clip has to be inspected, not {clips}.")
    loaded = kind_of("audio").load(data, **(options or {}))
    total = len(loaded.source)
    kept = min(clips, total)
    raw, _ = loaded.source.read(torch.arange(kept) * total // kept)
    trips, refused, heard = [], {}, {"as they are": _sounds(raw, loaded)}
    for name, component in representations.items():
        try:
            made = kind_of("audio").component(loaded, component)
        except ConfigError as error:
            refused[name] = str(error)
            continue
        modality: Any = build_modality(made)  # an AudioModality
        trip, waveform = _measured(name, modality, raw)
        trips.append(trip)
        heard[name] = _sounds(waveform, loaded)
    if not trips:
        raise ConfigError(f"No representation suits these sounds: {next(iter(refused.values()))}")
    return Inspected(loaded, trips, refused, heard)


def named_representation(text: str) -> Component:
    """Returns the representation that a text such as "mel:n_mels=128,hop_length=96" asks for.

    Raises:
        UnknownNameError: There is none of that name.
        ConfigError: An option is not written name=value.

    Example:
        >>> named_representation("log_magnitude:inverter=pghi")
        Component(name='log_magnitude', options={'inverter': 'pghi'})
    """
    named = Component.parse(text)
    known_representations[named.name]
    return named


def _measured(name: str, modality: AudioModality, raw: Tensor) -> tuple[RoundTrip, Tensor]:
    started = time.process_time()
    got = round_trip(modality, raw)
    milliseconds = 1000 * (time.process_time() - started) / len(raw)
    wanted, rate = raw / FULL_SCALE, modality.sample_rate
    trip = RoundTrip(
        name,
        tuple(modality.sample_shape),
        snr_db(wanted, got).median().item(),
        spectral_convergence_db(wanted, got, rate).median().item(),
        log_spectral_distance_db(wanted, got, rate).median().item(),
        milliseconds,
    )
    return trip, got


def _sounds(raw: Tensor, loaded: Loaded, count: int = SHOWN) -> list[Audio]:
    """Returns the first clips of (N, C, L), int16 or floats with full scale at 1."""
    sample_rate = loaded.sample_rate  # type: ignore[attr-defined]  # it is an AudioSet
    waveform = raw if raw.is_floating_point() else raw / FULL_SCALE
    return [Audio(one, sample_rate) for one in waveform[:count]]


def write_inspection(inspected: Inspected, path: Path) -> Path:
    """Writes one HTML page with the numbers, pictures and players; it needs no other file."""
    page = render(
        "round_trips.html.j2",
        folder=TEMPLATES,
        title="Round trips",
        summary=inspected.data.report.summary(),
        columns=COLUMNS,
        rows=[trip.row() for trip in inspected.trips],
        explained=EXPLAINED,
        refused=[f"{name}: {reason}" for name, reason in inspected.refused.items()],
        clips={name: [*map(shown, sounds)] for name, sounds in inspected.clips.items()},
        across=SHOWN,
    )
    return write_atomic(path, page)
