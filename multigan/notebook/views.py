"""What every view of a run has in common, whatever it is drawn with."""

import threading
from typing import Any

from IPython.display import display

from multigan.notebook import stills
from multigan.notebook.background import find_training
from multigan.notebook.following import Follower
from multigan.notebook.publishing import PUBLISHER
from multigan.runs.folder import RunFolder


class RunView:
    """Follows a run and is pushed by the publisher; mixed into a widget.

    Where it is displayed, an ordinary output follows that holds the run's latest preview: the page
    shows the widget, while a saved notebook, a page on the web and a printout show the picture.
    """

    comm: Any

    def follow(self, run: RunFolder) -> None:
        """Begins to follow a run; the widget is made by now."""
        self._still: Any = None
        # The publisher, a cell that waits and a cure push a view on threads of their own.
        self._pushing = threading.RLock()
        self.turn_to(run)
        PUBLISHER.add(self)

    def turn_to(self, run: RunFolder) -> None:
        """Shows a run, from now on."""
        with self._pushing:
            self.run = run
            self.following = Follower(run)
            self.training = find_training(run.path)  # kept, for the error it may end with
            self._still_shows: Any = None
            self.push()

    @property
    def is_open(self) -> bool:
        """Whether the widget has not been closed."""
        return self.comm is not None

    def push(self) -> bool:
        """Shows what is new in the run; returns whether it is at work."""
        with self._pushing:
            following = self.following
            following.refresh()
            training = find_training(self.run.path)
            self.training = training or self.training
            self.draw(following)
            if not following.is_at_work:
                self._update_still()
            return following.is_at_work or training is not None  # which has not said so yet

    def draw(self, following: Follower) -> None:
        """Brings the widget up to date; one thread at a time calls it."""
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        display_widget(self)
        self.leave_still()

    def leave_still(self) -> None:
        """Begins the ordinary output that holds what stays."""
        with self._pushing:
            self._still = display({"text/plain": str(self.run.path)}, raw=True, display_id=True)
            if not self.following.is_at_work:
                self._update_still()

    def _update_still(self) -> None:
        status = self.following.status
        shows = status["state"], status["step"]
        if self._still is not None and shows != self._still_shows:
            self._still_shows = shows
            self._still.update(self.still(), raw=True)

    def still(self) -> stills.Bundle:
        """Returns the ordinary output that stays."""
        return stills.of_run(self.run)


def display_widget(widget: Any) -> None:
    """Displays a widget alone, without what it would display besides."""
    bundle = widget._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    display(data, metadata=metadata, raw=True)
