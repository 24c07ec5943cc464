"""Copy as code: the cell that makes again what an explorer shows."""

from collections.abc import Sequence
from typing import Any

from multigan.notebook.exploring import Explored, Pin, View


def code_of(explored: Explored, view: View) -> str:
    """Returns Python that makes the samples of a view."""
    lines = [*_opening(explored, view)]
    if explored.facts()["writes"]:
        options = [f"{name}={value!r}" for name, value in view.writing.items() if value]
        arguments = [str(view.count), *_condition(view), f"seed={view.seed}", *options]
        return "\n".join([*lines, f"samples = pipeline({', '.join(arguments)})", "samples"])
    lines += _latents(explored, view)
    told = _told(view)
    lines += [
        f"told = pipeline.conditions({told}, {view.count})",
        f"samples = pipeline.generate(latents, told{_truncation(view)})",
        "samples = pipeline.modality.decode(samples)",
        "samples[0]",
    ]
    return "\n".join(lines)


def code_of_walk(explored: Explored, pins: Sequence[Pin], frames: int) -> str:
    """Returns Python that makes the samples of a walk."""
    lines = ["import torch", "", "from multigan.latents import walk"]
    lines += [line for line in _opening(explored, pins[0].view) if line != "import torch"]
    lines += ["", "stops, told = [], []"]
    for pin in pins:
        lines += _latents(explored, pin.view)
        lines += [f"stops.append(latents[{pin.index}])"]
        if explored.facts()["condition"]:
            told = f"pipeline.conditions({_told(pin.view)}, {pin.view.count})[{pin.index}]"
            lines += [f"told.append({told})"]
    lines += [
        f"nearest = torch.linspace(0, {len(pins) - 1}, {frames}).round().long()",
        "told = torch.stack(told)[nearest] if told else None",
        f"latents = walk(torch.stack(stops), {frames})",
        "samples = pipeline.modality.decode(pipeline.generate(latents, told))",
        "samples[0]",
    ]
    return "\n".join(lines)


def _opening(explored: Explored, view: View) -> list[str]:
    imports = ["import torch", ""] if isinstance(view.condition, tuple) else []
    if explored.run is None:
        return [*imports, "from multigan import Pipeline", "", f"pipeline = {_saved(explored)}"]
    step = "" if view.step is None else f"step={view.step}"
    step = step if view.average is None else f"average={view.average!r}"
    opened = f"pipeline = Run.find({str(explored.run.path)!r}).pipeline({step})"
    return [*imports, "from multigan import Run", "", opened]


def _saved(explored: Explored) -> str:
    if explored.path is None:
        return "...  # the pipeline that the explorer was given"
    return f"Pipeline.from_pretrained({str(explored.path)!r})"


def _latents(explored: Explored, view: View) -> list[str]:
    lines = [f"latents = pipeline.latents({view.count}, seed={view.seed}{_truncation(view)})"]
    moves = [(index, distance) for index, distance in enumerate(view.moves) if distance]
    if moves:
        arguments = [str(explored.facts()["directions"]), f"method={view.method!r}"]
        arguments += _condition(view) if isinstance(view.condition, int) else []
        lines.append(f"directions = pipeline.directions({', '.join(arguments)})")
    lines += [f"latents = directions.move(latents, {i}, {distance!r})" for i, distance in moves]
    return lines


def _truncation(view: View) -> str:
    return "" if view.truncation == 1 else f", truncation={view.truncation!r}"


def _condition(view: View) -> list[str]:
    return [] if view.condition is None else [f"condition={_told(view)}"]


def _told(view: View) -> Any:
    if isinstance(view.condition, tuple):
        return f"torch.tensor([{list(view.condition)!r}] * {view.count})"
    return repr(view.condition)
