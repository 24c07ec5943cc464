"""`multigan page`: a living page of a trained generator, one HTML file that needs nothing else."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from multigan.cli.commands import add_device, add_generator
from multigan.cli.sample import add_checkpoint

SUMMARY = "Write a living page: the generator in one HTML file, to be opened and given away."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what to show, and how."""
    add_generator(parser)
    add_checkpoint(parser)
    parser.add_argument("--title", default="", help="what stands above it (the run's name)")
    parser.add_argument("--out", type=Path, help="file to write (the run's name, .html)")
    add_device(parser)


def run(args: Namespace) -> None:
    """Writes the page and prints its path."""
    from multigan.export.living_page import page
    from multigan.export.origin import origin_of
    from multigan.files import write_atomic
    from multigan.terminal.output import remark
    from multigan.terminal.sample_files import open_pipeline

    pipeline = open_pipeline(args).to("cpu")
    origin = origin_of(args)
    text = page(pipeline, title=args.title, about=origin.facts)
    print(write_atomic(args.out or Path(f"{origin.name}.html"), text))
    remark(f"{len(text) / 1e6:.1f} MB, everything in it: open it, send it, put it anywhere.")
