"""Ctrl-C and SIGTERM end training after a whole step."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from multigan.core.trainer import Trainer


@contextmanager
def stopping_on_signals(trainer: Trainer) -> Iterator[None]:
    """Turns the first Ctrl-C or SIGTERM into a stop after the step; the second is an error."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread: a notebook's kernel handles its own
        return

    def stop(number: int, frame: Any) -> None:
        if trainer.stop_reason is not None:
            raise KeyboardInterrupt
        trainer.stop(signal.Signals(number).name)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
