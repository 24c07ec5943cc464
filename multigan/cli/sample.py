"""`multigan sample`: make samples from a trained run."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from multigan.cli.commands import add_device, add_generator
from multigan.modalities.sampling_options import SOUND_FORMATS, WRITING

SUMMARY = "Make samples from a trained run."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what to sample from, how many samples and which."""
    add_generator(parser)
    add_options(parser, out="folder (samples; text is printed without one)")


def add_options(parser: ArgumentParser, *, out: str) -> None:
    """Adds all but the run; `out` says what becomes of the samples."""
    add_checkpoint(parser)
    parser.add_argument("-n", "--num-samples", type=int, default=16, help="how many (16)")
    parser.add_argument(
        "--condition",
        "--class",
        action="append",
        default=[],
        metavar="CLASS",
        help="a class by number or name; several, also separated by commas, are taken in turn",
    )
    parser.add_argument("--seed", type=int, default=0, help="fixes the latents (0)")
    parser.add_argument(
        "--truncation", type=float, default=1.0, help="less than 1: more alike, more faithful (1)"
    )
    _add_writing(parser)
    layout = parser.add_mutually_exclusive_group()
    layout.add_argument("--sheet", action="store_true", help="write one file with all of them")
    layout.add_argument(
        "--interpolate", action="store_true", help="write the frames of a walk between two latents"
    )
    layout.add_argument(
        "--directions",
        metavar="METHOD",
        help="write a sheet along the latent directions that matter: principal (GANSpace), "
        "factorized (SeFa) or random; -n says how many",
    )
    layout.add_argument(
        "--mix",
        action="store_true",
        help="write a sheet of -n samples (rows) with the finer styles of as many others (columns)",
    )
    layout.add_argument(
        "--project", metavar="DATA", help="find the first -n samples of DATA in the latent space"
    )
    parser.add_argument(
        "--linear", action="store_true", help="interpolate along straight lines, not arcs"
    )
    parser.add_argument("--out", type=Path, help=out)
    parser.add_argument(
        "--format",
        choices=SOUND_FORMATS,
        help=f"of sounds: how they are written ({SOUND_FORMATS[0]})",
    )
    add_device(parser)


def add_checkpoint(parser: ArgumentParser) -> None:
    """Adds which of a run's checkpoints to sample."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--step", type=int, help="sample the checkpoint of this step (latest)")
    source.add_argument("--best", action="store_true", help="sample the best checkpoint")
    source.add_argument(
        "--average",
        type=float,
        metavar="LENGTH",
        help="sample the EMA over this share of the training, 0.01 to 0.25, whatever the "
        "recipe's half-life; for runs that stored profiles (--set profile_every=500)",
    )


def run(args: Namespace) -> None:
    """Writes the samples and prints the path of each file; prints texts, if no folder is named."""
    from multigan.terminal.sample_files import make

    for line in make(args):
        print(line)


def _add_writing(parser: ArgumentParser) -> None:
    text = parser.add_argument_group("generators that write")
    for option in WRITING:
        words = f"--{option.name.replace('_', '-')}"
        text.add_argument(words, type=option.read, help=option.help)
