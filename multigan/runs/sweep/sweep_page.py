"""sweep.html: all runs of a sweep on one page, which needs nothing else."""

import json
import math
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from multigan.files import write_atomic
from multigan.report.chart import COLORS, Dot, line_chart, scatter_chart
from multigan.report.formatting import flat, shown
from multigan.report.media import Media, preview_of
from multigan.report.rendering import render
from multigan.runs.sweep.grid import Span
from multigan.runs.sweep.outcomes import Outcome, Standing, in_words, standings, table, verdict
from multigan.runs.sweep.sweep_folder import SweepFolder

MOST_PLACES = 8  # values of a setting that stand side by side, however far apart they are
TICKS = 5  # under an axis of more values


def write_page(sweep: SweepFolder) -> Path:
    """Writes sweep.html and returns its path."""
    return write_atomic(sweep.page_file, render_page(sweep))


def render_page(sweep: SweepFolder) -> str:
    """Returns the page: how the sweep stands now, from nothing but its files."""
    found = standings(sweep)
    columns, rows = table(sweep, found)
    runs = [one for setting in found for one in setting.outcomes]
    page = render(
        "sweep.html.j2",
        title=sweep.path.name,
        summary=_summary(sweep, runs),
        verdict=verdict(sweep, found),
        columns=columns,
        rows=rows,
        charts=[chart for name in sweep.plan.wanted if (chart := _by_value(sweep, found, name))],
        sheets=_sheets(sweep, found),
        curves=_curves(sweep, runs),
        metric=sweep.plan.metric,
        runs=[_row(sweep, one) for one in runs],
        notes=[f"{e.member.title}: {e.message}" for e in sweep.entries if e.message],
        recipe=flat({n: v for n, v in sweep.plan.recipe.to_json().items() if n != "format"}),
    )
    return str(page)


def _summary(sweep: SweepFolder, runs: Sequence[Outcome]) -> str:
    states = [one.state for one in runs]
    counts = {state: states.count(state) for state in dict.fromkeys(states)}
    plan = sweep.plan
    better = "less" if plan.lower_is_better else "more"
    return f"{plan.recipe.name} · {in_words(counts)} · {better} {plan.metric} is better"


def _by_value(sweep: SweepFolder, found: Sequence[Standing], name: str) -> str:
    """Returns a chart of the metric against one setting, in colors by another one."""
    furthest = max((one.step for one in found), default=0)
    alike = [
        one for one in found if one.step == furthest and name in one.values and one.mean is not None
    ]
    values = list(dict.fromkeys(_plain(one.values[name]) for one in alike))
    if len(values) < 2:
        return ""
    places, ticks = _places(values, sweep.plan.wanted.get(name))
    other = _colored_by(sweep, alike, name)
    groups: dict[str, list[Dot]] = {}
    for one in alike:
        group = f"{other} = {shown(one.values.get(other))}" if other else sweep.plan.metric
        groups.setdefault(group, []).extend(_dots(one, places[_plain(one.values[name])]))
    title = f"{sweep.plan.metric} by {name}, at step {furthest}; the line is the mean"
    return scatter_chart(title, groups, line=_means(groups.values()), x_ticks=ticks, x_label=name)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str) else json.dumps(value)


def _dots(one: Standing, x: float) -> list[Dot]:
    return [
        (x, value, outcome.entry.member.title)
        for value, outcome in zip(one.metric, one.outcomes, strict=True)
        if value is not None
    ]


def _means(groups: Any) -> list[tuple[float, float]]:
    dots = [dot for group in groups for dot in group]
    places = sorted({x for x, _, _ in dots})
    return [(place, statistics.fmean(y for x, y, _ in dots if x == place)) for place in places]


def _colored_by(sweep: SweepFolder, found: Sequence[Standing], name: str) -> str:
    """Returns the other setting with few enough values to have a color each, "" if none has."""
    for other in sweep.plan.wanted:
        values = {shown(one.values.get(other)) for one in found}
        if other != name and 1 < len(values) <= COLORS:
            return other
    return ""


def _places(values: Sequence[Any], wanted: Any) -> tuple[dict[Any, float], list[tuple[str, float]]]:
    """Returns where each value stands, and what stands under the axis."""
    are_numbers = all(isinstance(value, int | float) for value in values)
    ordered = sorted(values) if are_numbers else list(values)
    if not are_numbers or len(values) <= MOST_PLACES:
        places = {value: float(index) for index, value in enumerate(ordered)}
        return places, [(shown(value), place) for value, place in places.items()]
    log = isinstance(wanted, Span) and wanted.log
    places = {value: math.log10(value) if log else float(value) for value in ordered}
    low, high = places[ordered[0]], places[ordered[-1]]
    ticks = [low + (high - low) * index / (TICKS - 1) for index in range(TICKS)]
    return places, [(f"{10**tick if log else tick:.3g}", tick) for tick in ticks]


def _sheets(sweep: SweepFolder, found: Sequence[Standing]) -> list[Media]:
    """Returns the newest samples of the best and of the worst run that was measured."""
    runs = [
        (value, outcome)
        for one in found
        for value, outcome in zip(one.metric, one.outcomes, strict=True)
        if value is not None and outcome.run is not None and outcome.run.sample_files()
    ]
    furthest = max((max(outcome.values) for _, outcome in runs), default=0)
    alike = [pair for pair in runs if max(pair[1].values) == furthest]
    if not alike:
        return []
    ordered = sorted(alike, key=lambda pair: pair[0], reverse=not sweep.plan.lower_is_better)
    ends = [("Best", *ordered[0])] + [("Worst", *ordered[-1])] * (len(ordered) > 1)
    return [_sheet(sweep, *end) for end in ends]


def _sheet(sweep: SweepFolder, which: str, value: float, outcome: Outcome) -> Media:
    assert outcome.run is not None
    media = preview_of(outcome.run.sample_files()[-1])
    alarms = f"; the doctor's alarms: {', '.join(outcome.alarms)}" if outcome.alarms else ""
    metric = f"{sweep.plan.metric} {shown(value)}"
    caption = f"{which}: {outcome.entry.member.title}, {media.caption}, {metric}{alarms}"
    return Media(caption, media.picture, media.sounds, media.columns, media.text)


def _curves(sweep: SweepFolder, runs: Sequence[Outcome]) -> str:
    """Returns the metric of each run by step, where some were measured more than once."""
    lines = {one.entry.member.title: sorted(one.values.items()) for one in runs if one.values}
    if not any(len(points) > 1 for points in lines.values()):
        return ""
    return line_chart(f"{sweep.plan.metric} of each run", lines)


def _row(sweep: SweepFolder, one: Outcome) -> dict[str, Any]:
    last = max(one.values, default=None)
    has_report = one.run is not None and one.run.report_file.is_file()
    return {
        "title": one.run.name if one.run else one.entry.member.title,
        "report": quote(f"{one.run.name}/report.html") if one.run and has_report else "",
        "value": None if last is None else one.values[last],
        "step": one.step,
        "state": one.state,
    }
