"""The explorer with ipywidgets alone, for pages that run no module of ours."""

from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from multigan.errors import MultiganError
from multigan.notebook.comms import any_shell
from multigan.notebook.exploring import MOST_MIXED, Explored, Pin, View
from multigan.notebook.in_memory import still_of
from multigan.runs.run import Run
from multigan.sampling.pipeline import Pipeline

NUM_SLIDERS = 4
NONE = -1  # of the classes; ipywidgets shows an option whose value is None as if none were chosen
SLIDER = {"continuous_update": False}  # each change is a request


class PlainExplorer(widgets.HBox):
    """Samples of any pipeline with a seed, a class and a few directions to move along.

    Of a generator with styles also a table of the first samples (rows) with the finer styles of
    each of them (columns); of one that can mix classes, one class mixed into the others.

    Args:
        source: A run, a pipeline, or the path of either.
        device: Where to make samples.
    """

    def __init__(self, source: Run | Pipeline | str | Path, *, device: str = "cpu") -> None:
        self.explored = Explored(source, device=device)
        self._facts, self._start = self.explored.facts(), self.explored.start()
        self._shown = widgets.HTML()
        self._seed = widgets.BoundedIntText(0, 0, 2**31, description="seed")
        self._truncation = widgets.FloatSlider(
            1.0, min=0, max=1, description="truncation", **SLIDER
        )
        by_class = self._facts["condition"] == "class"
        named = [(name, index) for index, name in enumerate(self._facts["names"])]
        choices = [("all in turn", NONE), *(named if by_class else [])]
        self._condition = widgets.Dropdown(options=choices, description="class")
        self._toward = widgets.Dropdown(options=[("no other", NONE), *named], description="towards")
        self._share = widgets.FloatSlider(0.5, min=0, max=1, description="share", **SLIDER)
        self._mixing = widgets.Checkbox(False, description="mix styles")
        last = max(self._facts["styles"] - 1, 1)  # of the styles, coarse to fine
        self._layers = widgets.IntSlider(
            (last + 1) // 2, min=1, max=last, description="row's styles", **SLIDER
        )
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
        view = replace(self._start, seed=self._seed.value, moves=moves)
        if self._condition.value != NONE:
            view = replace(view, condition=self._condition.value)
        if self._facts["writes"]:
            writing = {"prompt": self._prompt.value, "temperature": self._temperature.value}
            return replace(view, writing=writing)
        toward = None if self._toward.value == NONE else self._toward.value
        share, truncation = self._share.value, self._truncation.value
        return replace(view, toward=toward, share=share, truncation=truncation)

    def samples(self) -> list[Any]:
        """Returns what the controls ask for, decoded."""
        view = self.view()
        if not self._mixing.value:
            return self.explored.samples(view)
        pins = [Pin(view, index) for index in range(min(view.count, MOST_MIXED))]
        return self.explored.mix(pins, self._layers.value)

    def refresh(self) -> None:
        """Shows the samples anew."""
        try:
            bundle = still_of(self.samples(), "")
        except MultiganError as error:
            self._shown.value = f"<p>{escape(str(error))}</p>"
            return
        self._shown.value = _html(bundle)

    def _controls(self, by_class: bool) -> list[widgets.Widget]:
        writes = self._facts["writes"]
        return [
            self._seed,
            *([self._condition] if by_class else []),
            *([self._toward, self._share] if by_class and self._facts["mixes"] else []),
            *([self._prompt, self._temperature] if writes else [self._truncation]),
            *self._moves,
            *([self._mixing, self._layers] if self._facts["styles"] > 1 else []),
        ]


def _html(bundle: dict[str, Any]) -> str:
    if "image/png" in bundle:
        return f'<img alt="samples" src="data:image/png;base64,{bundle["image/png"]}">'
    return bundle.get("text/html") or f"<pre>{escape(bundle['text/plain'])}</pre>"
