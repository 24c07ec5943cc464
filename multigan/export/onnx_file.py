"""ONNX: a generator as one file that runs without Python.

Every export is run in onnxruntime, with more and with fewer samples than it was traced with, and
compared with torch before anybody gets it: torch's former exporter wrote wrong models without a
word. This takes its current one, which traces by `torch.export`.
"""

import json
import logging
import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

import multigan
from multigan.errors import ConfigError, MissingDependencyError, first_line
from multigan.export.small_weights import as_float16, as_int16
from multigan.files import write_atomic
from multigan.modalities.kind import kind_of
from multigan.sampling.graph import Graph
from multigan.sampling.pipeline import Pipeline

Precision = Literal["float32", "float16", "int16"]
SMALL = {"float16": as_float16, "int16": as_int16}
BATCHES = (1, 5)  # to compare with; traced with another number
TOLERANCE = 1e-4
# Of waveforms computed from what is within the tolerance, the difference's energy beside theirs,
# -40 dB: Griffin-Lim's rounds amplify rounding, and more so where no phases fit.
DERIVED = 1e-4
SMALL_TOLERANCE = 4 / 255  # of weights in half the bytes: two of a picture's 255 levels


@dataclass(frozen=True)
class Exported:
    """A generator in ONNX.

    Attributes:
        model: The file's content.
        facts: Its metadata: modality, shapes, ranges, classes, recipe, versions.
        difference: The largest of its first output from torch's, over all batches compared.
    """

    model: bytes
    facts: Mapping[str, Any]
    difference: float

    def save(self, path: str | Path) -> Path:
        """Writes the file."""
        return write_atomic(Path(path), self.model)


def to_onnx(
    pipeline: Pipeline, *, precision: Precision = "float32", about: Mapping[str, Any] | None = None
) -> Exported:
    """Returns a pipeline's generator in ONNX, compared with torch.

    Images leave as `samples` (B, C, H, W) in [-1, 1]; sounds also as `waveform` (B, C, L), found as
    the run's representation says; text as the `logits` (B, V) of the next token. See
    `multigan.sampling.graph` and `multigan.modalities.text.graph` for the inputs.

    Args:
        pipeline: What to export.
        precision: "float16" and "int16" store the weights in half the bytes, the latter as whole
            numbers with a scale for each row, which rounds less; arithmetic stays in float32.
        about: More facts for the metadata, as plain JSON.

    Raises:
        ConfigError: It cannot be converted, or differs from torch by more than the graph allows.
        MissingDependencyError: onnx, onnxscript or onnxruntime is missing.
    """
    _check_packages()
    graph = kind_of(pipeline.modality.name).graph(pipeline)
    model = _converted(graph)
    facts = {**_origin(pipeline, precision), **graph.facts, **(about or {})}
    _describe(model, facts)
    difference = _compared(model.SerializeToString(), graph, TOLERANCE)
    if precision in SMALL:
        SMALL[precision](model)
        # Phases that are summed up from rounded frequencies wander, which nobody hears: what the
        # network makes is compared, and not what is computed from it.
        first = replace(graph, outputs=graph.outputs[:1])
        difference = _compared(model.SerializeToString(), first, SMALL_TOLERANCE)
    return Exported(model.SerializeToString(), facts, difference)


def _converted(graph: Graph) -> Any:
    """Returns the graph as an `onnx.ModelProto`."""
    batch = torch.export.Dim("batch", min=1, max=1 << 20)
    with _quiet():
        try:
            program = torch.onnx.export(
                graph.module,
                kwargs=dict(graph.inputs),
                dynamic_shapes={name: {0: batch} for name in graph.inputs},
                input_names=list(graph.inputs),
                output_names=list(graph.outputs),
                dynamo=True,
                verbose=False,
            )
        except torch.onnx.errors.OnnxExporterError as error:
            raise ConfigError(
                f"torch cannot convert this generator to ONNX: {first_line(error)}"
            ) from error
    assert program is not None
    return program.model_proto


def _compared(content: bytes, graph: Graph, tolerance: float) -> float:
    """Returns the largest difference from torch.

    Raises:
        ConfigError: It is too large, or a number of samples is refused.
    """
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    differences: list[float] = []
    try:
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        for count in BATCHES:
            inputs = {name: _resized(value, count) for name, value in graph.inputs.items()}
            arrays = {name: value.numpy() for name, value in inputs.items()}
            found = session.run(list(graph.outputs), arrays)
            differences.append(_distance(found, graph.module, inputs))
    except (errors.Fail, errors.InvalidArgument, errors.InvalidGraph) as error:
        raise ConfigError(f"onnxruntime refuses the exported model: {first_line(error)}") from error
    return _within(float(np.max(differences)), tolerance)  # NaN, if any is


def _within(difference: float, tolerance: float) -> float:
    """Returns a difference that is small enough.

    Raises:
        ConfigError: It is not, or no number.
    """
    if math.isnan(difference):
        raise ConfigError("This generator makes values that are no numbers: it is not exported.")
    if difference > tolerance:
        raise ConfigError(
            f"The exported model differs from torch by {difference:.2g}, more than {tolerance:.2g},"
            " so it is not written. Please report the recipe and the versions of torch and onnx."
        )
    return difference


def _resized(example: Tensor, count: int) -> Tensor:
    """Returns an example input with another number of samples."""
    return example[torch.arange(count) % len(example)]


@torch.no_grad()
def _distance(found: list[Any], module: torch.nn.Module, inputs: Mapping[str, Tensor]) -> float:
    """Returns the largest difference of the first output; others are only checked.

    Of values beyond 1 it is relative to the largest: floats are no finer there.

    Raises:
        ConfigError: Another output is too far from torch's.
    """
    made = module(**inputs)
    wanted = [one.numpy() for one in (made if isinstance(made, tuple) else (made,))]
    # Not all are found where not all were asked for.
    for one, other in zip(found[1:], wanted[1:], strict=False):
        energy = np.square(other).sum() + 1e-12
        _within(float(np.square(one - other).sum() / energy), DERIVED)
    return float(np.abs(found[0] - wanted[0]).max() / max(1.0, np.abs(wanted[0]).max()))


def _origin(pipeline: Pipeline, precision: Precision) -> dict[str, Any]:
    """Returns what a file says of where it comes from."""
    components = pipeline.components or {}
    return {
        "modality": pipeline.modality.name,
        "generator": components["generator"].name if "generator" in components else None,
        "step": pipeline.step,
        "precision": precision,
        "versions": {"multigan": multigan.__version__, "torch": version("torch")},
    }


def _describe(model: Any, facts: Mapping[str, Any]) -> None:
    """Writes the facts into an ONNX file's metadata: each value as JSON."""
    model.producer_name, model.producer_version = "multigan", multigan.__version__
    for key, value in facts.items():
        model.metadata_props.add(key=key, value=json.dumps(value, ensure_ascii=False))


def _check_packages() -> None:
    for package in ("onnx", "onnxscript", "onnxruntime"):
        if find_spec(package) is None:
            raise MissingDependencyError(package, purpose="Exporting to ONNX", extra="export")


@contextmanager
def _quiet() -> Iterator[None]:
    """Hears nothing of what an exporter says of its own workings."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
