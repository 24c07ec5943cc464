"""Benches that have left the package: the old command says the new one."""

import shlex
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass

from multigan.errors import ConfigError


@dataclass(frozen=True)
class Moved:
    """The command of a bench that is run from a clone of the repository."""

    name: str

    @property
    def SUMMARY(self) -> str:  # noqa: N802
        """Where it is now."""
        return f"Now `python -m benchmarks {self.name}`, in a clone of the repository."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes all words there may be."""
        parser.prefix_chars = "\0"  # so that none of them is an option that nobody knows
        parser.add_argument("words", nargs="*", metavar="...")

    def run(self, args: Namespace) -> None:
        """Says the new command.

        Raises:
            ConfigError: Always.
        """
        command = shlex.join(["python", "-m", "benchmarks", self.name, *args.words])
        raise ConfigError(f"This bench is now `{command}`, in a clone of the repository.")
