"""`multigan train`: train a recipe."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from multigan.cli.commands import (
    add_amount,
    add_config,
    add_device,
    add_json,
    add_processes,
    add_speed,
)

SUMMARY = "Train on your data, or a recipe."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the recipe and what is to be different about it."""
    parser.add_argument(
        "recipe",
        nargs="?",
        metavar="DATA|RECIPE",
        help="a file or folder, whose kind, recipe, size and conditions are told from it; or a "
        "recipe, see `multigan recipes`, or a file of one",
    )
    parser.add_argument("--data", help="what to train on: a file or folder, or a name on the Hub")
    parser.add_argument("--recipe", dest="chosen", metavar="NAME", help="train data with this one")
    add_config(parser)
    add_amount(parser)
    parser.add_argument("--steps", type=int, help="how long to train, instead of --minutes")
    parser.add_argument("--seed", type=int, help="decides every random draw")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change the recipe, e.g. generator.width=64; may be given often",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("runs"), help="where the run's folder is made (runs)"
    )
    add_speed(parser)
    add_device(parser)
    add_processes(parser)
    parser.add_argument(
        "--resume-or-start",
        metavar="NAME",
        help="go on with the newest run called NAME under --out, or begin it: for batch systems",
    )
    parser.add_argument(
        "--heal", action="store_true", help="do what the doctor suggests, in new runs if need be"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="load and build everything, write nothing"
    )
    add_json(parser, "print one object per logged row; with --dry-run, the recipe")


def run(args: Namespace) -> int | None:
    """Trains, or says what would be trained."""
    from multigan.runs.heal import MOST_FORKS, begin_again, wanted
    from multigan.terminal.dry_run import describe
    from multigan.terminal.launching import launch, wanted_processes
    from multigan.terminal.output import remark, say
    from multigan.terminal.resolving import planned, prepared_train
    from multigan.terminal.training import train_session

    plan = planned(args)
    for reason in plan.reasons:
        (remark if args.json else say)(f"Chosen: {reason}.")
    if args.dry_run:
        describe(plan.recipe, left=plan.left, device=args.device, as_json=args.json)
        return None
    if count := wanted_processes(args):
        return launch(args.words, count)
    prepared = prepared_train(args, plan)
    if prepared is None:
        return None
    trained = train_session(prepared, as_json=args.json)
    for _ in range(MOST_FORKS):
        remedy = wanted(trained)
        if remedy is None:
            break
        again = partial(begin_again, trained, remedy, device=args.device)
        trained = train_session(again, as_json=args.json)
    return None
