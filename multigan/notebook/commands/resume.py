"""`%multigan resume`: in the background, with a dashboard."""

from argparse import ArgumentParser, Namespace

from multigan.cli import resume
from multigan.notebook.manners import add_manner, add_optional_run, add_waiting
from multigan.notebook.values import given_value

SUMMARY = resume.SUMMARY


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what the shell's command takes, and what a notebook does with it."""
    add_optional_run(parser)
    resume.add_options(parser)
    add_manner(parser)
    add_waiting(parser)


def run(args: Namespace) -> None:
    """Goes on with the run."""
    from multigan.notebook.beginning import begin, detach
    from multigan.notebook.showing import chosen_folder
    from multigan.terminal.resolving import prepared_resume

    run = chosen_folder(args)
    if args.detach:
        if args.run_name is None:
            args.words.insert(1, str(run.path))
        detach(args, args.runs)
        return
    args.run_name, data = run.path, given_value(args.data)
    begin(args, lambda **talk: prepared_resume(args, data)(**talk), name=run.name)
