"""Convolutions in bfloat16: where they fail, by a planted fault, they run in float32."""

import pytest
import torch
from torch import nn
from torch.nn.functional import conv1d, conv2d, conv_transpose2d

from multigan.core import half_precision
from multigan.core.draws import seeded
from multigan.core.engine import Engine
from multigan.core.game import AdversarialGame
from multigan.core.half_precision import CheckedLayers, is_sound
from multigan.core.losses import LOSSES
from multigan.core.prior import Prior
from multigan.core.regularizers import R1
from multigan.core.unrolled import UnrolledGame
from tests.tiny import MLP, Ring, make_trainer

SAMPLES, WEIGHT = torch.empty(2, 3, 9, 9), torch.empty(4, 3, 3, 3)


class Spoiled(torch.autograd.Function):
    """Hands numbers on, and does what it is told to those or to their gradient, in bfloat16."""

    @staticmethod
    def forward(ctx, numbers, forwards, backwards):
        ctx.backwards = backwards
        lowered = numbers.dtype is torch.bfloat16
        ctx.lowered = lowered
        return forwards(numbers) if lowered else numbers.clone()

    @staticmethod
    def backward(ctx, slope):
        return ctx.backwards(slope) if ctx.lowered else slope, None, None


def same(numbers):
    return numbers.clone()


def first_is_nan(numbers):
    return torch.where(torch.arange(numbers.shape[-1]) == 0, torch.nan, numbers)


def first_is_off(numbers):
    return torch.where(torch.arange(numbers.shape[-1]) == 0, numbers + 1, numbers)


def faulty(forwards=same, backwards=same, where=lambda samples: True):
    """Returns a convolution that is wrong in bfloat16 for the samples in question."""

    def convolve(samples, weight, *how, **named):
        result = conv2d(samples, weight, *how, **named)
        return Spoiled.apply(result, forwards, backwards) if where(samples) else result

    return convolve


@pytest.mark.parametrize(
    ("function", "samples", "weight", "how"),
    [
        (conv1d, torch.empty(2, 3, 20), torch.empty(4, 3, 5), {"padding": "same", "dilation": 2}),
        (conv2d, SAMPLES, WEIGHT, {"padding": 1}),
        (conv2d, SAMPLES.to(memory_format=torch.channels_last), WEIGHT, {"stride": 1}),
        (conv_transpose2d, torch.empty(2, 4, 9, 9), WEIGHT, {"stride": 1}),
    ],
)
def test_rounding_to_bfloat16_is_no_fault(function, samples, weight, how):
    assert is_sound(function, samples, weight, None, **how)
    channels = weight.shape[1 if function is conv_transpose2d else 0]
    assert is_sound(function, samples, weight, torch.empty(channels), **how)


@pytest.mark.parametrize("fault", [first_is_nan, first_is_off])
def test_a_wrong_result_and_a_wrong_gradient_are_faults(fault):
    assert is_sound(faulty(), SAMPLES, WEIGHT)
    assert not is_sound(faulty(forwards=fault), SAMPLES, WEIGHT)
    assert not is_sound(faulty(backwards=fault), SAMPLES, WEIGHT)


