"""What runs in which precision on a GPU, forwards and backwards; which draws are whose."""

from typing import ClassVar

import pytest
import torch
from torch import nn

from multigan.core.draws import seed_also, seeded
from multigan.core.engine import Engine
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.precision import rounds_products
from multigan.core.prior import Prior
from multigan.core.regularizers import R1
from tests.pretend_gpu import pretend_gpu
from tests.tiny import MLP, Ring, make_trainer


class Watched(torch.autograd.Function):
    """Passes values on and notes whether products are rounded, forwards and backwards."""

    seen: ClassVar[list[tuple[str, bool]]] = []

    @staticmethod
    def forward(ctx, values):
        Watched.seen.append(("forward", rounds_products()))
        return values.view_as(values)

    @staticmethod
    def backward(ctx, slope):
        Watched.seen.append(("backward", rounds_products()))
        return slope


class Watching(MLP):
    def forward(self, x, condition=None):
        return super().forward(Watched.apply(x))


class OnDevice(Ring):
    def batches(self, start):
        for batch in super().batches(start):
            yield type(batch)(batch.samples.to("cuda"))


def trainer(precision: str, regularizers=()):
    with seeded(0):
        game = AdversarialGame(
            MLP(8, 2), Watching(2, 1), Prior(8), LOSSES["hinge"], regularizers=regularizers
        )
    Watched.seen.clear()
    engine = Engine("cuda", precision)
    return make_trainer(game=game.to("cuda"), engine=engine, data=OnDevice(16))


@pytest.mark.parametrize("precision", ["float32", "tf32"])
def test_products_are_rounded_only_if_asked(precision):
    with pretend_gpu():
        trainer(precision).step()
    assert {rounded for _, rounded in Watched.seen} == {precision == "tf32"}


def test_penalties_are_exact_in_tf32_forwards_and_backwards():
    with pretend_gpu():
        trainer("tf32", [R1(1.0)]).step()
    both = {True, False}
    assert {rounded for what, rounded in Watched.seen if what == "forward"} == both
    assert {rounded for what, rounded in Watched.seen if what == "backward"} == both


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_runs_on_the_device(precision):
    seen = []
    with pretend_gpu():
        made = trainer(precision, [R1(1.0)])
        made.objective.discriminator[0].register_forward_hook(
            lambda module, inputs, output: seen.append(output.dtype)
        )
        logs = made.step()
        assert all(value.isfinite() for value in logs.values())
    assert getattr(torch, precision) in seen
    assert torch.float32 in seen  # the penalty


def test_draws_are_seeded_on_every_device_in_use():
    with pretend_gpu(devices=3) as record:
        seed_also(torch.device("cuda:2"))
        drawn = []
        for _ in range(2):
            with seeded(5):
                drawn.append([torch.randn(3, device=f"cuda:{index}").cpu() for index in (0, 2)])
        assert all(torch.equal(*pair) for pair in zip(*drawn, strict=True))
        assert not record.unseeded


def test_the_pretend_device_refuses_what_cuda_refuses():
    with pretend_gpu(devices=2) as record:
        here, there = torch.ones(2, device="cuda:0"), torch.ones(2, device="cuda:1")
        for other in (there, torch.ones(2)):
            with pytest.raises(RuntimeError, match="at least two devices"):
                here + other
        assert (here + torch.tensor(1.0)).device == here.device
        with pytest.raises(TypeError, match="can't convert cuda:0"):
            here.numpy()
        with pytest.raises(RuntimeError, match="'cuda' device type for generator"):
            torch.randn(2, device="cuda", generator=torch.Generator().manual_seed(0))
        record.clear()
        assert here.sum().item() == 2
        assert record.waits.total() == 1
        torch.randn(2, device="cuda")
        assert record.unseeded
    with pretend_gpu(float64=False), pytest.raises(TypeError, match="doesn't support float64"):
        torch.ones(2, device="cuda").double()


def test_recurrent_layers_refuse_what_cudnn_refuses():
    with pretend_gpu():
        layer = nn.LSTM(2, 3).to("cuda").eval()
        values = torch.ones(4, 1, 2, device="cuda", requires_grad=True)
        with pytest.raises(RuntimeError, match="training mode"):
            layer(values)[0].sum().backward()
        layer.train()
        with pytest.raises(RuntimeError, match="not implemented"):
            torch.autograd.grad(layer(values)[0].sum(), values, create_graph=True)
