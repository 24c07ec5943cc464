"""The report of a run: one HTML file that shows what came of it, and needs nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from multigan.files import read_object, write_atomic
from multigan.report.chart import line_chart
from multigan.report.formatting import duration, flat
from multigan.report.media import earlier_previews, picture_with_players, preview_of, real_texts
from multigan.report.rendering import render
from multigan.runs.curves import Points
from multigan.runs.folder import RunFolder
from multigan.runs.steering import in_words

Row = Mapping[str, Any]

NUM_METRIC_ROWS = 12
METRIC = "metric/"
HEALTH = "health/"
DISTANCE = "/distance"  # of a Wasserstein loss
EVENTS = {"rollback": "Rolled back", "heal": "Healed", "set": "Set by hand", "refused": "Refused"}
SEVERITIES = {"unmeasured": "not measured", "ok": "no alarm"}
SEEN = [f"{HEALTH}{name}" for name in ("fresh_auc", "own_auc")]
MEASURED = [f"{HEALTH}{name}" for name in ("coverage", "diversity", "support", "saturation")]


def write_report(run: RunFolder, status: Row | None = None) -> Path:
    """Writes `report.html` into the run's folder and returns its path.

    Args:
        run: The run.
        status: What its status.json is about to say, if something else than now.
    """
    return write_atomic(run.report_file, render_report(run, status))


def render_report(run: RunFolder, status: Row | None = None) -> str:
    """Returns the page: what the run looks like now, from nothing but its files.

    A report of a damaged run is still worth having: what cannot be read is left out.
    """
    rows, status, curves = run.metrics(), status or run.status(), run.read_curves()
    environment = run.environment()
    files = run.sample_files()
    examples = environment.get("data", {}).get("examples")
    page = render(
        "report.html.j2",
        title=run.name,
        summary=_headline(rows, status, environment),
        newest=preview_of(files[-1]) if files else None,
        examples=real_texts(examples) if examples else None,
        earlier=earlier_previews(files),
        losses=_loss_charts(curves),
        quality=_quality(rows, curves),
        nearest=_nearest(run),
        health={"step": 0, "findings": []} | run.health(),
        health_charts=[
            _chart(
                "What the doctor measured; 1 is as real data, as far as coarse features tell",
                *(curves, MEASURED),
            ),
            _chart(
                "How often real samples are put above generated ones, by a network that was fresh "
                "and by the discriminator; 0.5 is chance",
                *(curves, SEEN),
            ),
        ],
        severities=SEVERITIES,
        notes=_notes(rows, status, environment),
        folded=[
            ("Recipe", "What was asked for", _table(read_object(run.recipe_file))),
            ("Environment", "What it ran on", _table(environment)),
        ],
    )
    return str(page)


def _headline(rows: Sequence[Row], status: Row, environment: Row) -> str:
    seconds = next((row["seconds"] for row in reversed(rows) if "seconds" in row), None)
    facts = [
        str(status["state"]),
        f"step {status.get('step', 0)} of {status.get('of', '?')}",
        f"{duration(seconds)} of training" if seconds is not None else "",
        f"on {environment['device']}" if "device" in environment else "",
        f"as of {status['at'][:16].replace('T', ' ')} UTC" if "at" in status else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _loss_charts(curves: Mapping[str, Points]) -> list[str]:
    apart = (METRIC, HEALTH)
    names = [name for name in curves if "/" in name and not name.startswith(apart)]
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
    drawn = (_chart(title, curves, group) for title, group in charts.items())
    return [chart for chart in drawn if chart]


def _quality(rows: Sequence[Row], curves: Mapping[str, Points]) -> dict[str, Any]:
    """Returns a chart for each metric, and a table of the latest values."""
    measured = [row for row in rows if any(name.startswith(METRIC) for name in row)]
    names = dict.fromkeys(name for row in measured for name in row if name.startswith(METRIC))
    titles = [name.removeprefix(METRIC) for name in names]
    latest = measured[-NUM_METRIC_ROWS:]
    table = {
        "charts": [_chart(name.removeprefix(METRIC), curves, [name]) for name in names],
        "columns": ["step", *titles],
        "rows": [[row["step"], *(row.get(name) for name in names)] for row in latest],
    }
    return table if names else {}


def _nearest(run: RunFolder) -> dict[str, Any] | None:
    """Returns generated sounds beside the training clips most like them, if looked for."""
    found, picture = run.nearest().get("distance"), run.nearest_file.with_suffix(".png")
    if not found or not picture.is_file():
        return None
    return {
        "distances": ", ".join(f"{share:.2f}" for share in found),
        "pairs": picture_with_players(picture, "generated, nearest"),
    }


def _notes(rows: Sequence[Row], status: Row, environment: Row) -> list[str]:
    notes = [str(status["message"])] if "message" in status else []
    notes += [
        f"Step {row['step']}: {title}: {in_words(row[event]) if event == 'set' else row[event]}"
        for row in rows
        for event, title in EVENTS.items()
        if event in row
    ]
    data = environment.get("data", {})
    notes += [str(note) for note in data.get("notes", ())]
    notes += [f"Unreadable: {one['name']} ({one['reason']})" for one in data.get("unreadable", ())]
    return notes


def _table(tree: Row) -> dict[str, Any]:
    return flat({name: value for name, value in tree.items() if name != "format"})


def _chart(title: str, curves: Mapping[str, Points], names: Sequence[str]) -> str:
    return line_chart(title, {name: curves[name] for name in names if name in curves})
