"""`%multigan train`: in the background, with a dashboard."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from multigan.cli import train
from multigan.notebook.manners import add_manner, add_waiting
from multigan.notebook.values import given_value

if TYPE_CHECKING:
    from multigan.config import Recipe
    from multigan.runs.session import Session

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
    from multigan.terminal.resolving import said_at_once

    if args.detach:
        detach(args, args.out)
        return
    data: Any = given_value(args.data)
    if data is not None:
        args.data = GIVEN_IN_PYTHON
    given = given_value(args.recipe)
    given = given if isinstance(given, Recipe) else None
    name = said_at_once(args, given)
    if args.dry_run:
        _describe(args, given)
        return
    begin(args, lambda **talk: _started(args, given, data, **talk), name=name)


def _describe(args: Namespace, given: "Recipe | None") -> None:
    from multigan.terminal.dry_run import describe
    from multigan.terminal.resolving import planned

    plan = planned(args, given)
    for reason in plan.reasons:
        print(f"Chosen: {reason}.")
    describe(plan.recipe, left=plan.left, device=args.device, as_json=args.json)


def _started(
    args: Namespace,
    given: "Recipe | None",
    data: Any,
    *,
    on_note: Callable[[str], None] = lambda note: None,
    **talk: Any,
) -> "Session":
    from multigan.runs.session import start
    from multigan.terminal.resolving import planned

    plan = planned(args, given)
    for reason in plan.reasons:
        on_note(f"Chosen: {reason}.")
    return start(
        plan.recipe,
        left=plan.left,
        data=data,
        out=args.out,
        device=args.device,
        command=args.typed,
        on_note=on_note,
        **talk,
    )
