"""`multigan tune`: a trained generator learns something else from few samples."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from multigan.cli.commands import add_device, add_json, add_run

SUMMARY = "Go on with a run's networks on few samples of something else, as a new run."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run, the samples and how long."""
    add_run(parser)
    parser.add_argument(
        "--data", required=True, help="the new samples; a folder is a class, or one per subfolder"
    )
    parser.add_argument("--step", type=int, help="the checkpoint to begin at (latest)")
    parser.add_argument("--steps", type=int, help="how long (500)")
    parser.add_argument("--minutes", type=float, help="how long, instead of steps")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change the recipe"
    )
    parser.add_argument("--out", type=Path, help="where the new run's folder is made (beside RUN)")
    add_device(parser)
    add_json(parser, "print one object per logged row")


def run(args: Namespace) -> None:
    """Trains the new run to its last step."""
    from multigan.config import parse_changes
    from multigan.runs.run import Run
    from multigan.runs.tune import tune
    from multigan.terminal.training import train_session

    parent = Run.find(args.run_name, args.runs)
    prepare = partial(
        tune,
        parent,
        args.data,
        step=args.step,
        steps=args.steps,
        minutes=args.minutes,
        changes=parse_changes(args.set),
        out=args.out,
        device=args.device,
        command=args.typed,
    )
    train_session(prepare, as_json=args.json)
