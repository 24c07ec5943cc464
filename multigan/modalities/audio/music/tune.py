"""The melody that a demo of notes ends with."""

from pathlib import Path
from typing import Any

from multigan.files import write_atomic
from multigan.modalities.audio.music.melody import parse_melody

# The first half of the "Ode to Joy" from Beethoven's ninth symphony, in C.
TUNE = (
    "E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 E4:1.5 D4:0.5 D4:2 "
    "E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 D4:1.5 C4:0.5 C4:2"
)


def play_tune(pipeline: Any, folder: Path) -> str:
    """Plays it with an `AudioPipeline` into `melody.wav`, and says where that is."""
    song = pipeline.play(parse_melody(TUNE, beats_per_minute=150))
    return f"A melody: {write_atomic(folder / 'melody.wav', song.encoded())}"
