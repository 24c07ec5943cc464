"""`multigan resume`: go on with a run that was stopped."""

from argparse import ArgumentParser, Namespace

from multigan.cli.commands import add_data, add_device, add_json, add_processes, add_run, add_speed

SUMMARY = "Go on with a run from its latest checkpoint."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run and how far it is to go."""
    add_run(parser)
    add_options(parser)


def add_options(parser: ArgumentParser) -> None:
    """Adds all but the run."""
    parser.add_argument("--steps", type=int, help="the new last step (the one first asked for)")
    add_data(parser)
    parser.add_argument(
        "--force", action="store_true", help="go on even if the data is not what it was"
    )
    add_speed(parser)
    add_device(parser)
    add_processes(parser)
    add_json(parser, "print one object per logged row")


def run(args: Namespace) -> int | None:
    """Trains the run to its last step."""
    from multigan.terminal.launching import launch, wanted_processes
    from multigan.terminal.resolving import prepared_resume
    from multigan.terminal.training import train_session

    if count := wanted_processes(args):
        return launch(args.words, count)
    train_session(prepared_resume(args), as_json=args.json)
    return None
