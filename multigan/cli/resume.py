"""`multigan resume`: go on with a run that was stopped."""

from argparse import ArgumentParser, Namespace
from functools import partial

from multigan.cli.commands import add_device, add_json, add_run

SUMMARY = "Go on with a run from its newest checkpoint."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run and how far it is to go."""
    add_run(parser)
    parser.add_argument("--steps", type=int, help="the new last step (the one first asked for)")
    add_device(parser)
    add_json(parser, "print one object per logged row")


def run(args: Namespace) -> None:
    """Trains the run to its last step."""
    from multigan.cli.training import train_session
    from multigan.runs import Run
    from multigan.session import resume

    found = Run.find(args.run_name, args.runs)
    train_session(partial(resume, found, steps=args.steps, device=args.device), as_json=args.json)
