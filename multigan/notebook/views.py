"""What every view of a run has in common, whatever it is drawn with."""

import threading
from typing import Any

from IPython.display import display

from multigan.notebook import stills
from multigan.notebook.background import find_training
from multigan.notebook.following import Follower
from multigan.notebook.opening import Opening
from multigan.notebook.publishing import PUBLISHER
from multigan.runs.folder import RunFolder


class RunView:
    """Follows a run and is pushed by the publisher; mixed into a widget.

    Where it is displayed, an ordinary output follows that holds the run's latest preview: the page
    shows the widget, while a saved notebook, a page on the web and a printout show the picture.
    """

    comm: Any

    def follow(self, run: RunFolder | Opening) -> None:
        """Begins to follow a run, or what will become one; the widget is made by now."""
        self._still: Any = None
        # The publisher, a cell that waits and a cure push a view on threads of their own.
        self._pushing = threading.RLock()
        self.opening = run if isinstance(run, Opening) else None
        self.following: Follower | None = None
        if isinstance(run, RunFolder):
            self.turn_to(run)
        else:
            self.push()
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
            if self.opening is not None:
                self._push_opening(self.opening)
            following = self.following
            if following is None:
                return self.opening is not None and self.opening.error is None
            following.refresh()
            training = find_training(self.run.path)
            self.training = training or self.training
            self.draw(following)
            if not following.is_at_work:
                self._update_still()
            return following.is_at_work or training is not None  # which has not said so yet

    def _push_opening(self, opening: Opening) -> None:
        self.draw_opening(opening)
        if opening.training is not None:
            self.opening = None
            self.turn_to(opening.training.run)

    def draw_opening(self, opening: Opening) -> None:
        """Shows how far the run is that is being loaded."""

    def draw(self, following: Follower) -> None:
        """Brings the widget up to date; one thread at a time calls it."""
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        display_widget(self)
        self.leave_still()

    def leave_still(self) -> None:
        """Begins the ordinary output that holds what stays."""
        with self._pushing:
            said = str(self.run.path) if self.following else "A run that has not begun."
            self._still = display({"text/plain": said}, raw=True, display_id=True)
            if self.following and not self.following.is_at_work:
                self._update_still()

    def _update_still(self) -> None:
        if self._still is None or self.following is None:
            return
        status = self.following.status
        shows = status["state"], status["step"]
        if shows != self._still_shows:
            self._still_shows = shows
            bundle, metadata = self.still()
            self._still.update(bundle, metadata=metadata, raw=True)

    def still(self) -> tuple[stills.Bundle, stills.Bundle]:
        """Returns the ordinary output that stays, and its metadata."""
        return stills.of_run(self.run)


def display_widget(widget: Any) -> None:
    """Displays a widget alone, without what it would display besides."""
    bundle = widget._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    display(data, metadata=metadata, raw=True)
