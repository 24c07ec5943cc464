"""What commands do otherwise in a notebook, and the commands that only a notebook has."""

from multigan.cli.commands import Command
from multigan.notebook import resuming, sampling, stopping, training, watching

NOTEBOOK: dict[str, Command] = {
    "train": training,
    "resume": resuming,
    "watch": watching,
    "stop": stopping,
    "sample": sampling,
}
