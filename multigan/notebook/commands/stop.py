"""`%multigan stop`: stop the current run, or another."""

from argparse import ArgumentParser, Namespace

from multigan.notebook.manners import add_optional_run

SUMMARY = "Stop a run after the step in progress, and wait for its checkpoint."
PATIENCE_SECONDS = 60.0


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run."""
    add_optional_run(parser)


def run(args: Namespace) -> None:
    """Stops the run and says how it stands."""
    from multigan.notebook import stills
    from multigan.notebook.asking import ask
    from multigan.notebook.showing import chosen_run

    chosen = chosen_run(args)
    ask(chosen, "stop")
    chosen.wait(PATIENCE_SECONDS)
    print(stills.headline(chosen))
