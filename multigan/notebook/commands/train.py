"""`%multigan train`: in the background, with a dashboard."""

from argparse import ArgumentParser, Namespace
from functools import partial
from typing import Any

from multigan.cli import train
from multigan.notebook.manners import add_manner, add_waiting
from multigan.notebook.values import given_value

SUMMARY = train.SUMMARY


def add_arguments(parser: ArgumentParser) -> None:
    """Adds what the shell's command takes, and what a notebook does with it."""
    train.add_arguments(parser)
    add_manner(parser)
    add_waiting(parser)


def run(args: Namespace) -> None:
    """Trains, or says what would be trained."""
    from multigan.config import GIVEN_IN_PYTHON, Recipe
    from multigan.notebook.beginning import begin, detach
    from multigan.runs.session import start
    from multigan.terminal.dry_run import describe
    from multigan.terminal.resolving import planned

    if args.detach:
        detach(args, args.out)
        return
    data: Any = given_value(args.data)
    if data is not None:
        args.data = GIVEN_IN_PYTHON
    given = given_value(args.recipe)
    plan = planned(args, given if isinstance(given, Recipe) else None)
    for reason in plan.reasons:
        print(f"Chosen: {reason}.")
    if args.dry_run:
        describe(plan.recipe, left=plan.left, device=args.device, as_json=args.json)
        return
    prepare = partial(
        start,
        plan.recipe,
        left=plan.left,
        data=data,
        out=args.out,
        device=args.device,
        command=args.typed,
    )
    begin(args, prepare)
