"""Notes on disk, in the layout of NSynth: a folder of sounds and a table that describes them."""

import json
import wave
from io import BytesIO
from pathlib import Path

import torch
from torch import Tensor

from multigan.errors import ConfigError
from multigan.files import atomic_folder, building_alone
from multigan.modalities.audio.music.note_set import NoteSet
from multigan.modalities.audio.sound import FULL_SCALE

TABLE = "examples.json"


def write_notes(notes: NoteSet, folder: Path, *, test_every: int = 0) -> Path:
    """Writes every note as a 16-bit `.wav`, and their labels, as NSynth lays them out.

    Args:
        notes: The set.
        folder: To be made; it appears whole or not at all. What a killed writer left is removed.
        test_every: Holds out one note of so many, drawn from the whole set, in a split "test"; 0
            holds out none. Counting them off instead would miss pitches whenever the number and
            that of the takes have a common factor.

    Raises:
        ConfigError: Something is there already, or a split would be empty.
    """
    if test_every < 0 or test_every == 1 or test_every > len(notes):
        raise ConfigError(
            f"test_every={test_every} leaves a split empty: give 0, or 2 to {len(notes)}."
        )
    order = torch.randperm(len(notes), generator=torch.Generator().manual_seed(0)).tolist()
    drawn = set(order[: len(notes) // test_every] if test_every else ())
    held_out = [index in drawn for index in range(len(notes))]
    with building_alone(folder):
        if folder.exists():
            raise ConfigError(f"{folder} is there already. Name another folder, or remove it.")
        with atomic_folder(folder) as building:
            for split in ("train", "test")[: 2 if test_every else 1]:
                chosen = [i for i, out in enumerate(held_out) if out == (split == "test")]
                _write_split(notes, chosen, building / f"notes-{split}")
    return folder


def wav_bytes(waveform: Tensor, sample_rate: int) -> bytes:
    """Returns the content of a mono 16-bit `.wav` file; samples (T,) beyond [-1, 1] are clamped."""
    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        levels = (waveform * FULL_SCALE).round().clamp(-FULL_SCALE, FULL_SCALE - 1).to(torch.int16)
        file.writeframes(levels.numpy().astype("<i2").tobytes())
    return content.getvalue()


def _write_split(notes: NoteSet, chosen: list[int], folder: Path) -> None:
    (folder / "audio").mkdir(parents=True)
    table = {}
    for index in chosen:
        name = notes.name(index)
        content = wav_bytes(notes.waveforms[index], notes.sample_rate)
        (folder / "audio" / f"{name}.wav").write_bytes(content)
        table[name] = {
            "pitch": int(notes.pitch[index]),
            "instrument": notes.instruments[int(notes.instrument[index])],
            "velocity": int(notes.velocity[index]),
            "sample_rate": notes.sample_rate,
        }
    (folder / TABLE).write_text(json.dumps(table, indent=1))
