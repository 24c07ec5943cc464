"""`multigan runs show`: all that is known of one run."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_json, add_run, find_folder

if TYPE_CHECKING:
    from multigan.runs.folder import RunFolder

SUMMARY = "Show one run."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run."""
    add_run(parser)
    add_json(parser)


def run(args: Namespace) -> None:
    """Prints how the run stands, what can be turned, and what it left."""
    from multigan.report.formatting import flat
    from multigan.terminal.output import print_json, print_table

    described = describe(find_folder(args))
    if args.json:
        print_json(described)
    else:
        print_table(["what", "value"], list(flat(described).items()))


def describe(run: "RunFolder") -> dict[str, Any]:
    """Returns what a program wants to know of a run."""
    from multigan.cli.runs.listing import facts

    folders = [str(folder) for folder in run.checkpoint_folders()]
    previews = run.sample_files()
    report = run.report_file
    return {
        **facts(run),
        "checkpoints": folders,
        "samples": str(previews[-1]) if previews else None,
        "pipeline": str(run.pipeline_folder) if run.pipeline_folder.is_dir() else None,
        "report": str(report) if report.is_file() else None,
        "parent": run.parent() or None,
        "damage": run.damage() or None,
    }
