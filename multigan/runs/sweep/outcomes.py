"""What came of the runs of a sweep, read from their folders."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from multigan.report.formatting import shown
from multigan.runs.folder import RunFolder, find_runs
from multigan.runs.sweep.grid import Values
from multigan.runs.sweep.halving import best_first
from multigan.runs.sweep.sweep_folder import Entry, SweepFolder
from multigan.runs.sweep.sweep_plan import settings_of

ALARM = "alarm"  # the doctor's severity


@dataclass(frozen=True)
class Outcome:
    """What came of one run.

    Attributes:
        entry: The run.
        state: Of its folder while it is at work, else of the sweep.
        step: How far it is.
        values: Of the sweep's metric, by step.
        seconds: How long it has been trained.
        alarms: What the doctor says is wrong with it.
        run: Its folder, None if it has not begun.
    """

    entry: Entry
    state: str
    step: int
    values: Mapping[int, float]
    seconds: float
    alarms: tuple[str, ...]
    run: RunFolder | None = None


@dataclass(frozen=True)
class Standing:
    """What came of one setting, over all its seeds.

    Attributes:
        values: The setting.
        outcomes: Of its runs.
        step: At which its runs are compared: the last at which all that were measured were.
        metric: The metric's value of each run, None where there is none.
    """

    values: Values
    outcomes: tuple[Outcome, ...]
    step: int = 0
    metric: tuple[float | None, ...] = field(default=())

    @property
    def mean(self) -> float | None:
        """The metric's mean over the seeds that have one."""
        found = self._known()
        return statistics.fmean(found) if found else None

    @property
    def spread(self) -> float | None:
        """The standard deviation over the seeds, None of less than two."""
        found = self._known()
        return statistics.stdev(found) if len(found) > 1 else None

    @property
    def seconds(self) -> float:
        """How long all its runs have been trained."""
        return sum(one.seconds for one in self.outcomes)

    @property
    def alarms(self) -> dict[str, int]:
        """What the doctor says is wrong, and of how many of its runs."""
        names = [name for one in self.outcomes for name in one.alarms]
        return {name: names.count(name) for name in dict.fromkeys(names)}

    @property
    def states(self) -> dict[str, int]:
        """How many of its runs are in each state."""
        found = [one.state for one in self.outcomes]
        return {state: found.count(state) for state in dict.fromkeys(found)}

    def _known(self) -> list[float]:
        return [value for value in self.metric if value is not None]


def measured_at(run: RunFolder, metric: str, step: int) -> float | None:
    """Returns a metric's value that a run has logged at a step, None if it has not."""
    return measured(run, metric).get(step)


def measured(run: RunFolder, metric: str) -> dict[int, float]:
    """Returns all values of a metric that a run has logged, by step."""
    name = f"metric/{metric}"
    return {row["step"]: row[name] for row in run.metrics() if name in row}


def outcomes(sweep: SweepFolder) -> list[Outcome]:
    """Returns what came of each run so far."""
    runs = {run.title: run for run in find_runs(sweep.path)}
    is_busy = sweep.is_busy()
    return [_outcome(sweep, e, runs.get(e.member.title), is_busy) for e in sweep.entries]


def _outcome(sweep: SweepFolder, entry: Entry, run: RunFolder | None, is_busy: bool) -> Outcome:
    state = entry.state
    if state == "running" and not is_busy:
        state = "interrupted"
    if run is None:
        return Outcome(entry, state, 0, {}, 0.0, ())
    status = run.status()
    if state in ("running", "interrupted"):
        state = status["state"]
    rows = run.metrics()
    seconds = max((row["seconds"] for row in rows if "seconds" in row), default=0.0)
    alarms = [one["name"] for one in run.health().get("findings", ()) if one["severity"] == ALARM]
    values = measured(run, sweep.plan.metric)
    return Outcome(entry, state, status.get("step", 0), values, seconds, tuple(alarms), run)


def standings(sweep: SweepFolder) -> list[Standing]:
    """Returns what came of each setting so far: what came furthest first, and the best of it."""
    found = {one.entry.member.title: one for one in outcomes(sweep)}
    groups = settings_of([entry.member for entry in sweep.entries])
    settings = {
        key: _standing(members[0].values, [found[one.title] for one in members])
        for key, members in groups.items()
    }
    ranked = _ranked(settings, sweep.plan.lower_is_better)
    return [settings[key] for key in ranked]


def _standing(values: Values, of: Sequence[Outcome]) -> Standing:
    reached = [max(one.values) for one in of if one.values]
    step = min(reached, default=0)
    return Standing(values, tuple(of), step, tuple(one.values.get(step) for one in of))


def _ranked(settings: Mapping[str, Standing], lower_is_better: bool) -> list[str]:
    steps = sorted({one.step for one in settings.values()}, reverse=True)
    ranked: list[str] = []
    for step in steps:
        alike = {key: one.metric for key, one in settings.items() if one.step == step}
        best = best_first(alike, lower_is_better=lower_is_better)
        ranked += [*best, *(key for key in alike if key not in best)]
    return ranked


def verdict(sweep: SweepFolder, found: Sequence[Standing]) -> list[str]:
    """Returns in sentences which setting is best, and what speaks against it."""
    whole = [one for one in found if one.mean is not None]
    if not whole:
        return [f"No run has been measured by {sweep.plan.metric} yet."]
    said = [f"Best by {sweep.plan.metric}: {in_short(whole[0])}."]
    if whole[0].alarms:
        said[0] = f"{said[0][:-1]}, but the doctor has alarms: {_times(whole[0].alarms)}."
        well = next((one for one in whole if not one.alarms), None)
        other = f"Best without an alarm: {in_short(well)}." if well else "All others have, too."
        said.append(other)
    return said


def in_short(one: Standing) -> str:
    """Returns a setting and its metric in a few words."""
    values = ", ".join(f"{name}={shown(value)}" for name, value in one.values.items())
    return f"{values or 'the recipe'} ({mean_and_spread(one)} at step {one.step})"


def mean_and_spread(one: Standing) -> str:
    """Returns the metric of a setting: "12.3 ± 0.4"."""
    spread = "" if one.spread is None else f" ± {one.spread:.2g}"
    return f"{shown(one.mean)}{spread}"


def in_words(counts: Mapping[str, int]) -> str:
    """Returns names and how often each is meant: "2 finished, 1 failed"."""
    return ", ".join(f"{number} {name}" for name, number in counts.items())


def _times(alarms: Mapping[str, int]) -> str:
    """Returns what the doctor has alarms about, and in how many runs: "coverage ×2"."""
    return ", ".join(f"{name} ×{number}" for name, number in alarms.items())


def table(sweep: SweepFolder, found: Sequence[Standing]) -> tuple[list[str], list[list[Any]]]:
    """Returns the columns, and a row for each setting, best first."""
    names = list(dict.fromkeys(name for one in found for name in one.values))
    columns = [*names, "seeds", sweep.plan.metric, "step", "time", "state", "doctor's alarms"]
    return columns, [_row(names, one) for one in found]


def _row(names: Sequence[str], one: Standing) -> list[Any]:
    from multigan.report.formatting import duration

    seeds = ", ".join(str(o.entry.member.seed) for o in one.outcomes)
    came = [mean_and_spread(one), one.step, duration(one.seconds), in_words(one.states)]
    return [*(one.values.get(name) for name in names), seeds, *came, _times(one.alarms)]
