"""`multigan train`: train a recipe."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_device, add_json

if TYPE_CHECKING:
    from multigan.config import Recipe

SUMMARY = "Train a recipe."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the recipe and what is to be different about it."""
    parser.add_argument("recipe", metavar="RECIPE", help="see `multigan recipes`; or a recipe.json")
    parser.add_argument("--data", help="what to train on: a file or folder, or a name on the Hub")
    parser.add_argument("--steps", type=int, help="how long to train")
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
    add_device(parser)
    parser.add_argument(
        "--heal", action="store_true", help="do what the doctor suggests, in new runs if need be"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="load and build everything, write nothing"
    )
    add_json(parser, "print one object per logged row; with --dry-run, the recipe")


def run(args: Namespace) -> None:
    """Trains, or says what would be trained."""
    from multigan.cli.training import train_session
    from multigan.runs.heal import MOST_FORKS, begin_again, wanted
    from multigan.runs.session import start

    recipe = resolve(args)
    if args.dry_run:
        describe_only(recipe, args)
        return
    trained = train_session(
        partial(start, recipe, out=args.out, device=args.device, command=args.typed),
        as_json=args.json,
    )
    for _ in range(MOST_FORKS):
        remedy = wanted(trained)
        if remedy is None:
            break
        again = partial(begin_again, trained, remedy, device=args.device)
        trained = train_session(again, as_json=args.json)


def describe_only(recipe: "Recipe", args: Namespace) -> None:
    """Says what would be trained."""
    from multigan.cli.dry_run import describe

    describe(recipe, device=args.device, as_json=args.json)


def resolve(args: Namespace) -> "Recipe":
    """Returns the recipe that was named, with all changes.

    Raises:
        ConfigError: There is no such recipe, or a change of it is wrong.
    """
    from multigan.modalities.recipes import recipe

    is_file = args.recipe.endswith(".json")
    return adjusted(_read(Path(args.recipe)) if is_file else recipe(args.recipe), args)


def adjusted(chosen: "Recipe", args: Namespace) -> "Recipe":
    """Returns a recipe with the changes that were asked for.

    Raises:
        ConfigError: A change is wrong.
    """
    from multigan.config import parse_changes

    if args.data is not None:
        chosen = chosen.with_data(args.data)
    asked: dict[str, Any] = {"steps": args.steps, "seed": args.seed}
    changes = {name: value for name, value in asked.items() if value is not None}
    if getattr(args, "heal", False):  # other commands adjust recipes, too
        changes["heal"] = True
    return chosen.changed(changes | parse_changes(args.set))


def _read(path: Path) -> "Recipe":
    from multigan.config import Recipe
    from multigan.errors import ConfigError
    from multigan.files import read_json

    try:
        return Recipe.from_json(read_json(path))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"The recipe {path} cannot be read: {error}") from None
