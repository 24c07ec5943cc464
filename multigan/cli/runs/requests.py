"""`multigan runs stop|pause|continue|checkpoint`: ask something of a run that is being trained."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from multigan.cli.commands import add_run, find_folder

if TYPE_CHECKING:
    from multigan.runs.folder import RunFolder


@dataclass(frozen=True)
class Request:
    """One thing to ask.

    Attributes:
        SUMMARY: What it is for.
        asks: What `RunFolder.request` is given.
        answer: What the person reads, after the run's name.
    """

    SUMMARY: str
    answer: str
    asks: dict[str, Any] = field(default_factory=dict)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds the run."""
        add_run(parser)

    def run(self, args: Namespace) -> None:
        """Asks, if somebody is there to hear it.

        Raises:
            RunError: Nobody is training the run.
        """
        folder = find_folder(args)
        check_at_work(folder)
        folder.request(**self.asks)
        print(f"Run {folder.name} {self.answer}")


STOP = Request(
    "Stop a run after the step in progress.",
    "will stop after a checkpoint.",
    {"want": "stop"},
)
PAUSE = Request(
    "Let a run wait.",
    "will pause after a checkpoint.",
    {"want": "pause"},
)
CONTINUE = Request(
    "Let a paused run go on.",
    "goes on.",
    {"want": "run"},
)
CHECKPOINT = Request(
    "Have a run save a checkpoint now.",
    "will save a checkpoint now.",
    {"checkpoint": True},
)


def check_at_work(run: "RunFolder") -> None:
    """Raises a `RunError` with the next thing to do if nobody is training the run."""
    from multigan.errors import RunError
    from multigan.runs.folder import AT_WORK

    status = run.status()
    if status["state"] not in AT_WORK:
        further = " --steps N" if status["state"] == "finished" else ""
        raise RunError(
            f"Run {run.name} is not being trained: it is {status['state']} at step "
            f"{status.get('step', 0)}. To go on: multigan resume {run.path}{further}"
        )
