"""The melody that ends the demo of sounds."""

from pathlib import Path

from multigan.files import write_atomic
from multigan.modalities.audio.music.melody import parse_melody
from multigan.modalities.audio.pipeline import audio_pipeline
from multigan.sampling.pipeline import Pipeline

# The first half of the "Ode to Joy" from Beethoven's ninth symphony, in C.
TUNE = (
    "E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 E4:1.5 D4:0.5 D4:2 "
    "E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 D4:1.5 C4:0.5 C4:2"
)


def play_ode(pipeline: Pipeline, folder: Path) -> str:
    """Plays the tune with generated notes, into `folder / "melody.wav"`; returns a sentence."""
    song = audio_pipeline(pipeline).play(parse_melody(TUNE, beats_per_minute=150))
    return f"A melody: {write_atomic(folder / 'melody.wav', song.encoded())}"
