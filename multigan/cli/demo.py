"""`multigan demo`: a small GAN on data that needs no download, from nothing to a report."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from multigan.cli.commands import add_device

SUMMARY = "Train a small GAN on digits or on prose; nothing is downloaded."

DEMOS = {"image": "digits", "text": "prose"}  # recipes, by kind of data


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
    """Trains the demo's recipe and names the samples and the report, the report last."""
    from multigan.cli.training import train_session
    from multigan.recipes import recipe
    from multigan.session import start

    chosen = recipe(DEMOS[args.modality]).changed({"seed": args.seed})
    if args.steps is not None:
        # The shortest demo leaves a picture too.
        chosen = chosen.changed(
            {"steps": args.steps, "look_every": min(chosen.look_every, max(args.steps, 1))}
        )
    train_session(partial(start, chosen, out=args.out, device=args.device, command=args.typed))
