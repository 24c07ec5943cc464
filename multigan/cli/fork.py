"""`multigan fork`: go back to a checkpoint and go on otherwise, as a new run."""

from argparse import ArgumentParser, Namespace

from multigan.cli.commands import add_data, add_device, add_json, add_run

SUMMARY = "Go on otherwise from a run's checkpoint, as a new run."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run, where in it to begin, and what is to be different."""
    add_run(parser)
    parser.add_argument("--step", type=int, help="the checkpoint to begin at (latest)")
    parser.add_argument("--steps", type=int, help="the new run's last step (the other run's)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change the recipe, e.g. loss=hinge; networks keep their shapes",
    )
    parser.add_argument(
        "--knob",
        action="append",
        default=[],
        metavar="KNOB=VALUE",
        help="turn a knob at once, e.g. r1.weight=0.5; see `multigan runs show`",
    )
    add_data(parser)
    add_device(parser)
    add_json(parser, "print one object per logged row")


def run(args: Namespace) -> None:
    """Trains the new run to its last step."""
    from multigan.terminal.resolving import prepared_fork
    from multigan.terminal.training import train_session

    train_session(prepared_fork(args), as_json=args.json)
