"""What commands do otherwise in a notebook, and the commands that only a notebook has."""

from multigan.cli.commands import Command
from multigan.notebook.commands import (
    compare,
    explore,
    fork,
    resume,
    sample,
    stop,
    train,
    travel,
    watch,
)

NOTEBOOK: dict[str, Command] = {
    "train": train,
    "resume": resume,
    "fork": fork,
    "watch": watch,
    "stop": stop,
    "sample": sample,
    "explore": explore,
    "compare": compare,
    "travel": travel,
}
