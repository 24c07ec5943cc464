"""The dashboard with ipywidgets alone, for pages that run no module of ours."""

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from multigan.errors import MultiganError
from multigan.notebook import stills
from multigan.notebook.asking import ask, turn
from multigan.notebook.background import sentence
from multigan.notebook.comms import any_shell
from multigan.notebook.following import Follower
from multigan.notebook.opening import Opening
from multigan.notebook.views import RunView
from multigan.report.formatting import main_losses
from multigan.runs.folder import RunFolder

ACTIONS = {"pause": "Pause", "continue": "Continue", "stop": "Stop", "checkpoint": "Checkpoint"}


class PlainDashboard(RunView, widgets.VBox):
    """A run's state, losses, newest samples, buttons and knobs.

    Args:
        run: The run.
    """

    def __init__(self, run: RunFolder | Opening) -> None:
        self._bar = widgets.IntProgress(description=run.name, style={"description_width": "auto"})
        self._state = widgets.Label()
        self._trouble = widgets.HTML()
        self._look = widgets.VBox()
        self._previews_shown: list[Path] = []
        self._knob = widgets.Dropdown(description="knob")
        self._value = widgets.FloatText(description="value")
        self._answer = widgets.Label()
        self._buttons = {
            action: _button(text, partial(self._ask, action), self._answer)
            for action, text in ACTIONS.items()
        }
        set_it = _button(
            "Set", lambda: turn(self.run, {self._knob.value: self._value.value}), self._answer
        )
        super().__init__(
            [
                widgets.HBox([self._bar, self._state]),
                widgets.HBox([*self._buttons.values(), self._answer]),
                self._trouble,
                self._look,
                widgets.HBox([self._knob, self._value, set_it]),
            ]
        )
        self._knob.observe(lambda change: self._show_knob(), "value")
        self.follow(run)

    def draw_opening(self, opening: Opening) -> None:
        """Says what is being loaded, or what kept the run from beginning."""
        self._state.value = opening.said if opening.error is None else "failed"
        self._trouble.value = "" if opening.error is None else escape(sentence(opening.error))
        for button in self._buttons.values():
            button.disabled = True

    def draw(self, following: Follower) -> None:
        """Sets the parts that have changed."""
        status = following.status
        self._bar.description = self.run.name
        self._bar.max = max(status.get("of", 0), 1)
        self._bar.value = status.get("step", 0)
        losses = main_losses(status.get("losses", {}))
        self._state.value = f"{status['state']}, step {status.get('step', 0)}  {losses}"
        for action, button in self._buttons.items():
            paused = status["state"] == "paused"
            fits = {"pause": not paused, "continue": paused}.get(action, True)
            button.disabled = not (following.is_at_work and fits)
        self._trouble.value = _trouble(status, following.health)
        self._show_look(following)
        if tuple(status.get("knobs", {})) != self._knob.options:
            self._knob.options = tuple(status.get("knobs", {}))

    def _ask(self, action: str) -> None:
        ask(self.run, action)

    def _show_look(self, following: Follower) -> None:
        newest = following.previews.newest()
        if newest and newest != self._previews_shown:
            self._previews_shown = newest
            self._look.children = tuple(_look(file) for file in newest)

    def _show_knob(self) -> None:
        knobs = self.following.status.get("knobs", {}) if self.following else {}
        if self._knob.value in knobs:
            self._value.value = knobs[self._knob.value]


def _button(text: str, act: Callable[[], None], answer: widgets.Label) -> widgets.Button:
    def click(_: Any) -> None:
        try:
            act()
            answer.value = ""
        except MultiganError as error:
            answer.value = str(error)

    button = widgets.Button(description=text, tooltip=text)
    any_shell(button)
    button.on_click(click)
    return button


def _trouble(status: Mapping[str, Any], health: Mapping[str, Any]) -> str:
    found = [f"{one['severity']}: {one['text']}" for one in health.get("findings", ())]
    said = [status["message"]] if status.get("message") else []
    return "<br>".join(escape(text) for text in said + found)


def _look(file: Path) -> widgets.Widget:
    content = file.read_bytes()
    match file.suffix:
        case ".png":
            return widgets.Image(value=content, format="png")
        case ".wav":
            return widgets.HTML(stills.audio(content))
    return widgets.HTML(f"<pre>{escape(content.decode(errors='replace'))}</pre>")
