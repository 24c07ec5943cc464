"""A model card: what somebody who knows nothing of a run has to know before they use it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from multigan.export.origin import Origin
from multigan.files import read_object
from multigan.report.rendering import render
from multigan.sampling.pipeline import Pipeline

HERE = Path(__file__).parent / "templates"
SHOWN = ("objective", "generator", "discriminator", "loss", "regularizers", "batch_size", "steps")


def model_card(
    pipeline: Pipeline,
    origin: Origin,
    *,
    repository: str,
    results: Sequence[Mapping[str, Any]] = (),
    samples: str = "",
    license: str = "",
) -> str:
    """Returns the card as Markdown, written from what the run knows.

    Args:
        pipeline: What is given away.
        origin: Where it comes from.
        repository: Its name on the Hub.
        results: Of `multigan evaluate --json`: values, what they were measured with, and what real
            samples get in the generator's place.
        samples: Markdown that shows some.
        license: As the Hub names it; "" leaves it out.
    """
    run = origin.run
    recipe = {"name": "", "summary": ""} | (read_object(run.recipe_file) if run else {})
    findings = run.health().get("findings", []) if run else []
    return str(
        render(
            "card.md.j2",
            folder=HERE,
            name=origin.name,
            repository=repository,
            modality=pipeline.modality.name,
            recipe=recipe,
            settings=_settings(recipe),
            data=_data(run.environment() if run else _report(origin)),
            by=_by(pipeline),
            step=pipeline.step,
            findings=findings,
            troubled=[one for one in findings if one.get("severity") not in ("ok", None)],
            results=[_row(result) for result in results],
            samples=_plain(samples),
            license=license,
            code=_plain(_code(pipeline, repository)),
        )
    )


def _plain(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)


def _by(pipeline: Pipeline) -> str:
    told = pipeline.condition
    if told is None:
        return ""
    return f", by {told.size} classes" if told.kind == "class" else f", by {told.size} {told.kind}"


def _settings(recipe: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, json.dumps(recipe[name])) for name in SHOWN if recipe.get(name)]


def _report(origin: Origin) -> dict[str, Any]:
    """Returns what is known without a run, as a run's environment says it."""
    return {"data": {"where": origin.facts["data"]}} if "data" in origin.facts else {}


def _data(environment: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Returns what was learned from, without paths: those are of the machine it was learned on."""
    report = environment.get("data", {})
    where = str(report.get("where", "")).replace("\\", "/").rstrip("/").rpartition("/")[2]
    known = {
        "learned from": where,
        "samples": report.get("used"),
        "found": report.get("found"),
        "left out as unreadable": len(report.get("unreadable", [])) or None,
        "classes": ", ".join(map(str, report.get("classes", []))),
        "notes": " ".join(map(str, report.get("notes", []))),
    }
    return [(name, value) for name, value in known.items() if value]


def _row(result: Mapping[str, Any]) -> dict[str, str]:
    """Returns a number with all that it means nothing without."""
    control, same = result.get("control"), result.get("matched")
    beside = "–" if control is None else f"{control:.4g}"
    if same is not None:
        beside += f" (of {result.get('n_control')} samples; generated: {same:.4g})"
    return {
        "label": str(result.get("label")),
        "value": f"{result['value']:.4g}",
        "control": beside,
        "n": f"{result.get('n_fake')} against {result.get('n_real')} {result.get('split')}",
        "extractor": str(result.get("extractor", {}).get("name", "–")),
    }


def _code(pipeline: Pipeline, repository: str) -> str:
    spec = pipeline.condition
    told = ", condition=0" if spec is not None and spec.kind == "class" else ""
    return (
        "from pathlib import Path\n\nfrom multigan import Pipeline\n\n"
        f'pipeline = Pipeline.from_pretrained("{repository}")\n'
        f"samples = pipeline(4{told}, seed=7)\n"
        'pipeline.modality.write(samples[0], Path("sample"))\n'
    )
