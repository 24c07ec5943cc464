"""`%multigan compare`: two runs side by side, on the same latents."""

from argparse import ArgumentParser, Namespace

from multigan.cli.commands import add_device, add_runs_root

SUMMARY = "Compare two runs, or two checkpoints, on the same latents."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the runs."""
    parser.add_argument("first", metavar="RUN", help="its number, name or path")
    parser.add_argument("others", metavar="RUN", help="what to compare it with")
    add_runs_root(parser)
    add_device(parser)


def run(args: Namespace) -> None:
    """Shows them."""
    from IPython.display import display

    from multigan.notebook.showing import need_anywidget
    from multigan.runs.run import Run

    with need_anywidget("Comparing runs"):
        from multigan.notebook.comparison import Compare
    runs = [Run.find(name, args.runs) for name in (args.first, args.others)]
    display(Compare(*runs, device=args.device))
