"""The page itself: what is shown, and in which order."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from multigan.files import read_json, write_atomic
from multigan.report.chart import Point, line_chart
from multigan.report.media import beside, earlier_looks, newest_look, picture_with_players
from multigan.report.tables import column_table, definition_table, duration, flat
from multigan.runs.folder import RunFolder

Row = Mapping[str, Any]

STYLE = Path(__file__).with_name("style.css")
NUM_METRIC_ROWS = 12
METRIC = "metric/"
HEALTH = "health/"
DISTANCE = "/distance"  # of a Wasserstein loss
EVENTS = {"rollback": "Rolled back", "heal": "Healed", "set": "Set by hand", "refused": "Refused"}


def write_report(run: RunFolder) -> Path:
    """Writes `report.html` into the run's folder and returns its path."""
    return write_atomic(run.report_file, render_report(run))


def render_report(run: RunFolder) -> str:
    """Returns the page: what the run looks like now, from nothing but its files."""
    rows, status = run.metrics(), run.status()
    environment = _read(run.environment_file)
    files = run.sample_files()
    sections = {
        "Samples": beside(newest_look(files), environment.get("data", {}).get("examples")),
        "On the way": f"<div class=strip>{strip}</div>" if (strip := earlier_looks(files)) else "",
        "Losses": _loss_charts(rows),
        "Quality": _quality(rows),
        "Nearest training clips": _nearest(run.nearest_file),
        "Health": _health(rows, _read(run.health_file)),
        "Notes": _notes(rows, status, environment),
        "Recipe": _folded("What was asked for", _read(run.recipe_file)),
        "Environment": _folded("What it ran on", environment),
    }
    body = "".join(
        f"<section><h2>{name}</h2>{part}</section>" for name, part in sections.items() if part
    )
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        f"<title>{escape(run.name)}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head>"
        f"<body><header><h1>{escape(run.name)}</h1>{_headline(rows, status, environment)}</header>"
        f"<main>{body}</main></body></html>\n"
    )


def _headline(rows: Sequence[Row], status: Row, environment: Row) -> str:
    seconds = next((row["seconds"] for row in reversed(rows) if "seconds" in row), None)
    facts = [
        str(status["state"]),
        f"step {status.get('step', 0)} of {status.get('of', '?')}",
        f"{duration(seconds)} of training" if seconds is not None else "",
        f"on {environment['device']}" if "device" in environment else "",
        f"as of {status['at'][:16].replace('T', ' ')} UTC" if "at" in status else "",
    ]
    return f"<p>{escape(' · '.join(fact for fact in facts if fact))}</p>"


def _loss_charts(rows: Sequence[Row]) -> str:
    apart = (METRIC, HEALTH)
    names = [name for name in _names(rows) if "/" in name and not name.startswith(apart)]
    charts = {
        "Adversarial losses": [name for name in names if name.endswith("/adversarial")],
        "Distance, as the discriminator estimates it": [n for n in names if n.endswith(DISTANCE)],
        "Mean logits": [name for name in names if name.endswith("_logit")],
        "Share of real samples, and of pairs, that the discriminator gets right, less the wrong": [
            name for name in names if name.endswith(("/sign", "/advantage"))
        ],
        "Knobs that controllers turn": [name for name in names if name.startswith("knob/")],
    }
    shown = [name for group in charts.values() for name in group]
    charts["Penalties and other terms"] = [name for name in names if name not in shown]
    return "".join(line_chart(title, _series(rows, group)) for title, group in charts.items())


def _quality(rows: Sequence[Row]) -> str:
    measured = [row for row in rows if any(name.startswith(METRIC) for name in row)]
    names = [name for name in _names(measured) if name.startswith(METRIC)]
    if not names:
        return ""
    titles = [name.removeprefix(METRIC) for name in names]
    charts = (
        line_chart(title, _series(rows, [name])) for title, name in zip(titles, names, strict=True)
    )
    newest = measured[-NUM_METRIC_ROWS:]
    values = ([row["step"], *(row.get(name) for name in names)] for row in newest)
    return "".join(charts) + column_table(["step", *titles], values)


def _nearest(file: Path) -> str:
    """Returns generated sounds beside the training clips most like them, if looked for."""
    found = _read(file).get("distance")
    picture = file.with_suffix(".png")
    if not found or not picture.is_file():
        return ""
    shares = ", ".join(f"{share:.2f}" for share in found)
    return (
        "<p>Left: generated. Right: the training clip most like it. Their distances, as shares of "
        f"the usual one between a training clip and its nearest: {shares}. Near 0 are copies.</p>"
        f"<figure>{picture_with_players(picture, 'generated, nearest')}</figure>"
    )


def _health(rows: Sequence[Row], health: Row) -> str:
    findings = [
        f"<li><b>{escape(one['severity'])}</b>: {escape(one['text'])}"
        + (f" {escape(one['remedy']['text'])}" if one["remedy"] else "")
        for one in health.get("findings", ())
    ]
    if not findings:
        return ""
    shown = [f"{HEALTH}{name}" for name in ("coverage", "diversity", "support", "saturation")]
    chart = line_chart("What the doctor measured; 1 is as real data", _series(rows, shown))
    return f"<p>At step {health['step']}:</p><ul>{''.join(findings)}</ul>{chart}"


def _notes(rows: Sequence[Row], status: Row, environment: Row) -> str:
    notes = [str(status["message"])] if "message" in status else []
    for row in rows:
        events = (
            f"{title}: {_told(row[event])}" for event, title in EVENTS.items() if event in row
        )
        notes += [f"Step {row['step']}: {event}" for event in events]
    data = environment.get("data", {})
    notes += [str(note) for note in data.get("notes", ())]
    notes += [f"Unreadable: {one['name']} ({one['reason']})" for one in data.get("unreadable", ())]
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<ul>{items}</ul>" if items else ""


def _told(event: Any) -> str:
    if isinstance(event, Mapping):
        return ", ".join(f"{name} = {value:g}" for name, value in event.items())
    return str(event)


def _folded(summary: str, tree: Row) -> str:
    if not tree:
        return ""
    table = definition_table(
        flat({name: value for name, value in tree.items() if name != "format"})
    )
    return f"<details><summary>{summary}</summary>{table}</details>"


def _names(rows: Sequence[Row]) -> list[str]:
    """Returns every name in the rows, in the order of their first appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _series(rows: Sequence[Row], names: Sequence[str]) -> dict[str, list[Point]]:
    return {name: [(row["step"], row[name]) for row in rows if name in row] for name in names}


def _read(file: Path) -> dict[str, Any]:
    """Returns a run's JSON file; a report of a damaged run is still worth having."""
    try:
        return dict(read_json(file))
    except (OSError, ValueError):
        return {}
