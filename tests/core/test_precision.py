"""What a step computes in: half precision with scaled gradients, switches that are put back."""

import pytest
import torch

from multigan.core.engine import Engine
from multigan.core.precision import deterministic, rounds_products, tf32
from multigan.core.regularizers import R1, R2
from tests.tiny import make_trainer


def half(**more):
    return make_trainer(engine=Engine("cpu", "float16"), regularizers=[R1(1.0), R2(1.0)], **more)


def test_float16_networks_run_in_float16_and_learn_what_float32_learns():
    seen = []
    trainer, exact = half(), make_trainer(regularizers=[R1(1.0), R2(1.0)])
    trainer.objective.discriminator[0].register_forward_hook(
        lambda module, inputs, output: seen.append(output.dtype)
    )
    trainer.fit(3)
    exact.fit(3)
    assert {torch.float16, torch.float32} == set(seen)  # penalties are scored in float32
    for mine, theirs in zip(
        trainer.objective.parameters(), exact.objective.parameters(), strict=True
    ):
        assert mine.dtype == torch.float32
        torch.testing.assert_close(mine, theirs, atol=3e-3, rtol=0.05)


def test_an_update_whose_gradient_overflows_is_left_out_and_the_scale_halved():
    trainer = half()
    scaler = trainer._scalers["discriminator"]
    scaler.load_state_dict(scaler.state_dict() | {"scale": 2.0**127})
    before = [p.clone() for p in trainer.objective.discriminator.parameters()]
    trainer.step()
    assert scaler.get_scale() == 2.0**126
    after = trainer.objective.discriminator.parameters()
    assert all(torch.equal(b, a) for b, a in zip(before, after, strict=True))


def test_scales_are_part_of_the_state():
    first, second = half(), half()
    first.fit(1)
    first._scalers["generator"].update(512.0)
    second.load_state_dict(first.state_dict())
    assert second._scalers["generator"].get_scale() == 512.0
    assert "scalers" not in make_trainer().state_dict()["progress"]


@pytest.mark.parametrize("allowed", [True, False])
def test_tf32_is_put_back(allowed):
    before = rounds_products()
    with tf32(allowed):
        assert rounds_products() == allowed
        with tf32(not allowed):
            assert rounds_products() != allowed
        assert rounds_products() == allowed
    assert rounds_products() == before


def test_determinism_is_asked_for_in_updates_and_put_back(monkeypatch):
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    with Engine("cpu", deterministic=True).updating():
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.backends.cudnn.deterministic
    assert not torch.are_deterministic_algorithms_enabled()
    with Engine("cpu").updating(), deterministic(False):
        assert not torch.are_deterministic_algorithms_enabled()


def test_what_a_device_does_not_compute_in_is_said():
    assert "tf32 is one of NVIDIA's" in Engine("cpu", "tf32").notes[0]
    assert not Engine("cpu", "float16").notes
