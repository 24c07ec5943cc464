"""How a run begins in a notebook: on a thread, waited for, or in a process of its own."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multigan.errors import ConfigError
from multigan.notebook.background import Training
from multigan.notebook.detached import launch
from multigan.notebook.manners import add_manner, add_waiting
from multigan.notebook.opening import Opening, hold_when_open
from multigan.notebook.publishing import HERTZ, PUBLISHER
from multigan.notebook.showing import hold, in_terminal, show
from multigan.notebook.values import NotebookObject

if TYPE_CHECKING:
    from multigan.runs.session import Session


def begin(args: Namespace, prepare: "Callable[..., Session]", *, name: str) -> None:
    """Trains a session on its own thread and shows it; a page sees it before it is loaded.

    Args:
        args: Of a command that trains.
        prepare: Opens the session: `start` or `resume`, given all but how to talk.
        name: What is shown until the run has its own name.

    Raises:
        ConfigError: A kernel is one process, and several are asked for.
    """
    for option in ("gpus", "processes", "resume_or_start"):
        if getattr(args, option, None) is not None:
            asked = option.replace("_", "-")
            raise ConfigError(f"A kernel is one process: use --{asked} together with --detach.")
    if args.json or in_terminal(args.shell):
        _begin_in_terminal(args, prepare)
        return
    opening = Opening(name, prepare)
    view = show(opening, plain=args.plain)
    opening.start()
    if args.wait:
        _wait(opening, view, lambda training: hold(args, training.run))
    else:
        hold_when_open(args.shell, opening, lambda training: hold(args, training.run))


def _begin_in_terminal(args: Namespace, prepare: "Callable[..., Session]") -> None:
    from multigan.terminal.training import train_session

    def opened(**talk: Any) -> "Session":
        session = prepare(**talk)
        hold(args, session.run)
        return session

    if args.json or args.wait:
        train_session(opened, as_json=args.json)
        return
    session = opened(on_note=print)
    for note in session.notes:
        print(note)
    training = Training(session).start()
    print(f"Training {training.run.path} in the background: %multigan stop ends it.")


def _wait(opening: Opening, view: Any, take: Callable[[Training], None]) -> None:
    """Blocks until the training has ended; this thread brings the view up to date meanwhile.

    Where a page takes updates from the cell's own thread alone, this is the way to have any.
    """
    PUBLISHER.remove(view)
    training = None
    try:
        while not opening.is_over:
            view.push()
            time.sleep(1 / HERTZ)
        training = opening.wait()
        take(training)
        while not training.wait(1 / HERTZ):
            view.push()
    except KeyboardInterrupt:
        if training is not None:
            training.stop()
            training.wait()
    finally:
        view.push()
        PUBLISHER.add(view)
    if training is not None and training.error is not None:
        raise training.error


def detach(args: Namespace, root: Path) -> None:
    """Trains in a process of its own, by the same words, and shows the run.

    Raises:
        ConfigError: The words hold an object, which no other process can see.
    """
    ours = ArgumentParser(add_help=False)
    add_manner(ours)
    add_waiting(ours)
    words = ours.parse_known_args(args.words)[1]
    for word in words:
        if isinstance(word, NotebookObject):
            raise ConfigError(
                f"Another process cannot see {word}. Save it to a file, or leave out --detach."
            )
    from multigan.runs.run import Run

    run = Run(launch(words, root).path)
    hold(args, run)
    print(f"Training {run.path} in a process of its own.")
    if not in_terminal(args.shell):
        show(run, plain=args.plain)
