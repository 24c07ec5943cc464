"""`%multigan train`: in the background, with a dashboard."""

from argparse import ArgumentParser, Namespace
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
    from multigan.terminal.resolving import adjusted, resolve

    if args.detach:
        detach(args, args.out)
        return
    data: Any = given_value(args.data)
    if data is not None:
        args.data = GIVEN_IN_PYTHON
    given = given_value(args.recipe)
    recipe = adjusted(given, args) if isinstance(given, Recipe) else resolve(args)
    if args.dry_run:
        from multigan.terminal.dry_run import describe

        describe(recipe, device=args.device, as_json=args.json)
        return
    given_args = {"data": data, "out": args.out, "device": args.device, "command": args.typed}
    begin(args, lambda **talk: _started(recipe, **given_args, **talk), name=recipe.name)


def _started(recipe: "Recipe", **options: Any) -> "Session":
    from multigan.runs.session import start

    return start(recipe, **options)
