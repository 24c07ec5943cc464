"""What a command is, and the arguments that several of them share."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, get_args

from multigan.config import Speed

if TYPE_CHECKING:
    from multigan.runs.folder import RunFolder


SPEEDS = (
    "eager; replay, from a trace once they repeat, to the same bits, as auto does; compiled, which "
    "takes a minute or more the first time"
)


class Command(Protocol):
    """A module of one command."""

    @property
    def SUMMARY(self) -> str:  # noqa: N802
        """One line for the list of commands."""
        ...

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds what the command takes."""
        ...

    def run(self, args: Namespace) -> int | None:
        """Does it; None stands for the exit code 0."""
        ...


@dataclass(frozen=True)
class Group:
    """Commands under one name, e.g. `multigan runs list`.

    Attributes:
        summary: What they are about.
        commands: By name.
    """

    summary: str
    commands: Mapping[str, Command]


def add_commands(parser: ArgumentParser, commands: Mapping[str, Command | Group]) -> None:
    """Adds a subcommand for each module, and for each group the same below its name."""
    adder = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in commands.items():
        summary = command.summary if isinstance(command, Group) else command.SUMMARY
        sub = adder.add_parser(name, help=summary, description=summary)
        if isinstance(command, Group):
            add_commands(sub, command.commands)
        else:
            sub.set_defaults(run=partial(_run, command), prog=sub.prog)
            command.add_arguments(sub)


def _run(command: Command, args: Namespace) -> int | None:
    """Does what a command does, with the plug-ins that were named."""
    from multigan.imports.plugins import load_plugin

    # The recipe names those that are given, also one whose names it does not use.
    args.plugins = [load_plugin(plugin) for plugin in getattr(args, "plugin", ())]
    return command.run(args)


def add_run(parser: ArgumentParser, *, nargs: str | None = None) -> None:
    """Adds RUN, or several, and where runs are found."""
    parser.add_argument("run_name", nargs=nargs, metavar="RUN", help="its number, name or path")
    add_runs_root(parser)


def add_generator(parser: ArgumentParser) -> None:
    """Adds RUN where a saved pipeline does as well, and where runs are found."""
    parser.add_argument(
        "run_name",
        metavar="RUN",
        help="its number, name or path; or a saved pipeline: its folder, gallery/NAME (see "
        "`multigan gallery`), or OWNER/NAME on the Hub",
    )
    add_runs_root(parser)


def add_runs_root(parser: ArgumentParser) -> None:
    """Adds the folder in which runs are found by number and name."""
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), help="where runs are found (default: runs)"
    )


def add_speed(parser: ArgumentParser) -> None:
    """Adds how moves are played."""
    parser.add_argument("--speed", choices=get_args(Speed), help=f"how moves are played: {SPEEDS}")


def add_device(parser: ArgumentParser) -> None:
    """Adds where to compute, and with what code of one's own."""
    parser.add_argument("--device", default="auto", help="auto (the default), cpu, cuda or mps")
    add_plugin(parser)


def add_processes(parser: ArgumentParser) -> None:
    """Adds in how many processes to train."""
    how_many = parser.add_mutually_exclusive_group()
    how_many.add_argument(
        "--gpus", type=_count, metavar="N", help="train on N of this machine's GPUs"
    )
    how_many.add_argument(
        "--processes", type=_count, metavar="N", help="train in N processes, e.g. on the CPU"
    )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


_count.__name__ = "whole number of at least 1"  # argparse says: invalid ... value


def add_plugin(parser: ArgumentParser) -> None:
    """Adds code of one's own."""
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        metavar="FILE|MODULE",
        help="run this Python first, which registers networks, data and so on of your own; runs "
        "remember it, and you need not name it again until it changes; may be given often",
    )


def add_config(parser: ArgumentParser) -> None:
    """Adds a file of settings."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="settings in YAML, TOML or JSON; what they leave out is the recipe's that they name "
        "(multigan recipe NAME > mine.yaml)",
    )


def add_amount(parser: ArgumentParser) -> None:
    """Adds how large samples are, and how long there is to train."""
    parser.add_argument(
        "--size", type=int, help="of a sample: pixels, samples of sound or tokens (what suits)"
    )
    parser.add_argument(
        "--minutes",
        type=float,
        help="how long to train, from steps timed here; schedules end with it (10 for data alone)",
    )


def add_data(parser: ArgumentParser) -> None:
    """Adds where the run's data is, should it be elsewhere than when the run began."""
    parser.add_argument("--data", metavar="PATH", help="where the run's data is, if it has moved")


def add_json(parser: ArgumentParser, what: str = "print JSON, for programs") -> None:
    """Adds the switch to JSON."""
    parser.add_argument("--json", action="store_true", help=what)


def find_folder(args: Namespace) -> "RunFolder":
    """Returns the folder of the run that was named.

    Raises:
        RunError: There is none.
    """
    from multigan.runs.folder import find_run

    return find_run(args.run_name, args.runs)
