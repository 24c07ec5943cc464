"""What the notebook's commands take besides what the shell's take."""

from argparse import ArgumentParser, ArgumentTypeError

from multigan.cli.commands import add_runs_root


def add_manner(parser: ArgumentParser) -> None:
    """Adds how a run is shown and what it is called."""
    parser.add_argument(
        "--as",
        dest="variable",
        default="run",
        type=_variable,
        metavar="NAME",
        help="the variable that becomes the run (run)",
    )
    parser.add_argument("--plain", action="store_true", help="show it with plain ipywidgets")


def add_waiting(parser: ArgumentParser) -> None:
    """Adds where the training runs and whether the cell waits for it."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--wait",
        action="store_true",
        help="block the cell until the end; an interrupt stops the run",
    )
    where.add_argument(
        "--detach",
        action="store_true",
        help="train in a process of its own that outlives the kernel",
    )


def add_optional_run(parser: ArgumentParser) -> None:
    """Adds RUN, which is the current one if it is left out."""
    parser.add_argument(
        "run_name", nargs="?", metavar="RUN", help="its number, name or path (the current one)"
    )
    add_runs_root(parser)


def _variable(name: str) -> str:
    if not name.isidentifier():
        raise ArgumentTypeError(f"{name!r} is not the name of a variable")
    return name
