"""`multigan runs delete`: remove runs and all that they hold."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from multigan.cli.commands import add_runs_root

if TYPE_CHECKING:
    from multigan.runs.folder import RunFolder

SUMMARY = "Delete runs."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the runs."""
    parser.add_argument("names", nargs="+", metavar="RUN", help="its number, name or path")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_runs_root(parser)


def run(args: Namespace) -> None:
    """Deletes the runs, each after a yes.

    Raises:
        RunError: One is being trained, or nobody is there to be asked.
    """
    from multigan.runs.folder import find_run

    for folder in [find_run(name, args.runs) for name in args.names]:
        if args.yes or _agreed(folder):
            folder.delete()
            print(f"Deleted {folder.path}.")


def _agreed(folder: "RunFolder") -> bool:
    from multigan.errors import RunError

    if not sys.stdin.isatty():
        raise RunError(f"Nobody is there to confirm that {folder.path} goes. Say so with --yes.")
    status = folder.status()
    state = f"{status['state']} at step {status.get('step', 0)}"
    return input(f"Delete {folder.path} ({state})? [y/N] ").strip().lower() in ("y", "yes")
