"""Every loss with every penalty on a ring and a grid of Gaussians: `multigan bench modes`."""

from benchmarks.common.frame import make_parser
from multigan.cli.bench import modes


def main() -> None:
    """Reads the options and runs the bench, as the command of the package does."""
    parser = make_parser(__doc__)
    modes.add_arguments(parser)
    modes.run(parser.parse_args())
