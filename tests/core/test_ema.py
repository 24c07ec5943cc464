"""The average of weights, against its definition."""

import pytest
import torch
from torch import nn

from multigan.core.ema import Average


def network(value: float) -> nn.Linear:
    layer = nn.Linear(1, 1)
    nn.init.constant_(layer.weight, value)
    return layer


def set_weight(layer: nn.Linear, value: float) -> None:
    with torch.no_grad():
        layer.weight.fill_(value)


def test_after_one_half_life_half_of_the_old_weight_is_left():
    layer = network(1.0)
    average = Average({"g": layer}, half_life=640, ramp=0)
    set_weight(layer, 0.0)
    for step in range(1, 11):
        average.update(64, 64 * step)
    assert average["g"].weight.item() == pytest.approx(0.5)


def test_average_of_a_ramp_lags_by_its_time_constant():
    layer = network(0.0)
    average = Average({"g": layer}, half_life=1.0, ramp=0)
    for step in range(1, 60):
        set_weight(layer, float(step))
        average.update(1, step)
    # decay 1/2: the average of t, t - 1, ... with weights 1/2, 1/4, ... is t - 1.
    assert average["g"].weight.item() == pytest.approx(58.0)


def test_the_ramp_forgets_the_first_weights():
    layer = network(100.0)
    average = Average({"g": layer}, half_life=1e6, ramp=0.05)
    set_weight(layer, 1.0)
    for step in range(1, 200):
        average.update(64, 64 * step)
    assert average["g"].weight.item() == pytest.approx(1.0, abs=1e-3)


def test_half_life_zero_is_the_network_itself():
    layer = network(1.0)
    average = Average({"g": layer}, half_life=0)
    set_weight(layer, 3.0)
    average.update(64, 64)
    assert average["g"].weight.item() == 3.0


def test_batch_statistics_are_averaged_and_counters_copied():
    norm = nn.BatchNorm1d(2)
    average = Average({"g": norm}, half_life=64, ramp=0)
    norm.running_mean.fill_(1.0)
    norm.num_batches_tracked.fill_(7)
    average.update(64, 64)
    assert average["g"].running_mean.tolist() == [0.5, 0.5]
    assert average["g"].num_batches_tracked.item() == 7


def test_the_network_is_neither_changed_nor_saved_twice():
    layer = network(2.0)
    average = Average({"g": layer})
    average.update(64, 64)
    assert layer.weight.item() == 2.0
    assert layer.weight.requires_grad
    assert set(average.state_dict()) == {"networks.g.weight", "networks.g.bias"}
