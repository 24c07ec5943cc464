"""`multigan recipes`: what can be trained by name."""

from argparse import ArgumentParser, Namespace

from multigan.cli.commands import add_json

SUMMARY = "List the recipes, or show one."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the recipe to show."""
    parser.add_argument("name", nargs="?", metavar="RECIPE", help="show all that this one says")
    add_json(parser)


def run(args: Namespace) -> None:
    """Prints all recipes, or one by the paths that `--set` takes."""
    from multigan.modalities.recipes import RECIPES, recipe
    from multigan.report.tables import flat
    from multigan.terminal.output import print_json, print_table

    if args.name is None:
        summaries = {name: make().summary for name, make in RECIPES.items()}
        if args.json:
            print_json(summaries)
        else:
            print_table(["recipe", "summary"], list(summaries.items()))
        return
    tree = recipe(args.name).to_json()
    if args.json:
        print_json(tree)
    else:
        print_table(["key", "value"], list(flat(tree).items()))
