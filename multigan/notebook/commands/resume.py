"""`%multigan resume`: in the background, with a dashboard."""

from argparse import ArgumentParser, Namespace
from functools import partial

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
    from multigan.config import located
    from multigan.notebook.beginning import begin, detach
    from multigan.runs.run import Run
    from multigan.runs.session import resume as resume_session

    if args.detach:
        detach(args, args.runs)
        return
    data = given_value(args.data)
    if data is None and args.data is not None:
        data = located(args.data)
    prepare = partial(
        resume_session,
        Run.find(args.run_name, args.runs),
        steps=args.steps,
        data=data,
        device=args.device,
        accept_changed_data=args.force,
    )
    begin(args, prepare)
