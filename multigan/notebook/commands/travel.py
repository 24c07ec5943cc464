"""`%multigan travel`: back to any checkpoint, and on with another knob."""

from argparse import ArgumentParser, Namespace

from multigan.cli.commands import add_plugin
from multigan.notebook.manners import add_optional_run

SUMMARY = "Go back in a run's time and fork it, in a tree of what was tried."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run."""
    add_optional_run(parser)
    add_plugin(parser)


def run(args: Namespace) -> None:
    """Shows the tree."""
    from IPython.display import display

    from multigan.notebook.showing import chosen_run, need_anywidget

    with need_anywidget("The tree of forks"):
        from multigan.notebook.time_travel import TimeTravel
    display(TimeTravel(chosen_run(args)))
