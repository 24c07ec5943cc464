"""`%multigan watch`: the dashboard of any run, whoever trains it."""

from argparse import ArgumentParser, Namespace

from multigan.notebook.manners import add_manner, add_optional_run

SUMMARY = "Show a run's dashboard, whoever trains it."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run."""
    add_optional_run(parser)
    add_manner(parser)


def run(args: Namespace) -> None:
    """Shows the dashboard."""
    from multigan.notebook.showing import chosen_folder, hold, show

    chosen = chosen_folder(args)
    show(chosen, plain=args.plain)  # before torch is imported
    from multigan.runs.run import Run

    hold(args, Run(chosen.path))