class Convolved(nn.Module):
    """Scores points by two convolutions: a layer's, and a plain function's of other shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.norm = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.weight = nn.Parameter(torch.randn(1, 4, 1, 2))
        self.dtypes: set[torch.dtype] = set()

    def forward(self, points, condition=None):
        hidden = self.norm(self.layer(points[:, None, None]))
        logits = conv2d(hidden, weight=self.weight)
        self.dtypes.add(logits.dtype)
        return logits.flatten(1)


def convolved_trainer(precision: str, regularizers=(), norm=True):
    with seeded(0):
        generator, discriminator = MLP(8, 2), Convolved()
        if not norm:
            discriminator.norm = nn.Identity()
    game = AdversarialGame(
        generator,
        discriminator,
        Prior(8),
        LOSSES["non_saturating"],
        regularizers=list(regularizers),
    )
    return make_trainer(game=game, engine=Engine("cpu", precision), data=Ring(16))


def plant(monkeypatch, where):
    """Makes the verdict on a convolution that of one which is wrong for some samples."""
    tried = []

    def judged(function, samples, weight, *how, **named):
        tried.append(tuple(samples.shape))
        return is_sound(faulty(first_is_nan, where=where), samples, weight, *how, **named)

    monkeypatch.setattr(half_precision, "is_sound", judged)
    return tried


def test_only_the_shapes_that_fail_run_in_float32_and_it_is_said_once(monkeypatch):
    tried = plant(monkeypatch, lambda samples: samples.shape[1] == 4)
    said, ran = [], []

    class Watch(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            if func is conv2d:
                ran.append((args[0].shape[1], torch.is_autocast_enabled("cpu")))
            return func(*args, **(kwargs or {}))

    network, checked = Convolved(), CheckedLayers(said.append)
    with Watch(), torch.autocast("cpu", torch.bfloat16), checked:
        for count in (2, 2, 3):
            network(torch.randn(count, 2)).sum().backward()
    assert [(channels, lowered) for channels, lowered in ran if lowered] == [(1, True)] * 3
    assert tried == [(2, 1, 1, 2), (2, 4, 1, 2), (3, 1, 1, 2), (3, 4, 1, 2)]
    assert network.dtypes == {torch.bfloat16}
    (sentence,) = said
    assert "conv2d of (2, 4, 1, 2), weights (1, 4, 1, 2)" in sentence


def test_nothing_is_tried_in_float32_nor_for_penalties(monkeypatch):
    tried = plant(monkeypatch, lambda samples: True)
    convolved_trainer("float32").step()
    with CheckedLayers(tried.append):
        conv2d(torch.randn(2, 3, 9, 9), torch.randn(4, 3, 3, 3))
    assert not tried
    trainer = convolved_trainer("bfloat16", [R1(1.0)], norm=False)
    lowered = trainer.step()
    assert len(set(tried)) == 2
    exact = convolved_trainer("float32", [R1(1.0)], norm=False).step()
    torch.testing.assert_close(lowered["discriminator/r1"], exact["discriminator/r1"])
    assert len(trainer.engine.notes) == 1


def test_trying_disturbs_neither_draws_nor_statistics_nor_resuming(monkeypatch):
    def tried(*given, **named):
        is_sound(*given, **named)
        return True  # so that the numbers are the same wherever this runs

    def trained(steps, verdict=tried, state=None):
        monkeypatch.setattr(half_precision, "is_sound", verdict)
        trainer = convolved_trainer("bfloat16")
        if state:
            trainer.load_state_dict(state)
        trainer.fit(steps)
        return trainer.state_dict()

    with seeded(3):
        whole = trained(4)
        drawn = torch.rand(1)
    with seeded(3):
        assert torch.equal(drawn, torch.rand(1))
    halves = trained(2, state=trained(2))
    untried = trained(4, verdict=lambda *given, **named: True)
    for name, value in whole["objective"].items():
        assert torch.equal(value, halves["objective"][name]), name
        assert torch.equal(value, untried["objective"][name]), name


def test_looking_ahead_takes_second_derivatives_in_float32():
    def term(precision):
        with seeded(0):
            players = MLP(8, 2), MLP(2, 1), Prior(8), LOSSES["non_saturating"]
        game = UnrolledGame(*players, unroll_steps=2)
        trainer = make_trainer(game=game, engine=Engine("cpu", precision), learning_rate=0.0)
        return trainer.step()["generator/adversarial"]

    torch.testing.assert_close(term("bfloat16"), term("float32"))


def test_an_lstm_that_cannot_run_in_bfloat16_runs_in_float32():
    said, dtypes = [], []

    class Refuses(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            if func is torch.lstm:
                dtypes.append(args[0].dtype)
                if torch.is_autocast_enabled("cpu"):
                    raise RuntimeError("could not create a primitive descriptor for the LSTM")
            return func(*args, **(kwargs or {}))

    with seeded(0):
        lstm, tokens = nn.LSTM(4, 5, batch_first=True), torch.randn(2, 3, 4)
    with Refuses(), torch.autocast("cpu", torch.bfloat16), CheckedLayers(said.append):
        for _ in range(2):
            hidden, _ = lstm(tokens.bfloat16())
    hidden.sum().backward()
    assert hidden.dtype == torch.bfloat16
    assert dtypes == [torch.bfloat16, torch.float32, torch.float32]
    torch.testing.assert_close(hidden.float(), lstm(tokens)[0], atol=0.01, rtol=0.01)
    assert len(said) == 1
