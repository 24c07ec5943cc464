"""`multigan demo`: a small GAN on data that needs no download, from nothing to a report."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from multigan.cli.commands import add_device
from multigan.files import write_atomic
from multigan.terminal.output import is_main_process, say

if TYPE_CHECKING:
    from multigan.runs.run import Run

SUMMARY = "Train a small GAN on digits, prose or notes; nothing is downloaded."

# The first half of the "Ode to Joy" from Beethoven's ninth symphony, in C.
TUNE = (
    "E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 E4:1.5 D4:0.5 D4:2 "
    "E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 D4:1.5 C4:0.5 C4:2"
)
DEMOS = {"image": "digits", "text": "prose", "audio": "notes"}  # recipes, by kind of data


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what, how long and where."""
    parser.add_argument(
        "--modality", choices=sorted(DEMOS), default="image", help="the kind of data (image)"
    )
    parser.add_argument("--steps", type=int, help="how long to train (the recipe's)")
    parser.add_argument("--seed", type=int, default=0, help="decides every random draw (0)")
    parser.add_argument(
        "--out", type=Path, default=Path("runs"), help="where the run's folder is made (runs)"
    )
    add_device(parser)


def run(args: Namespace) -> None:
    """Trains the demo's recipe and names samples and report; of notes it plays a melody."""
    from multigan.modalities.recipes import recipe
    from multigan.runs.session import start
    from multigan.terminal.training import train_session

    chosen = recipe(DEMOS[args.modality]).changed({"seed": args.seed})
    if args.steps is not None:
        # The shortest demo leaves a picture too.
        chosen = chosen.changed(
            {"steps": args.steps, "look_every": min(chosen.look_every, max(args.steps, 1))}
        )
    run = train_session(
        partial(start, chosen, out=args.out, device=args.device, command=args.typed)
    )
    if args.modality == "audio" and is_main_process():
        say(f"A melody: {_play(run)}")


def _play(run: "Run") -> Path:
    """Plays the tune with what a run has learned; returns the sound's file."""
    from multigan.modalities.audio.music.melody import parse_melody
    from multigan.modalities.audio.pipeline import audio_pipeline

    song = audio_pipeline(run.pipeline()).play(parse_melody(TUNE, beats_per_minute=150))
    return write_atomic(run.path / "melody.wav", song.encoded())
