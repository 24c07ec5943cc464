"""`multigan demo`: a small GAN on data that needs no download, from nothing to a report."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from multigan.cli.commands import add_device
from multigan.config import Recipe
from multigan.core.processes import is_main_process
from multigan.terminal.output import say

SUMMARY = "Train a small GAN on digits, prose or notes; nothing is downloaded."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what, how long and where."""
    parser.add_argument(
        "--modality",
        default=Recipe.modality,
        help="the kind of data: image, text, audio or a plug-in's",
    )
    parser.add_argument("--steps", type=int, help="how long to train (the recipe's)")
    parser.add_argument("--seed", type=int, default=0, help="decides every random draw (0)")
    parser.add_argument(
        "--out", type=Path, default=Path("runs"), help="where the run's folder is made (runs)"
    )
    add_device(parser)


def run(args: Namespace) -> None:
    """Trains the recipe of a kind's demo, and ends as that kind's demo does.

    Raises:
        ConfigError: There is no such kind, or it has no demo.
    """
    from multigan.errors import ConfigError
    from multigan.modalities.kind import kind_of, kinds_with
    from multigan.modalities.recipes import recipe
    from multigan.runs.session import start
    from multigan.terminal.training import train_session

    kind = kind_of(args.modality)
    if not kind.demo:
        having = kinds_with(lambda kind: bool(kind.demo))
        raise ConfigError(f"There is no demo of {args.modality} data. Choose {having}.")
    chosen = recipe(kind.demo).changed({"seed": args.seed})
    if args.steps is not None:
        # The shortest demo leaves a picture too.
        chosen = chosen.changed(
            {"steps": args.steps, "look_every": min(chosen.look_every, max(args.steps, 1))}
        )
    run = train_session(
        partial(start, chosen, out=args.out, device=args.device, command=args.typed)
    )
    if kind.finale is not None and is_main_process():
        say(kind.finale(run.pipeline(), run.path))
