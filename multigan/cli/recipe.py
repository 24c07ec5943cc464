"""`multigan recipe`: a recipe as a file to change and train from."""

from argparse import ArgumentParser, Namespace

from multigan.cli.commands import add_json, add_plugin

SUMMARY = "Print a recipe as YAML, with what each setting is for: multigan recipe NAME > mine.yaml"


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the recipe."""
    parser.add_argument("name", metavar="RECIPE", help="see `multigan recipes`")
    add_plugin(parser)
    add_json(parser, "print JSON instead of YAML")


def run(args: Namespace) -> None:
    """Prints all of it."""
    from multigan.modalities.recipe_file import write_recipe
    from multigan.modalities.recipes import recipe
    from multigan.terminal.output import print_json

    chosen = recipe(args.name)
    if args.json:
        print_json(chosen.to_json())
    else:
        print(*write_recipe(chosen), sep="\n")
