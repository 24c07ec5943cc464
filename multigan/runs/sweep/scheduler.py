"""Keeps every place of a sweep busy, until all its runs have ended.

It writes how each run stands into sweep.json before and after anything it does, and decides nothing
from memory, so that it can be killed at any moment and begun again.
"""

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from multigan.report.formatting import shown
from multigan.runs.interrupts import heeding
from multigan.runs.sweep.grid import key_of
from multigan.runs.sweep.halving import best_first
from multigan.runs.sweep.outcomes import measured_at
from multigan.runs.sweep.places import Place, Work
from multigan.runs.sweep.sweep_folder import Entry, SweepFolder
from multigan.runs.sweep.sweep_plan import settings_of

POLL_SECONDS = 0.1
MOST_KILLS = 2  # of one run; systems kill who takes the last memory, and it would do so again
PATIENCE_SECONDS = 120.0
TO_DO = ("waiting", "running", "stopped")  # states of who was not at its end when the sweep was

Note = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """A run in training.

    Attributes:
        entry: The run.
        work: Its process.
        place: Where that is.
        step: To which it is trained.
    """

    entry: Entry
    work: Work
    place: Place
    step: int


class Scheduler:
    """Trains the runs of one sweep.

    Args:
        sweep: It, which this process has locked.
        places: How many runs are trained at a time, and where.
        note: Called with a sentence on what happens.
        changed: Called whenever a run has ended, e.g. to draw the page anew.
    """

    def __init__(
        self,
        sweep: SweepFolder,
        places: Sequence[Place],
        *,
        note: Note = lambda said: None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.sweep, self.note, self.changed = sweep, note, changed
        self._free = list(places)
        self._at_work: list[Job] = []
        self._signal = ""

    def work(self, *, retry: bool = False) -> bool:
        """Trains what is left to train, and returns whether that was all done, unless stopped.

        Args:
            retry: Try runs again that have failed.
        """
        self._take_up(retry)
        with heeding(self._pass_on):
            for step in self._stages():
                self._train_all_to(step)
                if self._signal:
                    return False
                if step != self.sweep.plan.recipe.steps:
                    self._decide(step)
        return all(entry.state in ("finished", "left behind") for entry in self.sweep.entries)

    def _take_up(self, retry: bool) -> None:
        again = (*TO_DO, "failed") if retry else TO_DO
        for entry in self.sweep.entries:
            if entry.state in again:
                entry.state, entry.message = "waiting", ""
                entry.killed = 0 if retry else entry.killed
        self.sweep.save()

    def _stages(self) -> list[int]:
        """Returns the steps at which everybody waits for the others, and the end."""
        halving = self.sweep.plan.halving
        rungs = halving.rungs if halving else ()
        return [*(s for s in rungs if s not in self.sweep.decided), self.sweep.plan.recipe.steps]

    def _pass_on(self, number: int, frame: Any) -> None:
        self._signal = signal.Signals(number).name
        for job in self._at_work:
            if job.work.poll() is None:
                job.work.send_signal(number)

    def _train_all_to(self, stage: int) -> None:
        while True:
            self._see_who_has_ended()
            if not self._signal:
                self._begin_more(stage)
            if not self._at_work:
                return
            time.sleep(POLL_SECONDS)

    def _begin_more(self, stage: int) -> None:
        while self._free:
            entry = self._next(stage)
            if entry is None:
                return
            if self._is_busy_elsewhere(entry):
                entry.state, entry.message = "stopped", "Another process is training it."
            else:
                self._begin(entry, self._target(entry, stage))

    def _begin(self, entry: Entry, step: int) -> None:
        entry.state, entry.message = "running", ""
        self.sweep.save()
        place = self._free.pop(0)
        job = Job(entry, place.begin(self.sweep, entry, step), place, step)
        self._at_work.append(job)
        if self._signal:  # which came in between
            job.work.send_signal(signal.Signals[self._signal])

    def _is_busy_elsewhere(self, entry: Entry) -> bool:
        """Whether another process trains a run, and goes on with that.

        One that was left by an earlier start of this sweep, which was killed, saves and ends.
        """
        run = self.sweep.run_of(entry.member)
        if run is None or not run.is_busy():
            return False
        self.note(f"{entry.member.title} is at work in another process. Waiting for that to end.")
        run.wait(PATIENCE_SECONDS)
        return run.is_busy()

    def _next(self, stage: int) -> Entry | None:
        """Returns who is next: nobody who was killed before all others have had their turn."""
        waiting = [
            entry
            for entry in self.sweep.entries
            if entry.state == "waiting" and entry.step < self._target(entry, stage)
        ]
        return min(waiting, key=lambda entry: entry.killed, default=None)

    def _target(self, entry: Entry, stage: int) -> int:
        """Returns how far a run goes in a stage; its own steps may be what is varied."""
        plan = self.sweep.plan
        return stage if stage < plan.recipe.steps else plan.recipe_of(entry.member).steps

    def _see_who_has_ended(self) -> None:
        ended = [(job, code) for job in self._at_work if (code := job.work.poll()) is not None]
        for job, code in ended:
            self._at_work.remove(job)
            self._free.append(job.place)
            self._conclude(job, code)
            self.sweep.save()
            self.note(self._sentence(job.entry))
            self.changed()

    def _conclude(self, job: Job, code: int) -> None:
        entry, run = job.entry, self.sweep.run_of(job.entry.member)
        entry.folder = run.name if run else ""
        status: dict[str, Any] = run.status() if run else {"state": "", "step": 0}
        if status["state"] == "finished":
            entry.state, entry.step = "finished", status["step"]
        elif self._signal:
            entry.state = "waiting"
        elif code < 0:
            self._was_killed(entry, signal.Signals(-code).name)
        elif code > 0:
            entry.state, entry.message = "failed", self._last_words(entry)
        elif status["step"] >= job.step:
            entry.state, entry.step = "waiting", status["step"]
        else:
            entry.state, entry.message = "stopped", status.get("message", "")

    def _was_killed(self, entry: Entry, name: str) -> None:
        entry.killed += 1
        if entry.killed < MOST_KILLS:
            entry.state, entry.message = (
                "waiting",
                f"Killed by {name}; it goes on after the others.",
            )
        else:
            entry.state = "failed"
            entry.message = f"Killed {entry.killed} times, by {name}, as systems do without memory."

    def _last_words(self, entry: Entry) -> str:
        log = self.sweep.log_file(entry.member)
        lines = log.read_text(errors="replace").split("\n") if log.is_file() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "It said nothing.")

    def _sentence(self, entry: Entry) -> str:
        metric, run = self.sweep.plan.metric, self.sweep.run_of(entry.member)
        value = measured_at(run, metric, entry.step) if run else None
        measured = f", {metric} {shown(value)}" if value is not None else ""
        done = sum(one.state not in TO_DO for one in self.sweep.entries)
        state = f"at step {entry.step}" if entry.state == "waiting" else entry.state
        said = f"{entry.member.title}: {state}{measured} ({done} of {len(self.sweep.entries)} done)"
        return f"{said}. {entry.message}" if entry.message else f"{said}."

    def _decide(self, step: int) -> None:
        """Lets the best go on, and leaves the others behind; once for each step."""
        plan = self.sweep.plan
        assert plan.halving is not None
        by_title = {entry.member.title: entry for entry in self.sweep.entries}
        groups = settings_of([e.member for e in self.sweep.entries if e.state != "left behind"])
        values = {
            key: [self._value(by_title[one.title], step) for one in members]
            for key, members in groups.items()
        }
        ranked = best_first(values, lower_is_better=plan.lower_is_better)
        kept = ranked[: plan.halving.number_kept(len(groups))]
        for entry in by_title.values():
            if entry.state in ("waiting", "stopped") and key_of(entry.member.values) not in kept:
                entry.state = "left behind"
                entry.message = f"Left behind at step {step} by {plan.metric}."
        self.sweep.decided.append(step)
        self.sweep.save()
        self.note(f"Step {step}: {len(kept)} of {len(groups)} settings go on, by {plan.metric}.")
        self.changed()

    def _value(self, entry: Entry, step: int) -> float | None:
        run = self.sweep.run_of(entry.member)
        return measured_at(run, self.sweep.plan.metric, step) if run else None
