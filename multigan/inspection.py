"""What each representation loses of somebody's own sounds, before a day is spent training.

Shapes: N clips, C channels, L samples.
"""

import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from multigan.errors import ConfigError
from multigan.evaluators.audio import MOST_KNOWN, round_trip
from multigan.evaluators.judges import drawn
from multigan.files import write_atomic
from multigan.kits import KITS, Loaded
from multigan.metrics.audio import MelPicture
from multigan.metrics.audio.nearest import nearest
from multigan.metrics.audio.round_trip import (
    log_spectral_distance_db,
    snr_db,
    spectral_convergence_db,
)
from multigan.metrics.diversity import typical_gap
from multigan.modalities import MODALITIES
from multigan.modalities.audio import Audio, AudioModality
from multigan.modalities.audio.clip import FULL_SCALE
from multigan.modalities.audio.sheet import draw_audio
from multigan.pipelines import Pipeline
from multigan.registry import Component
from multigan.report.tables import column_table

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
STYLE = Path(__file__).parent / "report" / "style.css"
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
        milliseconds: Processor time of a clip, there and back.
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
    loaded = KITS["audio"].load(data, **(options or {}))
    total = len(loaded.source)
    kept = min(clips, total)
    raw, _ = loaded.source.read(torch.arange(kept) * total // kept)
    trips, refused, heard = [], {}, {"as they are": _sounds(raw, loaded)}
    for name, component in representations.items():
        try:
            made = KITS["audio"].adapt(loaded, component)
        except ConfigError as error:
            refused[name] = str(error)
            continue
        modality = MODALITIES.build(made)
        trip, waveform = _measured(name, modality, raw)
        trips.append(trip)
        heard[name] = _sounds(waveform, loaded)
    if not trips:
        raise ConfigError(f"No representation suits these sounds: {next(iter(refused.values()))}")
    return Inspected(loaded, trips, refused, heard)


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
    rows = [trip.row() for trip in inspected.trips]
    refused = "".join(
        f"<li>{escape(name)}: {escape(reason)}</li>" for name, reason in inspected.refused.items()
    )
    heard = "".join(
        f"<h2>{escape(name)}</h2><div class=players style='--columns:{SHOWN}'>"
        f"{''.join(_shown(sound) for sound in sounds)}</div>"
        for name, sounds in inspected.clips.items()
    )
    body = f"{column_table(COLUMNS, rows)}<p>{escape(EXPLAINED)}</p><ul>{refused}</ul>{heard}"
    return write_atomic(path, _page("Round trips", inspected.data.report.summary(), body))


def write_pairs(
    pipeline: Pipeline, own: Loaded, path: Path, *, count: int = 16, seed: int = 0
) -> Path:
    """Writes a page with generated sounds and, beside each, the training clip most like it.

    Likeness is that of mel pictures; copies of training clips are seen and heard at once.

    Raises:
        ConfigError: The pipeline does not make sounds.
    """
    modality = pipeline.modality
    if not isinstance(modality, AudioModality):
        raise ConfigError("Pairs of sounds can only be shown of a run that makes sounds.")
    made = pipeline(count, seed=seed)
    raw, _ = own.source.read(drawn(len(own.source), MOST_KNOWN, seed))
    picture = MelPicture(modality.sample_rate, modality.length)

    def features(waveform: Tensor) -> Tensor:
        return torch.cat([picture(part).flatten(1) for part in torch.split(waveform, 256)])

    known = features(raw / FULL_SCALE)
    found = nearest(features(torch.stack([sound.waveform for sound in made])), known)
    usual = typical_gap(known)
    rows = "".join(
        f"<div class=pair>{_shown(sound)}{_shown(clip)}</div><p>{distance / usual:.2f} of the "
        "usual distance between a training clip and its nearest</p>"
        for sound, clip, distance in zip(
            made, _sounds(raw[found.place], own, count), found.distance.tolist(), strict=True
        )
    )
    summary = "Left: generated. Right: the nearest training clip. Near 0 are copies."
    return write_atomic(path, _page("Nearest training clips", summary, rows))


def _page(title: str, summary: str, body: str) -> str:
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>"
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head><body><header>"
        f"<h1>{title}</h1><p>{escape(summary)}</p></header><main>{body}</main></body></html>\n"
    )


def _shown(sound: Audio) -> str:
    content = BytesIO()
    draw_audio(sound).save(content, "PNG")
    picture = f"data:image/png;base64,{b64encode(content.getvalue()).decode()}"
    return f'<div><img alt="spectrogram" src="{picture}">{sound._repr_html_()}</div>'
