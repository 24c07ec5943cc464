"""The command line is tried in this process, on real runs as small as they come."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from multigan.cli import main

TINY = ("--set", "generator.width=4", "--set", "discriminator.width=4", "--set", "batch_size=8")
STEPS = 4


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def multigan(capsys) -> Callable[..., Said]:
    """Runs a command: `multigan("runs", "list")`."""

    def call(*argv: object) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in argv])
        return Said(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def trained(tmp_path_factory) -> Path:
    """The folder of a run that has finished; tests leave it as it is."""
    root = tmp_path_factory.mktemp("runs")
    every = ("--set", "log_every=1", "--set", "look_every=2", "--set", "checkpoint_every=2")
    assert main(["train", "digits", "--steps", str(STEPS), "--out", str(root), *TINY, *every]) == 0
    return root / "0001-digits"
