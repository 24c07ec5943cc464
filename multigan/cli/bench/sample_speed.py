"""`multigan bench sample`: how fast a trained run makes samples here."""

from argparse import ArgumentParser, Namespace

from multigan.cli.bench.timing import add_timing, report, timed
from multigan.cli.commands import add_run
from multigan.cli.sample import add_checkpoint

SUMMARY = "Time how a trained run makes samples, from latents to images, texts or sounds."


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the run, how many samples are made at once, and how often."""
    add_run(parser)
    add_checkpoint(parser)
    parser.add_argument("-n", "--num-samples", type=int, default=64, help="in each turn (64)")
    add_timing(parser, 20, "turns")


def run(args: Namespace) -> None:
    """Opens the run's pipeline and times it."""
    from multigan.terminal.sample_files import open_pipeline

    pipeline = open_pipeline(args)
    made = args.num_samples

    def make() -> None:
        pipeline(made, batch_size=made)

    seconds = timed(make, args.turns, pipeline.device)
    report(args, f"{made} samples of {args.run_name}", seconds, made, pipeline.device)
