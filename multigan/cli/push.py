"""`multigan push`: a trained generator on the Hugging Face Hub, with a model card."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from multigan.cli.commands import add_device, add_generator
from multigan.cli.sample import add_checkpoint

SUMMARY = "Put a trained generator on the Hugging Face Hub, with a model card."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what to put where, and what the card says."""
    add_generator(parser)
    parser.add_argument("repository", metavar="OWNER/NAME", help="where to, on the Hub")
    add_checkpoint(parser)
    parser.add_argument("--private", action="store_true", help="make a repository nobody else sees")
    parser.add_argument("--license", default="", help="as the Hub names it, e.g. mit")
    parser.add_argument(
        "--evaluation", type=Path, metavar="FILE", help="what `multigan evaluate --json` printed"
    )
    parser.add_argument(
        "--folder", type=Path, help="write all of it into this folder instead, to be looked at"
    )
    add_device(parser)


def run(args: Namespace) -> None:
    """Writes the pipeline, the card and some samples, and prints where."""
    from multigan.export.giving import give
    from multigan.export.origin import origin_of
    from multigan.terminal.sample_files import open_pipeline

    place = give(
        open_pipeline(args).to("cpu"),
        args.repository,
        origin=origin_of(args),
        results=_results(args.evaluation),
        license=args.license,
        private=args.private,
        folder=args.folder,
    )
    print(place)


def _results(file: Path | None) -> list[dict[str, Any]]:
    from multigan.errors import ConfigError
    from multigan.files import read_json

    if file is None:
        return []
    try:
        found = read_json(file)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from None
    if not isinstance(found, list) or not all(isinstance(r, dict) and "value" in r for r in found):
        raise ConfigError(f"{file} is not what `multigan evaluate RUN --json` prints.")
    return found
