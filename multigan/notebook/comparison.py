"""Compare: two runs, or two checkpoints, on the same latents, with their curves overlaid."""

import threading
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t
from IPython.display import display

from multigan.errors import MultiganError
from multigan.notebook.assets import script, style
from multigan.notebook.comms import any_shell
from multigan.notebook.exploring import Explored, View
from multigan.notebook.in_memory import media_of, still_of
from multigan.notebook.logged import Curves
from multigan.notebook.stills import Bundle
from multigan.notebook.views import display_widget
from multigan.runs.run import Run

SHOWN = 8


class Compare(anywidget.AnyWidget):
    """Two runs side by side.

    Args:
        left: A run, by number, name or path, or a `Run`.
        right: The other; the same run compares its checkpoints.
        device: Where to make samples.

    Example:
        >>> Compare(7, 9)  # doctest: +SKIP
    """

    _esm = script("compare")
    _css = style("page", "chart", "explorer", "compare")

    sides: t.List = t.List().tag(sync=True)  # [{name, steps, names, count}]
    curves: t.List = t.List().tag(sync=True)  # as the dashboard's, named "run: curve"

    def __init__(
        self,
        left: Run | str | int | Path,
        right: Run | str | int | Path,
        *,
        device: str = "cpu",
        **traits: Any,
    ) -> None:
        self.runs = [one if isinstance(one, Run) else Run.find(one) for one in (left, right)]
        self.explored = [Explored(run, device=device) for run in self.runs]
        self._sampling = threading.Lock()
        super().__init__(
            sides=[
                {"name": run.name, **explored.facts()}
                for run, explored in zip(self.runs, self.explored, strict=True)
            ],
            curves=_overlaid(self.runs),
            **traits,
        )
        any_shell(self)
        self.on_msg(self._hear)

    def still(self) -> Bundle:
        """Returns the ordinary output that stays: the samples of both, one above the other."""
        view = View(count=SHOWN)
        items = [item for explored in self.explored for item in explored.samples(view)]
        return still_of(items, " above ".join(run.name for run in self.runs))

    def _ipython_display_(self) -> None:
        display_widget(self)
        display(self.still(), raw=True)

    def _hear(self, _: Any, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Answers the page; may be called on any of the kernel's threads."""
        match content:
            case {"number": int(number), "side": int(side), "show": dict(asked)}:
                with self._sampling:
                    self._reply(number, side, asked)

    def _reply(self, number: int, side: int, asked: dict[str, Any]) -> None:
        try:
            items = self.explored[side].samples(View.from_json(asked))
        except MultiganError as error:
            self.send({"number": number, "side": side, "error": " ".join(str(error).split())})
            return
        media = [media_of(item) for item in items]
        self.send(
            {"number": number, "side": side, "kinds": [suffix for suffix, _ in media]},
            buffers=[content for _, content in media],
        )


def _overlaid(runs: list[Run]) -> list[dict[str, Any]]:
    """Returns every curve of the runs; those of one name stand next to each other."""
    read = {run.name: Curves(run) for run in runs}
    for curves in read.values():
        curves.refresh()
    names = dict.fromkeys(name for curves in read.values() for name in curves.names())
    overlaid = []
    for name in names:
        for run, curves in read.items():
            if name in curves.names():
                steps, values = curves.points(name)
                overlaid.append(
                    {
                        "name": name,
                        "run": run,
                        "steps": steps.tobytes(),
                        "values": values.tobytes(),
                    }
                )
    return overlaid
