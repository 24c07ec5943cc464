"""`multigan stream`: sound that goes on for as long as one likes."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from multigan.cli.commands import add_device, add_generator
from multigan.cli.sample import add_checkpoint

SUMMARY = "Make sound of any length with a generator that was trained to go on."

LONGEST = 3600.0  # seconds


def add_arguments(parser: ArgumentParser) -> None:
    """Adds who makes it, how much, and where to."""
    add_generator(parser)
    add_checkpoint(parser)
    parser.add_argument("--seconds", type=float, default=60.0, help="how much (60)")
    parser.add_argument("--condition", "--class", metavar="CLASS", help="a class by number or name")
    parser.add_argument("--seed", type=int, default=0, help="fixes the sound (0)")
    parser.add_argument("--out", type=Path, default=Path("endless.wav"), help=".wav or .flac file")
    add_device(parser)


def run(args: Namespace) -> None:
    """Writes the sound and prints its path."""
    import torch

    from multigan.errors import ConfigError
    from multigan.files import write_atomic
    from multigan.modalities.audio.clip import Audio, turned_down
    from multigan.modalities.audio.pipeline import audio_pipeline
    from multigan.terminal.sample_files import open_pipeline

    if args.out.suffix not in (".wav", ".flac"):
        raise ConfigError(f"Sound is written as .wav or .flac, not as {args.out.name!r}.")
    if not 0 < args.seconds <= LONGEST:
        raise ConfigError(f"Ask for up to {LONGEST:g} seconds, not {args.seconds:g}.")
    blocks, seconds = [], 0.0
    for block in audio_pipeline(open_pipeline(args)).stream(
        seed=args.seed, condition=args.condition
    ):
        blocks.append(block.waveform)
        seconds += block.seconds
        if seconds >= args.seconds:
            break
    rate = block.sample_rate
    waveform = torch.cat(blocks, 1)[None, :, : round(args.seconds * rate)]
    sound = Audio(turned_down(waveform)[0], rate)
    print(write_atomic(args.out, sound.encoded(args.out.suffix)))
