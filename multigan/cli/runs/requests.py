"""`multigan runs stop|pause|continue|checkpoint`: ask something of a run that is being trained."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass

from multigan.cli.commands import add_run, find_folder


@dataclass(frozen=True)
class Request:
    """One thing to ask.

    Attributes:
        SUMMARY: What it is for.
        action: Its name in `REQUESTS`.
        answer: What the person reads, after the run's name.
    """

    SUMMARY: str
    action: str
    answer: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds the run."""
        add_run(parser)

    def run(self, args: Namespace) -> None:
        """Asks, if somebody is there to hear it.

        Raises:
            RunError: Nobody is training the run.
        """
        from multigan.runs.steering import REQUESTS, check_at_work

        folder = find_folder(args)
        check_at_work(folder)
        folder.request(**REQUESTS[self.action])
        print(f"Run {folder.name} {self.answer}")


STOP = Request("Stop a run after the step in progress.", "stop", "will stop after a checkpoint.")
PAUSE = Request("Let a run wait.", "pause", "will pause after a checkpoint.")
CONTINUE = Request("Let a paused run go on.", "continue", "goes on.")
CHECKPOINT = Request(
    "Have a run save a checkpoint now.", "checkpoint", "will save a checkpoint now."
)
