"""The same numbers as torchmetrics, from the same features."""

import warnings

import pytest
import torch
from torch import Tensor, nn

from multigan.metrics import frechet_distance, inception_score, kernel_distance


class Filters(nn.Module):
    """Features of uint8 images, in the form that torchmetrics accepts."""

    num_features = 12

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.register_buffer("filters", torch.randn(12, 3, 4, 4, generator=generator) / 7)

    def forward(self, images: Tensor) -> Tensor:
        return torch.conv2d(images / 127.5 - 1, self.filters, stride=4).relu().mean((2, 3))


def images(seed: int, low: int, high: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(low, high, (120, 3, 8, 8), generator=generator).to(torch.uint8)


REAL, FAKE = images(0, 0, 256), images(1, 30, 256)


def oracle(module: str, name: str):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports
        return getattr(pytest.importorskip(f"torchmetrics.image.{module}"), name)


def compute(metric) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the memory it takes
        metric.update(REAL, real=True)
        metric.update(FAKE, real=False)
        return metric.compute()


def test_frechet_distance_agrees():
    theirs = compute(oracle("fid", "FrechetInceptionDistance")(feature=Filters()))
    ours = frechet_distance(Filters()(REAL), Filters()(FAKE))
    assert ours == pytest.approx(theirs.item(), rel=1e-4)


def test_kernel_distance_agrees():
    # One subset of everything is the mean over all subsets, which ours approaches.
    kernel = oracle("kid", "KernelInceptionDistance")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, _ = compute(kernel(feature=Filters(), subsets=1, subset_size=120))
    ours = kernel_distance(Filters()(REAL), Filters()(FAKE), subsets=1000)
    assert ours.mean == pytest.approx(theirs.item(), abs=4 * ours.std / 1000**0.5)
    assert ours.std > 0


def test_score_agrees():
    score = oracle("inception", "InceptionScore")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the memory it takes
        metric = score(feature=Filters(), splits=1)
        metric.update(FAKE)
        theirs, _ = metric.compute()
    ours = inception_score(Filters()(FAKE).softmax(1), splits=1)
    assert ours.mean == pytest.approx(theirs.item(), rel=1e-5)
