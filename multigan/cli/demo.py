"""`multigan demo`: a small conditional GAN on handwritten digits, from nothing to a report."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from multigan.cli.commands import add_device

SUMMARY = "Train a small GAN on handwritten digits; nothing is downloaded."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds how long and where."""
    parser.add_argument("--steps", type=int, help="how long to train (the recipe's)")
    parser.add_argument("--seed", type=int, default=0, help="decides every random draw (0)")
    parser.add_argument(
        "--out", type=Path, default=Path("runs"), help="where the run's folder is made (runs)"
    )
    add_device(parser)


def run(args: Namespace) -> None:
    """Trains the recipe "digits" and names the picture and the report, the report last."""
    from multigan.cli.training import train_session
    from multigan.recipes import recipe
    from multigan.session import start

    digits = recipe("digits").changed({"seed": args.seed})
    if args.steps is not None:
        # The shortest demo leaves a picture too.
        digits = digits.changed(
            {"steps": args.steps, "look_every": min(digits.look_every, max(args.steps, 1))}
        )
    train_session(partial(start, digits, out=args.out, device=args.device, command=args.typed))
