"""`multigan runs heal`: do what the doctor suggests for a run."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_device, add_json, add_run

if TYPE_CHECKING:
    from multigan.runs.run import Run

SUMMARY = "Do what the doctor suggests: turn knobs, or begin a new run from a healthy checkpoint."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run and which of its remedies to take."""
    add_run(parser)
    parser.add_argument("--remedy", metavar="NAME", help="which one (that of the worst finding)")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what is wrong and what would be done"
    )
    add_device(parser)
    add_json(parser, "print one object per logged row of a new run")


def run(args: Namespace) -> None:
    """Turns knobs of a run, or trains a new one that takes over its weights.

    Raises:
        RunError: The run is well, was not inspected, or is at work and needs a new run.
    """
    from multigan.runs.folder import AT_WORK
    from multigan.runs.heal import suggested
    from multigan.runs.run import Run
    from multigan.terminal.output import remark

    sick = Run.find(args.run_name, args.runs)
    finding, remedy = suggested(sick, args.remedy)
    remark(f"{finding['severity']}: {finding['text']}")
    remark(f"{remedy['name']}: {remedy['text']}")
    if args.dry_run:
        return
    if remedy["needs_fork"]:
        _train_anew(sick, remedy, args)
        return
    sick.request(set=remedy.get("knobs"))
    if sick.status()["state"] in AT_WORK:
        remark(f"Run {sick.name} turns them while it trains.")
    else:
        remark(f"Run {sick.name} is not at work. It takes them over: multigan resume {sick.path}")


def _train_anew(sick: "Run", remedy: dict[str, Any], args: Namespace) -> None:
    from functools import partial

    from multigan.runs.heal import begin_again
    from multigan.terminal.training import train_session

    prepare = partial(begin_again, sick, remedy, device=args.device)
    train_session(prepare, as_json=args.json)
