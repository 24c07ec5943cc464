"""A living page: one HTML file with the generator in it, which works from disk, without a network.

The weights, onnxruntime's WebAssembly and the page's scripts are inlined, gzipped where that pays;
the browser unpacks them in a worker. Nothing is fetched, and nothing is sent.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from multigan.errors import ConfigError
from multigan.export.onnx_file import Exported, Precision, to_onnx
from multigan.export.scripts import bundled
from multigan.modalities.kind import kind_of
from multigan.report.rendering import render
from multigan.sampling.pipeline import Pipeline

DIRECTIONS = 6
HERE = Path(__file__).parent


def page(
    pipeline: Pipeline,
    *,
    title: str = "",
    about: Mapping[str, Any] | None = None,
    precision: Precision = "int16",
) -> str:
    """Returns a living page of a generator, as HTML that needs nothing else.

    The same seed and class give the page's samples and Python's.

    Args:
        pipeline: What to show.
        title: What stands above it; the generator's name without one.
        about: More facts, as `multigan.export.to_onnx` takes them; `data`, `recipe` are shown.
        precision: Of the weights; "int16" makes a file of half the size.

    Raises:
        ConfigError: There is no page for this kind of data, or it cannot be exported.
    """
    kind = kind_of(pipeline.modality.name)
    if not kind.page:
        raise ConfigError(
            f"There is no living page for {pipeline.modality.name} data. What can be exported is "
            "written by: multigan export"
        )
    exported = to_onnx(pipeline, precision=precision, about=about)
    facts = {**exported.facts, "directions": _directions(pipeline)}
    return _rendered(pipeline, exported, facts, title or str(facts.get("run") or "A generator"))


def _rendered(pipeline: Pipeline, exported: Exported, facts: Mapping[str, Any], title: str) -> str:
    from markupsafe import Markup

    site = HERE / "site"
    return render(
        f"{kind_of(pipeline.modality.name).page}.html.j2",
        folder=site,
        title=title,
        subtitle=_subtitle(facts),
        footer=_footer(facts),
        modality=facts["modality"],
        poster=_poster(pipeline),
        style=Markup((site / "page.css").read_text()),
        facts=Markup(json.dumps(facts).replace("<", "\\u003c")),
        runtime={"script": _runtime("ort.mjs.gz"), "wasm": _runtime("ort.wasm.gz")},
        model=_as_text(gzip.compress(exported.model, 9, mtime=0)),
        worker=Markup((site / "worker.js").read_text()),
        script=Markup(bundled(site)),
    )


def _poster(pipeline: Pipeline) -> str | None:
    """Returns the first sample as a picture in a URL, for where no script runs and until one does.

    None where a sample is no picture.
    """
    png = getattr(pipeline(1)[0], "_repr_png_", None)
    return f"data:image/png;base64,{_as_text(png())}" if png else None


def _directions(pipeline: Pipeline) -> dict[str, Any]:
    """Returns the directions to drag along, as text; none where there is no latent space."""
    if pipeline.writes:
        return {"count": 0, "vectors": ""}
    count = min(DIRECTIONS, pipeline.prior.dim)
    vectors = pipeline.directions(count).vectors.float().contiguous().numpy()
    return {"count": count, "vectors": _as_text(vectors.astype("<f4").tobytes())}


def _subtitle(facts: Mapping[str, Any]) -> str:
    told = facts.get("condition")
    parts = (
        facts.get("data") and f"learned from {facts['data']}",
        facts.get("recipe") != facts.get("data") and f"recipe {facts['recipe']}",
        told and told["kind"] == "class" and f"{told['size']} classes",
        facts.get("step") and f"step {facts['step']:,}",
    )
    return " · ".join(str(part) for part in parts if part)


def _footer(facts: Mapping[str, Any]) -> str:
    versions = facts["versions"]
    return (
        f"Made by multigan {versions['multigan']}. This file holds the whole generator and runs "
        "without a network; everything it shows is generated in your browser. It runs on ONNX "
        "Runtime Web, © Microsoft, MIT License."
    )


def _runtime(name: str) -> str:
    return _as_text((HERE / "runtime" / name).read_bytes())


def _as_text(content: bytes) -> str:
    return base64.b64encode(content).decode()
