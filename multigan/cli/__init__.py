"""The command line: one file a command, each with its summary, its arguments and what it does."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import suppress

from multigan import __version__
from multigan.cli import (
    augment,
    completion,
    demo,
    doctor,
    evaluate,
    export,
    fork,
    gallery,
    inspect,
    look,
    page,
    play,
    push,
    recipe,
    recipes,
    resume,
    sample,
    stream_sound,
    sweep,
    train,
    tune,
)
from multigan.cli.bench import BENCH
from multigan.cli.commands import Command, Group, add_commands
from multigan.cli.data import DATA
from multigan.cli.runs import RUNS
from multigan.core import heap
from multigan.errors import MultiganError, refusal

COMMANDS: dict[str, Command | Group] = {
    "demo": demo,
    "gallery": gallery,
    "recipes": recipes,
    "recipe": recipe,
    "look": look,
    "train": train,
    "resume": resume,
    "sweep": sweep,
    "fork": fork,
    "tune": tune,
    "sample": sample,
    "play": play,
    "stream": stream_sound,
    "inspect": inspect,
    "evaluate": evaluate,
    "augment": augment,
    "export": export,
    "page": page,
    "push": push,
    "runs": RUNS,
    "bench": BENCH,
    "data": DATA,
    "doctor": doctor,
    "completion": completion,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code.

    0 is success, 1 an error of the user's or a refusal of the machine, said in one line, and 2 a
    command that cannot be read. Any other exception is a bug and keeps its traceback.
    """
    heap.keep_freed_memory()
    _open_streams()
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        parser = make_parser()
        completion.complete_if_asked(parser)
        args = parser.parse_args(words)
        args.words = words
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
        _give_up_output()
        return 0
    except Exception as error:
        refused = refusal(error)
        if refused is None:
            raise
        if isinstance(error, OSError):
            _give_up_output()  # which may be what could not be written
        return _fail(args, refused)


def make_parser() -> ArgumentParser:
    """Returns the parser of the whole command line."""
    parser = ArgumentParser(
        prog="multigan",
        description="Train, watch, steer and sample generative adversarial networks.",
        epilog="Start with: multigan sample gallery/digits, or multigan demo",
    )
    parser.add_argument("--version", action="version", version=f"multigan {__version__}")
    add_commands(parser, COMMANDS)
    return parser


def _open_streams() -> None:
    """Opens what a caller has closed of input and output, before a file of ours gets its number.

    Who prints to a stdout that was closed is told so, as by any other command.
    """
    for name, mode, flags in (
        ("stdin", "r", os.O_RDONLY),
        ("stdout", "w", os.O_RDONLY),
        ("stderr", "w", os.O_WRONLY),
    ):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode))


def _give_up_output() -> None:
    """Lets nothing more be written to stdout, not even what waits to be, if it cannot be."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(args: Namespace) -> int:
    code = args.run(args)
    sys.stdout.flush()
    return code or 0


def _fail(args: Namespace, message: str) -> int:
    with suppress(OSError):  # nobody may be there to read it
        print(f"{args.prog}: {message}", file=sys.stderr, flush=True)
    return 1
