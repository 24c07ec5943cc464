"""The command line's own parsers, with the manners of a notebook."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from IPython.core.error import UsageError

from multigan.cli import COMMANDS
from multigan.cli.commands import Command, Group, add_commands
from multigan.notebook import commands

PROGRAM = "%multigan"


class HelpPrinted(Exception):  # noqa: N818
    """The parser itself has answered, as it does after -h."""


class NotebookParser(ArgumentParser):
    """A parser whose errors are one line in the cell, and which never ends the process."""

    def error(self, message: str) -> NoReturn:
        """Says what cannot be read, and how to find out more."""
        raise UsageError(f"{self.prog}: {message}. Help: {self.prog} -h")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Goes back to the cell."""
        raise HelpPrinted


def make_parser() -> NotebookParser:
    """Returns the parser of `%multigan`: all that the shell has, and what only notebooks have."""
    parser = NotebookParser(
        prog=PROGRAM,
        description="Train, watch, steer and sample generative adversarial networks.",
        epilog="Start with: %multigan train digits    $name passes a value of the notebook's.",
    )
    add_commands(parser, all_commands())
    return parser


def all_commands() -> dict[str, Command | Group]:
    """Returns every command by name."""
    return {**COMMANDS, **commands.NOTEBOOK}


@dataclass(frozen=True)
class Option:
    """An option that waits for its value: its long name, and the values that it may have."""

    name: str
    choices: list[str]


@dataclass(frozen=True)
class Choice:
    """What may be typed after some words.

    Attributes:
        commands: The names of commands.
        options: Long options.
        wanted: The positional arguments that the command takes, by argparse's name.
        value: The option whose value comes next, if the last word is one.
    """

    commands: list[str]
    options: list[str]
    wanted: list[str]
    value: Option | None = None


def choices_after(words: Sequence[str]) -> Choice:
    """Returns what may follow complete words, e.g. `["runs"]` or `["train", "digits"]`."""
    parser: ArgumentParser = make_parser()
    for word in words:
        subcommands = _subcommands(parser)
        if word not in subcommands:
            break
        parser = subcommands[word]
    options = [
        option
        for action in parser._actions
        for option in action.option_strings
        if option.startswith("--")
    ]
    wanted = [action.dest for action in parser._actions if not action.option_strings]
    subcommands = _subcommands(parser)
    value = _waiting_option(parser, words[-1]) if words else None
    return Choice(list(subcommands), options, [] if subcommands else wanted, value)


def _waiting_option(parser: ArgumentParser, word: str) -> Option | None:
    for action in parser._actions:
        if word in action.option_strings and action.nargs is None:
            return Option(word, [str(choice) for choice in action.choices or ()])
    return None


def _subcommands(parser: ArgumentParser) -> dict[str, Any]:
    """Returns the parsers of subcommands; argparse has no public way to ask for them."""
    found: Iterator[Any] = (a.choices for a in parser._actions if a.nargs == "A...")
    return dict(next(found, {}))


def parse(words: Sequence[str]) -> Namespace:
    """Returns the arguments.

    Raises:
        UsageError: They cannot be read.
        Answered: They asked for help, which has been printed.
    """
    args = make_parser().parse_args(list(words))
    args.typed = " ".join([PROGRAM, *words])
    args.words = list(words)  # for the process that --detach starts
    return args
