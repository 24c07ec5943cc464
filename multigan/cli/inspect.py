"""`multigan inspect`: the round-trip error of each representation on one's own sounds."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from multigan.cli.commands import add_json, add_plugin

OWN_SOUNDS = "speech"  # the recipe that README trains on recordings
SUMMARY = "Measure the round-trip error of each representation of your sounds, before training."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what to inspect and where to write the page."""
    parser.add_argument("data", metavar="DATA", help="sounds: a folder, zip, Parquet or Hub name")
    parser.add_argument(
        "--recipe",
        default=OWN_SOUNDS,
        metavar="NAME",
        help=f"read the sounds as `multigan train` of this recipe would ({OWN_SOUNDS})",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="changes",
        metavar="NAME=VALUE",
        help="an option of the loader, e.g. length=8192 or sample_rate=16000",
    )
    parser.add_argument(
        "--representations",
        nargs="+",
        default=[],
        metavar="NAME",
        help="which ones, with options if need be: mel log_magnitude_if:n_fft=512,hop_length=128 "
        "(all that there are)",
    )
    parser.add_argument("--clips", type=int, default=64, help="how many clips (64)")
    parser.add_argument(
        "--out", type=Path, default=Path("inspection.html"), help="the page (inspection.html)"
    )
    add_plugin(parser)
    add_json(parser)


def run(args: Namespace) -> None:
    """Prints a row for each representation, and writes a page with pictures and players."""
    from multigan.config import parse_changes
    from multigan.errors import ConfigError
    from multigan.modalities.audio.inspection import (
        COLUMNS,
        REPRESENTATIONS,
        inspect_sounds,
        named_representation,
        write_inspection,
    )
    from multigan.modalities.recipes import recipe
    from multigan.terminal.output import print_json, print_table, remark

    options = {
        name.removeprefix("data."): value for name, value in parse_changes(args.changes).items()
    }
    chosen = recipe(args.recipe).with_data(args.data)
    if chosen.modality != "audio":
        raise ConfigError(
            f"The recipe {args.recipe} is for {chosen.modality}. Name one for sounds."
        )
    options = {**chosen.data.options, **options}
    own = {} if chosen.representation is None else {args.recipe: chosen.representation}
    asked = {text: named_representation(text) for text in args.representations}
    inspected = inspect_sounds(
        chosen.data.name,
        options,
        representations=asked or {**own, **REPRESENTATIONS},
        clips=args.clips,
    )
    read = ", ".join(f"{name}={value}" for name, value in options.items()) or "no options"
    remark(f"Read as `multigan train {args.recipe}` would with {read}; others: --recipe NAME.")
    remark(inspected.data.report.summary())
    if args.json:
        print_json([trip.to_json() for trip in inspected.trips])
    else:
        print_table(COLUMNS, [trip.row() for trip in inspected.trips])
    for name, reason in inspected.refused.items():
        remark(f"{name} does not suit these sounds: {reason}")
    remark(f"Pictures and players: {write_inspection(inspected, args.out)}")
