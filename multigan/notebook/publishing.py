"""One thread that brings every open view up to date, four times a second."""

import logging
import threading
import time
from typing import Protocol

HERTZ = 4.0
LARGEST_SHARE = 0.02  # of a processor that may go into views, while there is no lack of news
MOST_SECONDS = 3.0  # between two rounds, however dear they are
IDLE_SECONDS = 2.0  # between two looks at a run that nobody trains


class View(Protocol):
    """Something on the page that shows a run."""

    def push(self) -> bool:
        """Shows what is new; returns whether there is more to come soon."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether anybody could see it."""
        ...


class Publisher:
    """Pushes views from one daemon thread, which lives while there are any.

    The thread that trains never touches a widget, and however fast it trains the page gets a few
    messages a second; fewer if they cost more than a small share of the processor's time, which is
    taken from the training.
    """

    def __init__(self) -> None:
        self._due: dict[View, float] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, view: View) -> None:
        """Keeps a view up to date until it is closed."""
        with self._lock:
            self._due[view] = 0.0
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._loop, name="multigan-publisher", daemon=True
                )
                self._thread.start()

    def remove(self, view: View) -> None:
        """Leaves a view as it is."""
        with self._lock:
            self._due.pop(view, None)

    def _loop(self) -> None:
        while True:
            started, used = time.monotonic(), time.thread_time()
            with self._lock:
                self._due = {view: due for view, due in self._due.items() if view.is_open}
                if not self._due:
                    self._thread = None
                    return
                views = [view for view, due in self._due.items() if due <= started]
            for view in views:
                more = _push(view)
                with self._lock:
                    if view in self._due:
                        self._due[view] = 0.0 if more else time.monotonic() + IDLE_SECONDS
            pause = pause_after(time.thread_time() - used)
            time.sleep(max(pause - (time.monotonic() - started), 0.02))


def pause_after(cost_seconds: float) -> float:
    """Returns the seconds from one round to the next.

    Args:
        cost_seconds: What the round took of the processor's time.
    """
    return min(max(1 / HERTZ, cost_seconds / LARGEST_SHARE), MOST_SECONDS)


def _push(view: View) -> bool:
    try:
        return view.push()
    except Exception:  # one broken view must not leave the others behind; it is tried again
        logging.getLogger(__name__).exception("A view of a run could not be brought up to date.")
        return False


PUBLISHER = Publisher()
