"""`multigan runs set`: turn a run's knobs while it trains."""

from argparse import ArgumentParser, Namespace

from multigan.cli.commands import add_run, find_folder

SUMMARY = "Turn a run's knobs, e.g. learning_rate=1e-4."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run and the new values."""
    add_run(parser)
    parser.add_argument(
        "values",
        nargs="+",
        metavar="KNOB=VALUE",
        help="a knob, see `multigan runs show`, and a number; KNOB=schedule or KNOB=null gives it "
        "back to its schedule, or else to the recipe's value",
    )


def run(args: Namespace) -> None:
    """Asks for the values, and prints what the run says to them if it is at work.

    Raises:
        ConfigError: There is no such knob, or a value is no number or out of its range.
    """
    from multigan.config import parse_changes
    from multigan.runs.folder import AT_WORK
    from multigan.runs.steering import answers, knob_values

    folder = find_folder(args)
    values = knob_values(folder, parse_changes(args.values))
    is_at_work = folder.status()["state"] in AT_WORK
    heard = len(folder.metrics())
    folder.request(set=values)
    if not is_at_work:
        print(f"Run {folder.name} is not being trained; it will take these over when it goes on.")
        return
    for answer in answers(folder, heard) or ["Asked; the run has not answered yet."]:
        print(answer)
