"""`multigan data notes`: a labelled set of notes, from a soundfont or built-in instruments."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

SUMMARY = "Render a labelled set of notes, with built-in instruments or a soundfont."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds which notes, and where to write them."""
    parser.add_argument("--out", type=Path, default=Path("notes"), help="folder to make (notes)")
    parser.add_argument(
        "--soundfont", default="", metavar="SF2", help="an .sf2 or .sf3 file (built-in instruments)"
    )
    parser.add_argument(
        "--instruments",
        default="",
        metavar="NAMES",
        help="with commas between: built-in ones by name, a soundfont's by General MIDI program",
    )
    parser.add_argument("--lowest", default="C4", help="the lowest pitch, as C4 or 60 (C4)")
    parser.add_argument("--highest", default="C5", help="the highest pitch (C5)")
    parser.add_argument("--takes", type=int, default=12, help="of each pitch and instrument (12)")
    parser.add_argument("--rate", type=int, default=16_000, help="sample rate in Hz (16000)")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each note (1)")
    parser.add_argument(
        "--test-every", type=int, default=10, help="hold out one note of so many; 0 for none (10)"
    )
    parser.add_argument("--seed", type=int, default=0, help="decides how notes are struck (0)")


def run(args: Namespace) -> None:
    """Writes the notes and says what they are."""
    from multigan.modalities.audio.music.note_files import write_notes
    from multigan.modalities.audio.music.note_set import make_notes
    from multigan.modalities.audio.music.pitch import parse_pitch

    notes = make_notes(
        instruments=tuple(filter(None, (n.strip() for n in args.instruments.split(",")))),
        lowest=parse_pitch(args.lowest),
        highest=parse_pitch(args.highest),
        takes=args.takes,
        sample_rate=args.rate,
        seconds=args.seconds,
        seed=args.seed,
        soundfont=args.soundfont,
    )
    folder = write_notes(notes, args.out, test_every=args.test_every)
    print(f"{len(notes)} notes by {', '.join(notes.instruments)}: {folder}")
