"""The fused cells that recurrent layers run on where there is no cuDNN, written out.

Each pair is a function and its derivative, in the arguments of torch's operators.
"""

from typing import Any

import torch
from torch import Tensor

aten = torch.ops.aten


def lstm_cell(
    inputs: Tensor, states: Tensor, cell: Tensor, bias: Any = None, bias_states: Any = None
):
    gates = inputs + states
    if bias is not None:
        gates = gates + bias + bias_states
    entry, forget, new, out = gates.chunk(4, 1)
    entry, forget, new, out = entry.sigmoid(), forget.sigmoid(), new.tanh(), out.sigmoid()
    after = forget * cell + entry * new
    return out * after.tanh(), after, torch.cat([entry, forget, new, out], 1)


def lstm_cell_backward(slope, cell_slope, before, after, workspace, has_bias):
    if slope is None and cell_slope is None:
        return None, None, None
    entry, forget, new, out = workspace.chunk(4, 1)
    slope = torch.zeros_like(after) if slope is None else slope
    cell_slope = torch.zeros_like(after) if cell_slope is None else cell_slope
    curved = after.tanh()
    through = slope * out * (1 - curved * curved) + cell_slope
    gates = torch.cat(
        [
            through * new * entry * (1 - entry),
            through * before * forget * (1 - forget),
            through * entry * (1 - new * new),
            slope * curved * out * (1 - out),
        ],
        1,
    )
    return gates, through * forget, gates.sum(0) if has_bias else torch.empty(0)


def gru_cell(
    inputs: Tensor, states: Tensor, hidden: Tensor, bias: Any = None, bias_states: Any = None
):
    if bias is not None:
        inputs, states = inputs + bias, states + bias_states
    reset_in, keep_in, new_in = inputs.chunk(3, 1)
    reset_state, keep_state, new_state = states.chunk(3, 1)
    reset, keep = (reset_in + reset_state).sigmoid(), (keep_in + keep_state).sigmoid()
    new = (new_in + reset * new_state).tanh()
    workspace = torch.cat([reset, keep, new, hidden, new_state], 1)
    return new + keep * (hidden - new), workspace


def gru_cell_backward(slope, workspace, has_bias):
    reset, keep, new, hidden, new_state = workspace.chunk(5, 1)
    keeping = slope * (hidden - new) * (1 - keep) * keep
    making = slope * (1 - keep) * (1 - new * new)
    resetting = making * new_state * (1 - reset) * reset
    inputs = torch.cat([resetting, keeping, making], 1)
    states = torch.cat([resetting, keeping, making * reset], 1)
    biases = (inputs.sum(0), states.sum(0)) if has_bias else (torch.empty(0), torch.empty(0))
    return inputs, states, slope * keep, *biases


CELLS = {
    aten._thnn_fused_lstm_cell.default: lstm_cell,
    aten._thnn_fused_lstm_cell_backward_impl.default: lstm_cell_backward,
    aten._thnn_fused_gru_cell.default: gru_cell,
    aten._thnn_fused_gru_cell_backward.default: gru_cell_backward,
}
