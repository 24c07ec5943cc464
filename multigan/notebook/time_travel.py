"""Time travel: back to a checkpoint, on with another knob, and the tree of what was tried."""

import threading
import time
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets as t

from multigan.errors import MultiganError
from multigan.notebook import stills
from multigan.notebook.assets import script, style
from multigan.notebook.background import Training
from multigan.notebook.comms import any_shell
from multigan.notebook.dashboard import Dashboard, knobs_of
from multigan.notebook.family import Branch, family_of, nearest_look, tree_text
from multigan.notebook.following import Follower
from multigan.notebook.views import RunView, display_widget
from multigan.runs.folder import RunFolder
from multigan.runs.fork import fork
from multigan.runs.run import Run

TREE_SECONDS = 1.5  # between two looks at the tree


class ForkTree(RunView, anywidget.AnyWidget):
    """The tree of a run and all its forks; a checkpoint is chosen in it to fork from.

    Args:
        run: Any run of the tree.
        on_fork: Called with each run that was forked, once it is at work.
    """

    _esm = script("tree")
    _css = style("page", "tree")

    branches: t.List = t.List().tag(sync=True)
    knobs = t.Dict().tag(sync=True)

    def __init__(self, run: RunFolder, *, on_fork: Any = None, **traits: Any) -> None:
        self._on_fork = on_fork or (lambda run: None)
        self._drawn_at = -TREE_SECONDS
        super().__init__(**traits)
        any_shell(self)
        self.on_msg(self._hear)
        self.follow(run)

    def draw(self, following: Follower) -> None:
        """Sends the tree as it stands, now and then: it is read from every run of the folder."""
        if time.monotonic() - self._drawn_at < TREE_SECONDS:
            return
        self._drawn_at = time.monotonic()
        with self.hold_sync():
            self.branches = [branch.to_json() for branch in family_of(self.run)]
            self.knobs = knobs_of(following.status)

    def still(self) -> tuple[stills.Bundle, stills.Bundle]:
        """Returns the tree as text, and no metadata."""
        return {"text/plain": tree_text(self.run)}, {}

    def _hear(self, _: Any, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Answers the page; may be called on any of the kernel's threads."""
        match content:
            case {"look": [str(name), int(step)]}:
                files = nearest_look(self._branch(name).run, step)
                kinds = [file.suffix for file in files]
                self.send(
                    {"looked": [name, step], "kinds": kinds},
                    buffers=[file.read_bytes() for file in files],
                )
            case {"fork": [str(name), int(step)], "knobs": dict(knobs), "steps": steps}:
                # Loading data takes a while: the page must not wait for it.
                threading.Thread(
                    target=self._fork, args=(name, step, knobs, steps), daemon=True
                ).start()

    def _fork(self, name: str, step: int, knobs: dict[str, float], steps: int | None) -> None:
        try:
            parent = Run(self._branch(name).run.path)
            session = fork(parent, step=step, knobs=knobs, steps=steps)
            training = Training(session).start()
        except MultiganError as error:
            self.send({"error": " ".join(str(error).split())})
            return
        self._on_fork(training.run)
        self._drawn_at = -TREE_SECONDS
        self.push()
        self.send({"forked": training.run.name})

    def _branch(self, name: str) -> Branch:
        found = {branch.run.name: branch for branch in family_of(self.run)}
        return found[name]


class TimeTravel(widgets.VBox):
    """A run's tree of forks, and below it a dashboard for each fork that is made here.

    Args:
        run: Any run of the tree.

    Example:
        >>> TimeTravel(Run.find(7))  # doctest: +SKIP
    """

    def __init__(self, run: RunFolder) -> None:
        self.tree = ForkTree(run, on_fork=self._show)
        self.dashboards: list[Dashboard] = []
        super().__init__([self.tree])

    def _show(self, run: RunFolder) -> None:
        self.dashboards.append(Dashboard(run))
        self.children = [self.tree, *self.dashboards]

    def close(self) -> None:
        """Closes the tree and every dashboard."""
        self.tree.close()
        for dashboard in self.dashboards:
            dashboard.close()
        super().close()

    def _ipython_display_(self) -> None:
        display_widget(self)
        self.tree.leave_still()
