"""The dashboard: a run's curves, samples and health, and the means to steer it."""

import threading
import time
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets as t

from multigan.errors import MultiganError, RunError
from multigan.notebook.asking import ask, resume, turn
from multigan.notebook.assets import script, style
from multigan.notebook.background import sentence, traceback_of
from multigan.notebook.comms import any_shell
from multigan.notebook.curing import cure
from multigan.notebook.following import Follower
from multigan.notebook.opening import Opening
from multigan.notebook.views import RunView
from multigan.runs.folder import AT_WORK, RunFolder, checkpoint_step

MAX_EVENTS = 50
CHECKPOINT_SECONDS = 30.0  # within which the page is told of one that was asked for
CURVES_SECONDS = 1.0  # at least, between two sendings of the curves of a run at work


class Dashboard(RunView, anywidget.AnyWidget):
    """A run on the page, brought up to date while it trains, whoever trains it.

    Args:
        run: The run.

    Example:
        >>> from multigan import Run  # doctest: +SKIP
        >>> from multigan.notebook import Dashboard  # doctest: +SKIP
        >>> Dashboard(Run.find(7))  # doctest: +SKIP
    """

    _esm = script("dashboard")
    _css = style("page", "chart", "dashboard")

    name = t.Unicode().tag(sync=True)
    status = t.Dict().tag(sync=True)  # state, step, of, rate, seconds_left, message, traceback
    curves: t.List = t.List().tag(sync=True)  # [{name, steps, values}], numbers as float32 buffers
    previews = t.Bytes().tag(sync=True)  # the steps that have previews, as uint32
    newest: t.List = t.List().tag(sync=True)  # the latest preview, [{kind, content}]
    knobs = t.Dict().tag(sync=True)  # {name: {value, least, most}}
    health = t.Dict().tag(sync=True)
    events: t.List = t.List().tag(sync=True)  # [[step, sentence]]
    real = t.Bool().tag(sync=True)  # whether there is a sheet of real samples
    chart = t.Dict(allow_none=True, default_value=None).tag(sync=True)  # {log, smoothing}
    offers: t.List = t.List(["resume"]).tag(sync=True)  # what may be asked besides steering
    pings = t.Bool(True).tag(sync=True)  # the page may ask whether anybody is there
    loading = t.Unicode().tag(sync=True)  # what is being loaded; "" when all is there

    def __init__(self, run: RunFolder | Opening, **traits: Any) -> None:
        self._shown: dict[str, Any] = {}
        self._drawn_at: dict[str, float] = {}
        loading = run.said if isinstance(run, Opening) else ""
        super().__init__(name=run.name, loading=loading, **traits)
        any_shell(self)
        self.on_msg(self._hear)
        self.follow(run)

    def draw_opening(self, opening: Opening) -> None:
        """Says what is being loaded, or what kept the run from beginning."""
        error = opening.error
        with self.hold_sync():
            self.loading = "" if error is not None else opening.said
            self.events = [[0, note] for note in opening.notes]
            if error is not None:
                self.status = {"state": "failed", "at_work": False, "message": sentence(error)}
                self.status |= {"step": 0, "of": 0, "traceback": traceback_of(error)}

    def draw(self, following: Follower) -> None:
        """Sends what has changed, in one message."""
        with self.hold_sync():
            self.name, self.loading = self.run.name, ""
            self.status = self._described(following.status)
            self.knobs = knobs_of(following.status)
            self.health = following.health
            # Curves are the most of what is sent, and nobody reads them four times a second.
            if self._is_due("curves") and self._is_new("curves", following.curves.version):
                self.curves = [_curve(following, name) for name in following.curves.names()]
                self.events = [list(event) for event in following.curves.events[-MAX_EVENTS:]]
            if self._is_new("previews", tuple(following.previews.newest())):
                self.newest = [
                    {"kind": file.suffix, "content": _content(file)}
                    for file in following.previews.newest()
                ]
                self.real = bool(self.run.real_files())
                self.previews = np.array(following.previews.steps, "<u4").tobytes()

    def _is_due(self, what: str) -> bool:
        at_work = self.following is not None and self.following.is_at_work
        now = time.monotonic()
        if at_work and now - self._drawn_at.get(what, -CURVES_SECONDS) < CURVES_SECONDS:
            return False
        self._drawn_at[what] = now
        return True

    def _is_new(self, what: str, version: Any) -> bool:
        is_new = self._shown.get(what) != version
        self._shown[what] = version
        return is_new

    def _described(self, status: dict[str, Any]) -> dict[str, Any]:
        training = self.training
        return {
            "state": status["state"],
            "at_work": status["state"] in AT_WORK,
            "step": status.get("step", 0),
            "of": status.get("of", 0),
            "rate": status.get("steps_per_second"),
            "seconds_left": status.get("seconds_left"),
            "message": status.get("message", ""),
            "traceback": training.traceback if training is not None else "",
        }

    def _hear(self, _: Any, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Does what the page asks; may be called on any of the kernel's threads."""
        if "ping" in content:
            self.send({"pong": True})
            return
        try:
            if self.following is None:
                raise RunError("It has not begun: what it needs is still being loaded.")
            match content:
                case {"do": "resume"}:
                    threading.Thread(target=self._resume, daemon=True).start()
                case {"do": str(action)}:
                    ask(self.run, action)
                    if action == "checkpoint":
                        threading.Thread(target=self._tell_of_checkpoint, daemon=True).start()
                case {"set": dict(values)}:
                    turn(self.run, values)
                    self.send({"told": _told(values)})
                case {"cure": str(name)}:
                    threading.Thread(target=self._cure, args=(name,), daemon=True).start()
                case {"look": int(step)}:
                    self._send_look(step)
                case {"real": True}:
                    files = self.run.real_files()
                    kinds = [file.suffix for file in files]
                    self.send({"real": True, "kinds": kinds}, buffers=[_content(f) for f in files])
        except MultiganError as error:
            self.send({"error": str(error)})

    def _cure(self, name: str) -> None:
        """Goes on with the new run that a remedy needs; loading its data takes a while."""
        self.send({"told": "Stops, and begins a new run …"})
        sick = self.run
        try:
            training = cure(sick, name)
        except Exception as error:  # on its own thread nobody else would say it
            self.send({"error": sentence(error)})
            return
        self.show_run(training.run)
        said = f"Goes on as {training.run.name}. {sick.name} stays as it was, to compare with."
        self.send({"told": said})

    def _resume(self) -> None:
        """Goes on with a run that has ended; loading its data takes a while."""
        self.send({"told": "Loading the run …"})
        try:
            resume(self.run)
        except Exception as error:  # on its own thread nobody else would say it
            self.send({"error": sentence(error)})
            return
        self.send({"told": "It goes on."})

    def _tell_of_checkpoint(self) -> None:
        """Says when a checkpoint that was asked for is there."""
        self.send({"told": "Saving a checkpoint after the step in progress …"})
        before = self.run.checkpoint_folders()
        give_up = time.monotonic() + CHECKPOINT_SECONDS
        while time.monotonic() < give_up:
            folders = self.run.checkpoint_folders()
            if folders and folders[-1:] != before[-1:]:
                self.send({"told": f"Checkpoint of step {checkpoint_step(folders[-1])} is saved."})
                return
            time.sleep(0.1)
        self.send({"told": "Asked for a checkpoint; the run has not saved one yet."})

    def show_run(self, run: RunFolder) -> None:
        """Turns to another run."""
        with self._pushing:
            self._shown, self._drawn_at = {}, {}
            self.name = run.name
            self.turn_to(run)

    def _send_look(self, step: int) -> None:
        with self._pushing:
            assert self.following is not None
            name, files = self.name, self.following.previews.files(step)
        answer = {"look": step, "run": name, "kinds": [file.suffix for file in files]}
        self.send(answer, buffers=[_content(file) for file in files])


def _curve(following: Follower, name: str) -> dict[str, Any]:
    steps, values = following.curves.points(name)
    return {"name": name, "steps": steps.tobytes(), "values": values.tobytes()}


def knobs_of(status: dict[str, Any]) -> dict[str, Any]:
    """Returns a run's knobs, each with its value and its range."""
    ranges = status.get("knob_ranges", {})
    return {
        name: {"value": value, "least": least, "most": most}
        for name, value in status.get("knobs", {}).items()
        for least, most in [ranges.get(name, (None, None))]
    }


def _told(values: dict[str, Any]) -> str:
    asked = (
        f"{n} {'back to its schedule' if v is None else f'= {v:g}'}" for n, v in values.items()
    )
    return f"Asked for {', '.join(asked)}."


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:  # a resumed run has just dropped it
        raise RunError(f"The preview {file} is gone: {error.strerror}.") from None
