"""ONNX models with weights in half the bytes: stored as float16, cast to float32 when loaded.

Runtimes without float16 arithmetic, as browsers' WebAssembly is, run such a model as it is, and
rounding happens once, not in every layer.
"""

from typing import Any

import numpy as np

SMALLEST = 64  # numbers; below, a node for the cast weighs as much as what it saves


def halve_weights(model: Any) -> None:
    """Turns the large float32 initializers of an `onnx.ModelProto` into float16, with a cast each.

    What float16 cannot hold, beyond 65504, stays as it is.
    """
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        if values.size < SMALLEST or np.abs(values).max() > np.finfo(np.float16).max:
            continue
        name, halved = tensor.name, f"{tensor.name}_half"
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), halved))
        casts.append(helper.make_node("Cast", [halved], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
