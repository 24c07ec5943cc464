"""`multigan bench data`: how fast batches come from a data set here."""

from argparse import ArgumentParser, Namespace

from multigan.cli.bench.timing import add_recipe, add_timing, report, timed

SUMMARY = "Time the batches of a data set, loaded and encoded as a recipe does; no network trains."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the recipe, which says how data is read, and how many batches are timed."""
    add_recipe(parser)
    add_timing(parser, 100, "batches")


def run(args: Namespace) -> None:
    """Loads the data, which is timed apart, then takes batches from it."""
    import time

    from multigan.core.engine import Engine
    from multigan.data.stream import Stream
    from multigan.runs.assemble import build_parts, load_data
    from multigan.terminal.output import remark
    from multigan.terminal.resolving import resolve

    recipe = resolve(args)
    engine, begun = Engine(args.device), time.perf_counter()
    data = load_data(recipe)
    remark(f"{data.report.summary()} Loading took {time.perf_counter() - begun:.2f} s.")
    modality = build_parts(recipe, data, engine).modality
    batches = Stream(
        data.source, modality.encode, recipe.batch_size, device=engine.device
    ).batches()
    seconds = timed(lambda: next(batches), args.turns, engine.device)
    report(args, f"a batch of {recipe.batch_size}", seconds, recipe.batch_size, engine.device)
