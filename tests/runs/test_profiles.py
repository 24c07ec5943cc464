"""Averages chosen after training are those that training would have kept."""

import pytest
import torch
from torch import nn

from multigan.errors import CheckpointError, ConfigError
from multigan.runs.folder import RunFolder
from multigan.runs.profiles import (
    LENGTHS,
    PowerAverage,
    Profiles,
    averaged_weights,
    exponent_of,
    mixture,
)
from tests.tiny import make_trainer


@pytest.mark.parametrize("length", [0.02, 0.05, 0.1, 0.2])
def test_the_exponent_gives_the_length_back(length):
    g = exponent_of(length)
    assert (g + 1) ** 0.5 / ((g + 2) * (g + 3) ** 0.5) == pytest.approx(length)


def test_the_profile_has_the_deviation_that_its_name_says():
    steps, length = 2000, 0.1
    time = nn.Linear(1, 2, bias=False)  # its weights are the time and the time squared
    average = PowerAverage({"generator": time}, length)
    for step in range(1, steps + 1):
        with torch.no_grad():
            time.weight.copy_(torch.tensor([[step / steps], [(step / steps) ** 2]]))
        average.update(1, step)
    mean, square = average["generator"].weight.flatten().tolist()
    assert (square - mean**2) ** 0.5 == pytest.approx(length, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("length", [0.03, 0.05, 0.08, 0.1, 0.15])
def test_a_length_chosen_afterwards_is_nearly_the_one_kept_while_training(tmp_path, length):
    run = RunFolder(tmp_path)
    trainer = make_trainer(width=8)
    kept = PowerAverage(trainer.objective.averaged, length)
    profiles = Profiles(run, trainer, every=10)
    for _ in range(200):
        logs = trainer.step()
        kept.update(trainer.data.batch_size, trainer.samples_seen)
        profiles.on_step_end(trainer, logs)
    found = averaged_weights(run.profiles, length)
    now = trainer.objective.generator.state_dict()
    for name, tensor in kept["generator"].state_dict().items():
        moved = (now[name] - tensor).norm()
        assert (found[name] - tensor).norm() < 0.1 * moved + 1e-4


def test_the_stored_lengths_are_had_exactly():
    shares = mixture([100, 200, 300], 300, LENGTHS[1])
    expected = torch.zeros(6, dtype=torch.float64)
    expected[-1] = 1
    torch.testing.assert_close(shares, expected, atol=1e-6, rtol=0)


def test_a_resumed_run_goes_on_with_its_averages(tmp_path):
    def profiled():
        trainer = make_trainer(width=8)
        profiles = Profiles(RunFolder(tmp_path), trainer, every=4)
        trainer.callbacks.append(profiles)
        return trainer, profiles

    whole, expected = profiled()
    whole.fit(8)
    first, _ = profiled()
    first.fit(4)
    second, found = profiled()
    second.load_state_dict(first.state_dict())
    (tmp_path / "profiles" / "000099.safetensors").write_bytes(b"of a time that is gone")
    second.fit(4)
    for name, tensor in expected.averages.state_dict().items():
        torch.testing.assert_close(found.averages.state_dict()[name], tensor, rtol=0, atol=0)
    assert not (tmp_path / "profiles" / "000099.safetensors").exists()


def test_what_cannot_be_had_is_said(tmp_path):
    with pytest.raises(CheckpointError, match="profile_every"):
        averaged_weights(tmp_path, 0.1)
    with pytest.raises(ConfigError, match=r"between 0.01 and 0.25"):
        averaged_weights(tmp_path, 0.5)
