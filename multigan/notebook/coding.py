"""Copy as code: the cell that makes again what an explorer shows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from multigan.notebook.exploring import Explored, Pin, View
from multigan.notebook.in_memory import COLUMNS


def code_of(explored: Explored, view: View) -> str:
    """Returns Python that makes the samples of a view."""
    lines = [*_opening(explored, view)]
    if explored.facts()["writes"]:
        options = [f"{name}={value!r}" for name, value in view.writing.items() if value]
        arguments = [str(view.count), *_condition(view), f"seed={view.seed}", *options]
        return "\n".join([*lines, f"samples = pipeline({', '.join(arguments)})", *_shown()])
    lines += _latents(explored, view)
    lines += [
        *_conditions(view),
        f"samples = pipeline.generate(latents, conditions{_truncation(view)})",
        "samples = pipeline.modality.decode(samples)",
        *_shown(),
    ]
    return "\n".join(lines)


def code_of_walk(
    explored: Explored, pins: Sequence[Pin], frames: int, *, eased: bool = False
) -> str:
    """Returns Python that makes the samples of a walk."""
    lines = ["import torch", "", "from multigan.sampling.latents import walk"]
    lines += [line for line in _opening(explored, pins[0].view) if line != "import torch"]
    lines += _stops(explored, pins)
    facts, ease = explored.facts(), ", eased=True" if eased else ""
    if facts["mixes"] or facts["condition"] in ("attributes", "vector"):
        lines.append(f"conditions = walk(torch.stack(asked), {frames}, linear=True{ease})")
    elif facts["condition"]:
        nearest = f"torch.linspace(0, {len(pins) - 1}, {frames}).round().long()"
        lines.append(f"conditions = torch.stack(asked)[{nearest}]")
    argument = ", conditions" if facts["condition"] else ""
    lines += [
        f"latents = walk(torch.stack(stops), {frames}{ease})",
        f"samples = pipeline.modality.decode(pipeline.generate(latents{argument}))",
        *_shown(),
    ]
    return "\n".join(lines)


def code_of_mix(explored: Explored, pins: Sequence[Pin], layers: int) -> str:
    """Returns Python that makes each pinned sample with the finer styles of each."""
    lines = ["import torch", ""]
    lines += [line for line in _opening(explored, pins[0].view) if line != "import torch"]
    lines += _stops(explored, pins, weights=False)
    argument = ", condition=torch.stack(asked[:1])" if explored.facts()["condition"] else ""
    lines += [
        "stops = torch.stack(stops)",
        f"samples = pipeline.mix_styles(stops, stops, layers={layers}{argument})",
        *_shown(len(pins)),
    ]
    return "\n".join(lines)


def _shown(columns: int = COLUMNS) -> list[str]:
    """Returns the lines that show all of the samples: what is copied is what was seen."""
    width = "" if columns == COLUMNS else f", columns={columns}"
    return ["", "from multigan.notebook import show_samples", "", f"show_samples(samples{width})"]


def _stops(explored: Explored, pins: Sequence[Pin], *, weights: bool = True) -> list[str]:
    """Returns lines that gather the latents of pins, and what their samples are conditioned on."""
    facts = explored.facts()
    lines = ["", "stops, asked = [], []"]
    for pin in pins:
        lines += _latents(explored, pin.view)
        lines.append(f"stops.append(latents[{pin.index}])")
        if not facts["condition"]:
            continue
        view = pin.view if weights else replace(pin.view, toward=None)
        lines += _conditions(view)
        if weights and facts["mixes"] and not _is_mixed(view):
            lines.append("conditions = pipeline.class_weights(conditions)")
        lines.append(f"asked.append(conditions[{pin.index}])")
    return lines


def _opening(explored: Explored, view: View) -> list[str]:
    needs_torch = isinstance(view.condition, tuple) or _is_mixed(view) or bool(view.latent)
    imports = ["import torch", ""] if needs_torch else []
    if explored.run is None:
        return [*imports, "from multigan import Pipeline", "", f"pipeline = {_saved(explored)}"]
    step = "" if view.step is None else f"step={view.step}"
    step = step if view.average is None else f"average={view.average!r}"
    opened = f"pipeline = Run.find({str(explored.run.path)!r}).pipeline({step})"
    return [*imports, "from multigan import Run", "", opened]


def _saved(explored: Explored) -> str:
    if explored.path is None:
        return "...  # the pipeline that the explorer was given"
    return f"Pipeline.from_pretrained({explored.path.as_posix()!r})"


def _latents(explored: Explored, view: View) -> list[str]:
    if view.latent:
        found = f"torch.tensor({list(view.latent)!r})"
        lines = [f"latents = {found}.expand({view.count}, -1)  # found for a real sample"]
    else:
        lines = [f"latents = pipeline.latents({view.count}, seed={view.seed}{_truncation(view)})"]
    moves = [(index, distance) for index, distance in enumerate(view.moves) if distance]
    if moves:
        arguments = [str(explored.facts()["directions"]), f"method={view.method!r}"]
        arguments += _condition(view) if isinstance(view.condition, int) else []
        lines.append(f"directions = pipeline.directions({', '.join(arguments)})")
    lines += [f"latents = directions.move(latents, {i}, {distance!r})" for i, distance in moves]
    return lines


def _conditions(view: View) -> list[str]:
    lines = [f"conditions = pipeline.conditions({_told(view)}, {view.count})"]
    if _is_mixed(view):
        lines += [
            f"toward = pipeline.class_weights(torch.tensor([{view.toward}]))",
            f"conditions = torch.lerp(pipeline.class_weights(conditions), toward, {view.share!r})",
        ]
    return lines


def _is_mixed(view: View) -> bool:
    return view.toward is not None and view.share > 0


def _truncation(view: View) -> str:
    return "" if view.truncation == 1 else f", truncation={view.truncation!r}"


def _condition(view: View) -> list[str]:
    return [] if view.condition is None else [f"condition={_told(view)}"]


def _told(view: View) -> Any:
    if isinstance(view.condition, tuple):
        return f"torch.tensor([{list(view.condition)!r}] * {view.count})"
    return repr(view.condition)
