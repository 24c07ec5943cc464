"""`multigan play`: a melody, played by a trained generator of notes."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from multigan.cli.commands import add_device, add_generator
from multigan.cli.sample import add_checkpoint

if TYPE_CHECKING:
    from multigan.modalities.audio.music.melody import Note

SUMMARY = "Play a melody with a generator that was trained on notes."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds who plays, what, and where to."""
    add_generator(parser)
    melody = parser.add_mutually_exclusive_group(required=True)
    melody.add_argument("--notes", metavar="TEXT", help='pitch:beats, e.g. "C4:1 R:1 E4+G4:2"')
    melody.add_argument("--midi", type=Path, metavar="FILE", help="a MIDI file")
    parser.add_argument(
        "--tempo", type=float, default=120.0, help="beats a minute of --notes (120)"
    )
    parser.add_argument("--transpose", type=int, default=0, help="semitones upwards (0)")
    parser.add_argument(
        "--timbres", type=int, default=2, help="through how many timbres the sound wanders (2)"
    )
    parser.add_argument("--seed", type=int, default=0, help="fixes the timbres (0)")
    add_checkpoint(parser)
    parser.add_argument("--out", type=Path, default=Path("song.wav"), help=".wav or .flac file")
    add_device(parser)


def run(args: Namespace) -> None:
    """Writes the song and prints its path."""
    from dataclasses import replace

    from multigan.errors import ConfigError
    from multigan.files import write_atomic
    from multigan.modalities.audio.music.pitch import HIGHEST
    from multigan.modalities.audio.pipeline import audio_pipeline
    from multigan.terminal.output import remark
    from multigan.terminal.sample_files import open_pipeline

    if args.out.suffix not in (".wav", ".flac"):
        raise ConfigError(f"A song is written as .wav or .flac, not as {args.out.name!r}.")
    notes = [replace(note, pitch=note.pitch + args.transpose) for note in _notes(args)]
    if any(not 0 <= note.pitch <= HIGHEST for note in notes):
        raise ConfigError(f"Transposed by {args.transpose} a note leaves MIDI's 0 to {HIGHEST}.")
    pipeline = audio_pipeline(open_pipeline(args))
    moved = sum(pipeline.nearest(note.pitch) != note.pitch for note in notes)
    if moved:
        remark(f"{moved} of {len(notes)} notes are played in another octave, which it knows.")
    longest = pipeline.audio_modality.length / pipeline.audio_modality.sample_rate
    if longer := sum(note.duration > longest for note in notes):
        remark(
            f"{longer} of {len(notes)} notes are held for longer than the {longest:.2f} s that it "
            "makes of one, and are sustained by a loop."
        )
    song = pipeline.play(notes, seed=args.seed, timbres=args.timbres)
    print(write_atomic(args.out, song.encoded(args.out.suffix)))


def _notes(args: Namespace) -> "list[Note]":
    from multigan.modalities.audio.music.melody import parse_melody, read_midi
    from multigan.terminal.output import remark

    if args.midi is not None:
        return read_midi(args.midi, on_note=remark)
    return parse_melody(args.notes, beats_per_minute=args.tempo)
