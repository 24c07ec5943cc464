"""`%multigan explore`: a generator under one's hands."""

from argparse import ArgumentParser, Namespace

from multigan.cli.commands import add_device
from multigan.notebook.manners import add_optional_run

SUMMARY = "Explore what a run's generator, or one of the gallery, makes, by hand."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run, or a saved pipeline."""
    add_optional_run(parser)
    parser.add_argument("--plain", action="store_true", help="show it with plain ipywidgets")
    add_device(parser)


def run(args: Namespace) -> None:
    """Shows the explorer."""
    from IPython.display import display

    from multigan.notebook.showing import chosen_run, explorer_of
    from multigan.notebook.values import given_value
    from multigan.sampling.locate import is_pipeline_name

    source = given_value(args.run_name)
    if source is None and args.run_name is not None:
        source = args.run_name if is_pipeline_name(args.run_name) else None
    source = chosen_run(args) if source is None else source
    display(explorer_of(source, plain=args.plain, device=args.device))
