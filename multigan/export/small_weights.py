"""ONNX models with weights in half the bytes, which become float32 again when they are loaded.

Runtimes without float16 arithmetic, as browsers' WebAssembly is, run such a model as it is, and
rounding happens once, not in every layer.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

SMALLEST = 64  # numbers; below, the nodes that enlarge a weight weigh as much as what it saves
LEVELS = 32767


def as_float16(model: Any) -> None:
    """Stores the weights of an `onnx.ModelProto` as float16: 11 bits of each number.

    What float16 cannot hold, beyond 65504, stays as it is.
    """
    from onnx import TensorProto, helper, numpy_helper

    def shrink(tensor: Any, values: np.ndarray) -> tuple[list[Any], list[Any]] | None:
        if np.abs(values).max() > np.finfo(np.float16).max:
            return None
        small = numpy_helper.from_array(values.astype(np.float16), f"{tensor.name}_small")
        cast = helper.make_node("Cast", [small.name], [tensor.name], to=TensorProto.FLOAT)
        return [small], [cast]

    _replace_weights(model, shrink)


def as_int16(model: Any) -> None:
    """Stores the weights of an `onnx.ModelProto` as whole numbers, with a scale for each row.

    A row's largest number has 15 bits, and the smaller ones the same absolute error: of weights
    that are of one size, a fifth of what float16 leaves.
    """
    from onnx import TensorProto, helper, numpy_helper

    def shrink(tensor: Any, values: np.ndarray) -> tuple[list[Any], list[Any]]:
        axes = tuple(range(1, values.ndim)) if values.ndim > 1 else None
        scale = np.abs(values).max(axis=axes, keepdims=True) / LEVELS
        scale = np.where(scale > 0, scale, 1).astype(np.float32)
        whole = np.rint(values / scale).astype(np.int16)
        name = tensor.name
        stored = [
            numpy_helper.from_array(whole, f"{name}_small"),
            numpy_helper.from_array(scale, f"{name}_scale"),
        ]
        nodes = [
            helper.make_node("Cast", [f"{name}_small"], [f"{name}_cast"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}_cast", f"{name}_scale"], [name]),
        ]
        return stored, nodes

    _replace_weights(model, shrink)


def _replace_weights(
    model: Any, shrink: Callable[[Any, np.ndarray], tuple[list[Any], list[Any]] | None]
) -> None:
    """Puts what `shrink` returns, stored tensors and nodes, in the place of large weights."""
    from onnx import TensorProto, numpy_helper

    kept, enlarging = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor) if tensor.data_type == TensorProto.FLOAT else None
        small = shrink(tensor, values) if values is not None and values.size >= SMALLEST else None
        kept += [tensor] if small is None else small[0]
        enlarging += [] if small is None else small[1]
    kept = [type(model.graph.initializer[0]).FromString(one.SerializeToString()) for one in kept]
    nodes = [*enlarging, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)
