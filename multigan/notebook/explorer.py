"""The explorer: a generator under one's hands."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anywidget
import traitlets as t
from IPython.display import display

from multigan.errors import MultiganError
from multigan.notebook.assets import script, style
from multigan.notebook.coding import code_of, code_of_mix, code_of_walk
from multigan.notebook.comms import any_shell
from multigan.notebook.exploring import Explored, Pin, View
from multigan.notebook.in_memory import film_of, media_of, still_of
from multigan.notebook.views import display_widget
from multigan.runs.run import Run
from multigan.sampling.pipeline import Pipeline

MOST_FRAMES = 64
PARTIAL_SECONDS = 0.04


class _Partial:
    """Passes texts on while they are written, a few times a second."""

    def __init__(self, send: Callable[[list[str]], None]) -> None:
        self._send = send
        self._sent_at = time.monotonic()

    def __call__(self, texts: list[str]) -> None:
        if time.monotonic() - self._sent_at >= PARTIAL_SECONDS:
            self._sent_at = time.monotonic()
            self._send(texts)


class Explorer(anywidget.AnyWidget):
    """Samples of any pipeline, moved through its latent space by hand.

    The page asks, and the newest question is answered; what is asked meanwhile is dropped. A view
    is a few numbers, so that what is shown can be made again, here or by "copy as code".

    Args:
        source: A run, a pipeline, or the path of either.
        device: Where to make samples.

    Example:
        >>> from multigan.notebook import Explorer  # doctest: +SKIP
        >>> Explorer("runs/0007-digits")  # doctest: +SKIP
    """

    _esm = script("explorer")
    _css = style("page", "explorer")

    facts = t.Dict().tag(sync=True)  # what there is to choose from
    view = t.Dict().tag(sync=True)  # what is shown at first
    kinds: t.List = t.List().tag(sync=True)  # of the first samples: suffixes
    first: t.List = t.List().tag(sync=True)  # their contents: a page need not ask while it is made

    def __init__(
        self, source: Run | Pipeline | str | Path, *, device: str = "cpu", **traits: Any
    ) -> None:
        self.explored = Explored(source, device=device)
        self._sampling = threading.Lock()  # questions may come on several of the kernel's threads
        self._newest = 0
        self._still: Any = None
        start = self.explored.start()
        self._shown = self.explored.samples(start)
        media = [media_of(item) for item in self._shown]
        super().__init__(
            facts=self.explored.facts(),
            view=json.loads(json.dumps(vars(start))),
            kinds=[suffix for suffix, _ in media],
            first=[content for _, content in media],
            **traits,
        )
        any_shell(self)
        self.on_msg(self._hear)

    def keep(self, text: str = "") -> None:
        """Puts what is shown into the cell's ordinary output, which a saved notebook keeps."""
        if self._still is not None:
            bundle = still_of(self._shown, text)
            self._still.update(bundle, metadata=_alt(self._shown, text), raw=True)

    def _ipython_display_(self) -> None:
        display_widget(self)
        self.explored.prepare(self.explored.start())
        bundle, metadata = still_of(self._shown, ""), _alt(self._shown, "")
        self._still = display(bundle, metadata=metadata, raw=True, display_id=True)

    def _hear(self, _: Any, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Answers the page; may be called on any of the kernel's threads."""
        number = content.get("number", 0)
        self._newest = max(self._newest, number)
        with self._sampling:
            if number < self._newest:
                return  # it has been overtaken while it waited
            try:
                self._answer(number, content, buffers)
            except MultiganError as error:
                self.send({"number": number, "error": " ".join(str(error).split())})
            except Exception as error:  # the page asks nothing more until it has an answer
                said = f"{type(error).__name__}: {error}"
                self.send({"number": number, "error": " ".join(said.split())})
                raise

    def _answer(self, number: int, content: dict[str, Any], buffers: list[bytes]) -> None:
        match content:
            case {"show": dict(asked)}:
                self._show(number, View.from_json(asked))
            case {"variants": list(moves), "of": dict(pin)}:
                items = self.explored.variants(Pin.from_json(pin), moves[:MOST_FRAMES])
                self._send_media(number, items)
            case {"walk": list(asked), "frames": int(frames)}:
                self._send_samples(number, self._walked(asked, frames, content))
            case {"film": list(asked), "frames": int(frames)}:
                suffix, film = film_of(self._walked(asked, frames, content))
                self.send({"number": number, "kinds": [suffix]}, buffers=[film])
            case {"mix": list(asked), "layers": int(layers)}:
                pins = [Pin.from_json(one) for one in asked]
                self._send_samples(number, self.explored.mix(pins, layers))
            case {"code": asked}:
                self.send({"number": number, "code": self._code(asked, content)})
            case {"rename": str(method), "index": int(index), "name": str(name)}:
                self.explored.names.rename(method, index, name)
                self.send({"number": number, "named": self.explored.names.known()})
            case {"project": str(suffix), "condition": condition}:
                self._project(number, suffix, buffers[0], condition)
            case {"keep": str(text)}:
                self.keep(text)
                self.send({"number": number, "kept": True})
            case {"reload": True}:
                self.explored.forget()
                self.facts = self.explored.facts()
                self.send({"number": number, "reloaded": True})

    def _walked(self, asked: list[Any], frames: int, content: dict[str, Any]) -> list[Any]:
        pins = [Pin.from_json(one) for one in asked]
        eased = bool(content.get("eased"))
        return self.explored.walk(pins, min(frames, MOST_FRAMES), eased=eased)

    def _code(self, asked: Any, content: dict[str, Any]) -> str:
        if isinstance(asked, dict):
            return code_of(self.explored, View.from_json(asked))
        pins = [Pin.from_json(one) for one in asked]
        if "layers" in content:
            return code_of_mix(self.explored, pins, content["layers"])
        eased = bool(content.get("eased"))
        return code_of_walk(self.explored, pins, content["frames"], eased=eased)

    def _project(self, number: int, suffix: str, data: bytes, condition: int | None) -> None:
        """Finds what somebody dropped on the page in the latent space."""
        self.send({"number": number, "waits": "Looking for it in the latent space …"})
        with TemporaryDirectory() as folder:
            (Path(folder) / f"dropped{suffix}").write_bytes(data)
            view, distance = self.explored.projected(Path(folder), condition)
        answer = {"number": number, "view": json.loads(json.dumps(vars(view)))}
        self.send({**answer, "told": f"Found, at a mean squared distance of {distance:.3g}."})

    def _show(self, number: int, view: View) -> None:
        if self.explored.finds(view):
            self.send({"number": number, "waits": f"Finding the {view.method} directions …"})
        partial = _Partial(lambda texts: self.send({"number": number, "partial": texts}))
        self._send_samples(number, self.explored.samples(view, partial))

    def _send_samples(self, number: int, items: list[Any]) -> None:
        self._shown = items
        self._send_media(number, items)

    def _send_media(self, number: int, items: list[Any]) -> None:
        media = [media_of(item) for item in items]
        kinds = [suffix for suffix, _ in media]
        self.send({"number": number, "kinds": kinds}, buffers=[content for _, content in media])


def _alt(items: list[Any], text: str) -> dict[str, Any]:
    """Returns the metadata that say in words what a still shows."""
    said = f"{len(items)} generated samples" + (f", {text}" if text else "")
    return {"image/png": {"alt": said}}
