"""`multigan recipes`: what can be trained by name, and what can be set of it."""

from argparse import ArgumentParser, Namespace

from multigan.cli.commands import add_json, add_plugin

SUMMARY = "List the recipes, or show one."
COLUMNS = ["key", "value", "what it takes", "what it does"]


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the recipe to show."""
    parser.add_argument("name", nargs="?", metavar="RECIPE", help="show all that can be set of it")
    add_plugin(parser)
    add_json(parser)


def run(args: Namespace) -> None:
    """Prints all recipes, or all settings of one by the paths that `--set` takes."""
    from multigan.modalities.recipes import RECIPES, recipe
    from multigan.terminal.output import print_json, print_table
    from multigan.terminal.settings import settings

    if args.name is None:
        summaries = {name: make().summary for name, make in RECIPES.items()}
        if args.json:
            print_json(summaries)
        else:
            print_table(["recipe", "summary"], list(summaries.items()))
        return
    chosen = recipe(args.name)
    if args.json:
        print_json(chosen.to_json())
    else:
        print_table(COLUMNS, list(settings(chosen)))
