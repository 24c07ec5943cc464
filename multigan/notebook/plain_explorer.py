"""The explorer with ipywidgets alone, for pages that run no module of ours."""

from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from multigan.errors import MultiganError
from multigan.notebook.comms import any_shell
from multigan.notebook.exploring import Explored, View
from multigan.notebook.media import still_of
from multigan.pipelines import Pipeline
from multigan.runs import Run

NUM_SLIDERS = 4
SLIDER = {"continuous_update": False}  # each change is a request


class PlainExplorer(widgets.HBox):
    """Samples of any pipeline with a seed, a class and a few directions to move along.

    Args:
        source: A run, a pipeline, or the path of either.
        device: Where to make samples.
    """

    def __init__(self, source: Run | Pipeline | str | Path, *, device: str = "cpu") -> None:
        self.explored = Explored(source, device=device)
        self._facts = self.explored.facts()
        self._shown = widgets.HTML()
        self._seed = widgets.BoundedIntText(0, 0, 2**31, description="seed")
        self._truncation = widgets.FloatSlider(
            1.0, min=0, max=1, description="truncation", **SLIDER
        )
        by_class = self._facts["condition"] == "class"
        named = [(name, index) for index, name in enumerate(self._facts["names"])]
        choices = [("all in turn", None), *(named if by_class else [])]
        self._condition = widgets.Dropdown(options=choices, description="class")
        self._prompt = widgets.Text(description="prompt", continuous_update=False)
        self._temperature = widgets.FloatSlider(
            1.0, min=0.1, max=2, description="temperature", **SLIDER
        )
        self._moves = [
            widgets.FloatSlider(0, min=-3, max=3, description=f"direction {index + 1}", **SLIDER)
            for index in range(min(self._facts["directions"], NUM_SLIDERS))
        ]
        controls = self._controls(by_class)
        for control in controls:
            any_shell(control)
            control.observe(lambda change: self.refresh(), "value")
        super().__init__([widgets.VBox(controls), self._shown])
        self.refresh()

    def view(self) -> View:
        """Returns what the controls say."""
        moves = tuple(slider.value for slider in self._moves)
        view = View(seed=self._seed.value, count=self._facts["count"], moves=moves)
        if self._facts["writes"]:
            writing = {"prompt": self._prompt.value, "temperature": self._temperature.value}
            return replace(view, condition=self._condition.value, writing=writing)
        return replace(view, condition=self._condition.value, truncation=self._truncation.value)

    def refresh(self) -> None:
        """Shows the samples anew."""
        try:
            bundle = still_of(self.explored.samples(self.view()), "")
        except MultiganError as error:
            self._shown.value = f"<p>{escape(str(error))}</p>"
            return
        self._shown.value = _html(bundle)

    def _controls(self, by_class: bool) -> list[widgets.Widget]:
        writes = self._facts["writes"]
        return [
            self._seed,
            *([self._condition] if by_class else []),
            *([self._prompt, self._temperature] if writes else [self._truncation]),
            *self._moves,
        ]


def _html(bundle: dict[str, Any]) -> str:
    if "image/png" in bundle:
        return f'<img alt="samples" src="data:image/png;base64,{bundle["image/png"]}">'
    return bundle.get("text/html") or f"<pre>{escape(bundle['text/plain'])}</pre>"
