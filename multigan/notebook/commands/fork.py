"""`%multigan fork`: go on otherwise from a checkpoint, in the background, with a dashboard."""

from argparse import ArgumentParser, Namespace

from multigan.cli import fork
from multigan.cli.commands import find_folder
from multigan.notebook.manners import add_manner, add_waiting
from multigan.notebook.values import given_value

SUMMARY = fork.SUMMARY


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what the shell's command takes, and what a notebook does with it."""
    fork.add_arguments(parser)
    add_manner(parser)
    add_waiting(parser)


def run(args: Namespace) -> None:
    """Trains the new run."""
    from multigan.notebook.beginning import begin, detach
    from multigan.terminal.resolving import prepared_fork

    if args.detach:
        detach(args, args.runs)
        return
    name, data = find_folder(args).name, given_value(args.data)
    begin(args, lambda **talk: prepared_fork(args, data)(**talk), name=f"fork of {name}")
