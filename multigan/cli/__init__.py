"""The command line: one file a command, each with its summary, its arguments and what it does."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from multigan import __version__
from multigan.cli import (
    augment,
    demo,
    doctor,
    evaluate,
    fork,
    inspect,
    play,
    recipes,
    resume,
    sample,
    stream_sound,
    train,
)
from multigan.cli.bench import BENCH
from multigan.cli.commands import Command, Group, add_commands
from multigan.cli.data import DATA
from multigan.cli.runs import RUNS
from multigan.core import heap
from multigan.errors import MultiganError, refusal

COMMANDS: dict[str, Command | Group] = {
    "demo": demo,
    "recipes": recipes,
    "train": train,
    "resume": resume,
    "fork": fork,
    "sample": sample,
    "play": play,
    "stream": stream_sound,
    "inspect": inspect,
    "evaluate": evaluate,
    "augment": augment,
    "runs": RUNS,
    "bench": BENCH,
    "data": DATA,
    "doctor": doctor,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code.

    0 is success, 1 an error of the user's or a refusal of the machine, said in one line, and 2 a
    command that cannot be read. Any other exception is a bug and keeps its traceback.
    """
    heap.keep_freed_memory()
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        args = make_parser().parse_args(words)
        args.typed = " ".join(["multigan", *words])  # a run's environment.json keeps it
    except SystemExit as ended:  # after --help, or after argparse has said what it cannot read
        return int(ended.code or 0)
    try:
        return _run(args)
    except MultiganError as error:
        return _fail(args, " ".join(str(error).split()))
    except KeyboardInterrupt:
        return _fail(args, "Interrupted.")
    except BrokenPipeError:  # whoever read the output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        refused = refusal(error)
        if refused is None:
            raise
        return _fail(args, refused)


def make_parser() -> ArgumentParser:
    """Returns the parser of the whole command line."""
    parser = ArgumentParser(
        prog="multigan",
        description="Train, watch, steer and sample generative adversarial networks.",
        epilog="Start with: multigan demo",
    )
    parser.add_argument("--version", action="version", version=f"multigan {__version__}")
    add_commands(parser, COMMANDS)
    return parser


def _run(args: Namespace) -> int:
    code = args.run(args)
    sys.stdout.flush()
    return code or 0


def _fail(args: Namespace, message: str) -> int:
    print(f"{args.prog}: {message}", file=sys.stderr)
    return 1
