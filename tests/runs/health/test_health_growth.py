"""The doctor beside networks that grow: what they cannot make yet is no illness."""

import copy
import itertools

import pytest
import torch
from torch import Tensor, nn

from multigan.core.growth import Growing, ProgressiveGame, coarsened
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.prior import Prior
from multigan.core.trainer import Trainer
from multigan.modalities.image.load.load import load_images
from multigan.runs.health import Doctor, make_reference
from multigan.runs.health.findings import PATIENCE, WARM_UP
from multigan.runs.health.vitals import compare
from tests.tiny import Ring, make_trainer

STAGES = 2  # 4x4, 8x8, 16x16


class Perfect(Growing):
    """A generator that has learned all there is: other real samples, as coarse as it has grown."""

    def __init__(self, real: Tensor) -> None:
        super().__init__(STAGES)
        self.register_buffer("real", real)
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        return self.scale * coarsened(self.real[: len(latent)], self.level, self.stages)


class Judge(Growing):
    """A discriminator of one layer."""

    def __init__(self) -> None:
        super().__init__(STAGES)
        self.layer = nn.Linear(256, 1)

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        return self.layer(samples.flatten(1))


class Same(Ring):
    """A batch, again and again."""

    def __init__(self, samples: Tensor) -> None:
        super().__init__(batch_size=len(samples))
        self.samples = samples

    def batches(self, start):
        return itertools.repeat(Batch(self.samples))


@pytest.fixture(scope="module")
def digits() -> Tensor:
    raw, _ = load_images("digits", size=16).source.read(torch.arange(1024))
    return raw.float() / 127.5 - 1


def growing(digits: Tensor, *callbacks, scale: float = 1.0) -> Trainer:
    """Returns a trainer whose generator makes what it makes for ever."""
    generator = Perfect(scale * digits[512:])
    game = ProgressiveGame(generator, Judge(), Prior(4), LOSSES["wasserstein"])
    data = Same(digits[:512])
    return make_trainer(game=game, data=data, learning_rate=0.0, callbacks=callbacks)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0, 1.5, 2.0])
def test_detail_that_nobody_can_make_yet_is_not_missed(digits, level):
    trainer = growing(digits)
    for network in trainer.objective.growing:
        network.level = level
    doctor = Doctor()
    doctor.inspect(trainer)
    (found,) = doctor.history
    assert found.coverage > 0.95
    assert found.diversity == pytest.approx(1, abs=0.05)
    assert found.support == pytest.approx(1, abs=0.35)


def test_beside_full_detail_even_perfect_coarse_samples_would_look_alike(digits):
    reference = make_reference(digits[:512])
    coarse = reference.features(coarsened(digits[512:], 0.0, STAGES))
    found = compare(coarse, None, reference, None)
    assert found["distinct"] == pytest.approx(10, abs=1)
    assert found["support"] < 0.1, "an alarm"


def severities(doctor: Doctor) -> dict[str, str]:
    return {finding.name: finding.severity for finding in doctor.findings}


def test_no_alarm_stands_while_a_stage_fades_in_nor_in_the_warm_up_after_it(digits):
    doctor = Doctor()
    trainer = growing(digits, scale=0.1)  # too little contrast for ever
    for _ in range(WARM_UP + PATIENCE):
        doctor.inspect(trainer)
    assert severities(doctor)["diversity"] == "alarm"
    for step in range(1, 21):  # a fade
        trainer.objective.grow(0.2 + 0.01 * step)
        doctor.inspect(trainer)
        assert severities(doctor)["diversity"] == "warning"
        assert not doctor.is_healthy()
    for _ in range(WARM_UP + PATIENCE - 1):
        assert "alarm" not in severities(doctor).values()
        doctor.inspect(trainer)
    assert severities(doctor)["diversity"] == "alarm"


def test_resuming_beside_growing_networks_is_exact(digits):
    whole, first, second = Doctor(), Doctor(), Doctor()
    trainer = growing(digits)
    for level in (0.5, 1.0, 1.0, 1.0):
        if level == whole.state_dict()["level"] and not second.history:
            second.load_state_dict(copy.deepcopy(first.state_dict()))
        for network in trainer.objective.growing:
            network.level = level
        whole.inspect(trainer)
        (second if second.history else first).inspect(trainer)
    assert len(whole.history) == 3
    assert second.history == whole.history
    assert second.findings == whole.findings
