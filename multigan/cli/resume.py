"""`multigan resume`: go on with a run that was stopped."""

from argparse import ArgumentParser, Namespace
from functools import partial

from multigan.cli.commands import add_data, add_device, add_json, add_run

SUMMARY = "Go on with a run from its newest checkpoint."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run and how far it is to go."""
    add_run(parser)
    parser.add_argument("--steps", type=int, help="the new last step (the one first asked for)")
    add_data(parser)
    parser.add_argument(
        "--force", action="store_true", help="go on even if the data is not what it was"
    )
    add_device(parser)
    add_json(parser, "print one object per logged row")


def run(args: Namespace) -> None:
    """Trains the run to its last step."""
    from multigan.cli.training import train_session
    from multigan.config import located
    from multigan.runs.run import Run
    from multigan.runs.session import resume

    prepare = partial(
        resume,
        Run.find(args.run_name, args.runs),
        steps=args.steps,
        data=None if args.data is None else located(args.data),
        device=args.device,
        accept_changed_data=args.force,
    )
    train_session(prepare, as_json=args.json)
