"""Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 end training after a whole step, with a checkpoint."""

import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from multigan.core.trainer import Trainer

# A terminal that closes sends SIGHUP; batch systems announce the end with SIGUSR1 or SIGTERM.
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1")
URGENT = ("SIGINT", "SIGTERM")  # who sends them again does not want to wait
SAME_WISH_SECONDS = 1.0  # a shell, a batch system and torchrun may all pass one wish on


@contextmanager
def stopping_on_signals(trainer: Trainer) -> Iterator[None]:
    """Turns the first signal into a stop after the step; a second Ctrl-C is an error.

    Signals within a second of the first are the same wish. SIGHUP stays ignored under `nohup`.
    """
    asked_at: list[float] = []

    def stop(number: int, frame: Any) -> None:
        name = signal.Signals(number).name
        if trainer.stop_reason is None:
            trainer.stop(name)
        elif asked_at and name in URGENT and time.monotonic() - asked_at[0] > SAME_WISH_SECONDS:
            raise KeyboardInterrupt
        asked_at.append(time.monotonic())

    with heeding(stop, even_ignored=URGENT):
        yield


@contextmanager
def heeding(
    handler: Callable[[int, Any], None], *, even_ignored: Collection[str] = ()
) -> Iterator[None]:
    """Calls `handler(number, frame)` for each of the signals, as long as the block lasts.

    Those that whoever started the process has told it to ignore stay so, but `even_ignored`.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread: a notebook's kernel handles its own
        return
    found = [signal.Signals[name] for name in NAMES if name in signal.Signals.__members__]
    ignored = [one for one in found if signal.getsignal(one) == signal.SIG_IGN]
    heeded = [one for one in found if one not in ignored or one.name in even_ignored]
    before = {number: signal.signal(number, handler) for number in heeded}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
