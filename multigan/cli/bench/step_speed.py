"""`multigan bench step`: how long a recipe's training step takes here."""

from argparse import ArgumentParser, Namespace

from multigan.cli.bench.timing import add_recipe, add_timing, report, timed

SUMMARY = "Time a recipe's training steps; nothing is written."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the recipe and how many steps are timed."""
    add_recipe(parser)
    add_timing(parser, 50, "steps")


def run(args: Namespace) -> None:
    """Builds the recipe's trainer and times its steps."""
    from multigan.core.engine import Engine
    from multigan.runs.assemble import build_parts, build_trainer, load_data
    from multigan.terminal.resolving import resolve

    recipe = resolve(args)
    engine = Engine(args.device, recipe.precision, recipe.deterministic)
    trainer = build_trainer(recipe, build_parts(recipe, load_data(recipe), engine), engine)
    seconds = timed(trainer.step, args.turns, engine.device)
    report(args, f"a step of {recipe.name}", seconds, recipe.batch_size, engine.device)
