"""Generated sounds beside the training clips most like them: what has been memorized is heard.

Shapes: N sounds, F features.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from multigan.data.loaded import Loaded
from multigan.errors import ConfigError
from multigan.files import write_atomic, write_json
from multigan.metrics.diversity import typical_gap
from multigan.metrics.real_samples import drawn
from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.evaluator import MOST_KNOWN, in_parts
from multigan.modalities.audio.inspection.players import TEMPLATES, shown
from multigan.modalities.audio.metrics import MelPicture
from multigan.modalities.audio.metrics.nearest import nearest
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.audio.sound import FULL_SCALE
from multigan.report.rendering import render
from multigan.sampling.pipeline import Pipeline

SUMMARY = "Left: generated. Right: the nearest training clip. Near 0 are copies."
IN_REPORT = 8


@dataclass(frozen=True)
class Likenesses:
    """Generated sounds, and what each is most like.

    Attributes:
        made: The sounds.
        known: Of each, the nearest training clip.
        distance: To it, as a share of the usual distance between a training clip and its nearest.
    """

    made: Sequence[Audio]
    known: Sequence[Audio]
    distance: Sequence[float]


def find_likenesses(
    pipeline: Pipeline, own: Loaded, *, count: int = 16, seed: int = 0
) -> Likenesses:
    """Generates sounds and finds the training clip most like each, by their mel pictures.

    Args:
        pipeline: Makes the sounds.
        own: What it learned from; of more than 20,000 clips so many are drawn.
        count: N.
        seed: Of the sounds, and of what is drawn.

    Raises:
        ConfigError: The pipeline does not make sounds.
    """
    modality = pipeline.modality
    if not isinstance(modality, AudioModality):
        raise ConfigError("Pairs of sounds can only be shown of a run that makes sounds.")
    made = pipeline(count, seed=seed)
    which = drawn(len(own.source), MOST_KNOWN, seed)
    picture = MelPicture(modality.sample_rate, modality.length)

    known = torch.cat([picture(raw / FULL_SCALE).flatten(1) for raw in in_parts(own, which)])
    found = nearest(picture(torch.stack([sound.waveform for sound in made])).flatten(1), known)
    raw, _ = own.source.read(which[found.place.cpu()])
    clips = [Audio(clip / FULL_SCALE, modality.sample_rate) for clip in raw]
    return Likenesses(made, clips, (found.distance / typical_gap(known)).tolist())


def write_pairs(
    pipeline: Pipeline, own: Loaded, path: Path, *, count: int = 16, seed: int = 0
) -> Path:
    """Writes a page with generated sounds and, beside each, the training clip most like it.

    Raises:
        ConfigError: The pipeline does not make sounds.
    """
    found = find_likenesses(pipeline, own, count=count, seed=seed)
    pairs = [
        (shown(made), shown(known), f"{distance:.2f}")
        for made, known, distance in zip(found.made, found.known, found.distance, strict=True)
    ]
    page = {"title": "Nearest training clips", "summary": SUMMARY, "pairs": pairs}
    return write_atomic(path, render("nearest.html.j2", folder=TEMPLATES, **page))


def keep_likenesses(pipeline: Pipeline, own: Loaded, path: Path, *, seed: int = 0) -> Path:
    """Writes eight generated sounds and their nearest training clips, as a run's report shows them.

    Args:
        pipeline: Makes the sounds.
        own: What it learned from.
        path: A `.json` file for the distances; beside it come a sheet and the sounds.
        seed: Of the sounds, and of what is drawn.

    Raises:
        ConfigError: The pipeline does not make sounds.
    """
    found = find_likenesses(pipeline, own, count=IN_REPORT, seed=seed)
    in_turn = [sound for pair in zip(found.made, found.known, strict=True) for sound in pair]
    pipeline.modality.write_sheet(in_turn, path.with_suffix(""), columns=2)
    return write_json(path, {"distance": [round(share, 3) for share in found.distance]})
