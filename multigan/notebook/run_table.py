"""The table of runs as a widget, for pages that have no panel beside the notebook."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets as t

from multigan.errors import MultiganError
from multigan.notebook.asking import resume
from multigan.notebook.assets import script, style
from multigan.notebook.background import sentence
from multigan.notebook.comms import any_shell
from multigan.notebook.previews import SamplePreviews
from multigan.notebook.publishing import PUBLISHER
from multigan.notebook.showing import explorer_of, view_of
from multigan.notebook.views import display_widget
from multigan.runs.folder import AT_WORK, RunFolder, find_runs

SHOWN = (".png", ".txt")  # what a row's picture may be


class RunTable(anywidget.AnyWidget):
    """All runs of a folder, with their newest samples; JupyterLab's panel draws the same.

    Args:
        root: Where runs are found.
    """

    _esm = script("runs")
    _css = style("page", "runs")

    runs: t.List = t.List().tag(sync=True)
    summary = t.Unicode().tag(sync=True)
    table = t.Dict().tag(sync=True)  # {search, sort, group, chosen, current}

    def __init__(self, root: Path, **traits: Any) -> None:
        self.root = root
        self.below = widgets.Output()  # what a click shows has no cell of its own
        super().__init__(runs=self._rows(), table={"group": ""}, **traits)
        any_shell(self)
        self.on_msg(self._hear)
        PUBLISHER.add(self)

    @property
    def is_open(self) -> bool:
        """Whether the widget has not been closed."""
        return self.comm is not None

    def push(self) -> bool:
        """Shows what is new; returns whether any run is at work."""
        self.runs = self._rows()
        return any(row["at_work"] for row in self.runs)

    def _rows(self) -> list[dict[str, Any]]:
        return [_row(run) for run in find_runs(self.root)]

    def _hear(self, _: Any, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Does what the page asks; may be called on any of the kernel's threads."""
        try:
            match content:
                case {"card": str(path)}:
                    self._send_card(RunFolder(path))
                case {"open": str(path)}:
                    self._show(view_of(RunFolder(path), plain=False))
                case {"explore": str(path)}:
                    self._apart(lambda: explorer_of(path, plain=False, device="cpu"))
                case {"resume": str(path)}:
                    self._apart(lambda: view_of(resume(RunFolder(path)).run, plain=False))
                case {"compare": [str(first), str(second), *_]}:
                    self._apart(lambda: self._compare(first, second))
                case {"refresh": True}:
                    self.push()
        except MultiganError as error:
            self.send({"error": sentence(error)})

    def _ipython_display_(self) -> None:
        display_widget(self)
        display_widget(self.below)

    def _show(self, view: Any) -> None:
        """Shows a view below the table, in the place of what was there."""
        bundle = view._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        self.below.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)

    def _apart(self, make: Callable[[], Any]) -> None:
        """Makes a view that takes a while on a thread, and shows it."""

        def run() -> None:
            try:
                self._show(make())
                self.send({"told": ""})
            except Exception as error:  # on its own thread nobody else would say it
                self.send({"error": sentence(error)})

        threading.Thread(target=run, daemon=True).start()

    def _compare(self, first: str, second: str) -> Any:
        from multigan.notebook.comparison import Compare
        from multigan.runs.run import Run

        return Compare(Run(first), Run(second))

    def _send_card(self, run: RunFolder) -> None:
        """Sends a run's newest picture, and what was measured last."""
        previews = SamplePreviews(run.samples)
        previews.refresh()
        file = next((file for file in previews.newest() if file.suffix in SHOWN), None)
        answer = {"card": str(run.path), "metric": _metric(run)}
        if file is None:
            self.send(answer)
        else:
            self.send({**answer, "kind": file.suffix}, buffers=[file.read_bytes()])


def _row(run: RunFolder) -> dict[str, Any]:
    status = run.status()
    return {
        "path": str(run.path),
        "name": run.name,
        "folder": str(run.path.parent),
        "recipe": run.name.partition("-")[2],
        "state": status["state"],
        "said": status["state"],
        "at_work": status["state"] in AT_WORK,
        "step": status.get("step", 0),
        "of": status.get("of", 0),
        "at": status.get("at", ""),
        "left": status.get("seconds_left"),
        "loss": status.get("losses", {}).get("generator/adversarial"),
    }


def _metric(run: RunFolder) -> str:
    curves = run.read_curves() if run.curves.path.is_file() else {}
    name = next((name for name in curves if name.startswith("metric/")), None)
    return "" if name is None else f"{name.removeprefix('metric/')} {curves[name][-1][1]:.4g}"
