"""`%multigan resume`: in the background, with a dashboard."""

from argparse import ArgumentParser, Namespace

from multigan.cli import resume
from multigan.notebook.manners import add_manner, add_waiting
from multigan.notebook.values import given_value

SUMMARY = resume.SUMMARY


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what the shell's command takes, and what a notebook does with it."""
    resume.add_arguments(parser)
    add_manner(parser)
    add_waiting(parser)


def run(args: Namespace) -> None:
    """Goes on with the run."""
    from multigan.notebook.beginning import begin, detach
    from multigan.terminal.resolving import prepared_resume

    if args.detach:
        detach(args, args.runs)
        return
    begin(args, prepared_resume(args, given_value(args.data)))
