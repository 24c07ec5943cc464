"""The two-sample test: can a fresh network learn to tell generated samples from real ones?

A small network learns for some seconds on half of both, and is asked about the other half. What it
answers is the area under the ROC curve (AUC): the chance that it puts a real sample above a
generated one. 0.5 says that it sees no difference, 1 that it sees one in every pair.

Source: Lopez-Paz & Oquab (2017), "Revisiting Classifier Two-Sample Tests"; the AUC in place of the
accuracy, because it needs no threshold.

Shapes: N samples, B in a batch, S sample shape, C channels, L positions, K classes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool1d, adaptive_avg_pool2d, softplus

from multigan.core.draws import seed_from, seeded
from multigan.errors import MeasureError, ShapeError

LARGEST = {1: 4096, 2: 64}  # positions along each axis of what is kept, by the number of axes
STEPS, BATCH, EPOCHS = 250, 64, 25
RATE = 2e-3
WIDTHS = (16, 32, 48)
HIDDEN = 64
SMALLEST = 7  # positions that are halved no more
NOISE = 0.1  # deviations, on both sides: it hides how samples are rounded, which nobody sees
SURE = 0.01  # nats a pair
FEWEST = 8  # samples a side: four to learn from and four to be asked about


@dataclass(frozen=True)
class Judged:
    """Samples of one side, as the network sees them.

    Attributes:
        samples: (N, *S) floats, or (N, L) token numbers.
        classes: (N,) int64, the class of each; None if nobody asks for one.
    """

    samples: Tensor
    classes: Tensor | None = None

    def __len__(self) -> int:
        return len(self.samples)

    def rows(self, index: Tensor) -> "Judged":
        """Returns the samples that `index` (n,) selects."""
        classes = None if self.classes is None else self.classes[index]
        return Judged(self.samples[index], classes)


class TwoSampleResult(NamedTuple):
    """The AUC on what the network did not learn from, and its standard error."""

    auc: float
    error: float


def two_sample_test(
    real: Judged, fake: Judged, *, seed: int = 0, steps: int = STEPS
) -> TwoSampleResult:
    """Trains a fresh network on half of both sides and asks it about the others.

    The same samples and seed give the same answer; the caller's random numbers are left alone.

    Args:
        real: Real samples.
        fake: Generated ones, of the same shape.
        seed: Of the halves, the network and its batches.
        steps: Updates of it; fewer where there are so few samples that it would see each more than
            `EPOCHS` times.

    Raises:
        MeasureError: A side has fewer than `FEWEST` samples.
        ShapeError: The sides have different shapes.
    """
    learned, asked = zip(*(halves(side, seed) for side in (real, fake)), strict=True)
    smaller = min(len(side) for side in learned)
    steps = min(steps, ceil(EPOCHS * smaller / min(BATCH, smaller)))
    with seeded(seed, "two-sample"):
        network = fresh_network(real, fake)
        _teach(network, learned[0], learned[1], steps)
        return held_out_auc(*(logits_of(network, side) for side in asked))


def halves(side: Judged, seed: int) -> tuple[Judged, Judged]:
    """Returns what is learned from, and what is asked about.

    Raises:
        MeasureError: There are too few samples.
    """
    if len(side) < FEWEST:
        raise MeasureError(f"A two-sample test wants {FEWEST} samples a side, not {len(side)}.")
    draws = torch.Generator().manual_seed(seed_from(seed, "two-sample halves"))
    order = torch.randperm(len(side), generator=draws).to(side.samples.device)
    return side.rows(order[: len(side) // 2]), side.rows(order[len(side) // 2 :])


def held_out_auc(real: Tensor, fake: Tensor) -> TwoSampleResult:
    """Returns the chance that a real logit (N,) is above a generated one (M,); ties are half.

    The error is that of Hanley & McNeil (1982), "The meaning and use of the area under a receiver
    operating characteristic (ROC) curve".
    """
    ordered = fake.sort().values
    below = torch.searchsorted(ordered, real, right=False)
    up_to = torch.searchsorted(ordered, real, right=True)
    auc = float((below + up_to).double().mean()) / (2 * len(fake))
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (len(real) - 1) * (one - auc**2) + (len(fake) - 1) * (two - auc**2)
    return TwoSampleResult(auc, (max(spread, 0.0) / (len(real) * len(fake))) ** 0.5)


def reduced(samples: Tensor) -> Tensor:
    """Returns samples (N, C, *P) with at most so many positions an axis as the network looks at.

    Samples without positions, and token numbers, come back as they are.
    """
    axes = samples.ndim - 2
    if axes not in LARGEST or not samples.is_floating_point():
        return samples
    size = tuple(min(side, LARGEST[axes]) for side in samples.shape[2:])
    if size == samples.shape[2:]:
        return samples
    pool: Any = adaptive_avg_pool1d if axes == 1 else adaptive_avg_pool2d
    small: Tensor = pool(samples, size)
    return small


class FreshNetwork(nn.Module):
    """A layer for each halving of the positions, then a hidden layer over the whole sample.

    Where there are classes, one vector for each turns the last layer, as in a projection
    discriminator: a sample of the wrong class is seen, too.

    Args:
        body: (B, *S) -> (B, HIDDEN).
        classes: K; 0 for none.
        center, scale: Of the real samples, by which all are standardized.
    """

    center: Tensor
    scale: Tensor

    def __init__(self, body: nn.Module, classes: int, center: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.body = body
        self.output = nn.Linear(HIDDEN, 1)
        self.embed = nn.Embedding(classes, HIDDEN) if classes else None
        if self.embed is not None:
            nn.init.normal_(self.embed.weight, std=HIDDEN**-0.5)
        self.register_buffer("center", center)
        self.register_buffer("scale", scale)

    def forward(self, side: Judged) -> Tensor:
        """Returns logits (B,)."""
        samples = side.samples
        if samples.is_floating_point():
            samples = (samples - self.center) / self.scale
            samples = samples + NOISE * torch.randn_like(samples)
        features = self.body(samples)
        logits: Tensor = self.output(features)[:, 0]
        if self.embed is None:
            return logits
        return logits + (self.embed(side.classes) * features).sum(1)


def fresh_network(real: Judged, fake: Judged) -> FreshNetwork:
    """Returns an untrained network for such samples.

    Raises:
        ShapeError: The sides have different shapes.
    """
    samples = real.samples
    if samples.shape[1:] != fake.samples.shape[1:]:
        raise ShapeError(
            f"Real samples have shape {tuple(samples.shape[1:])} and generated ones "
            f"{tuple(fake.samples.shape[1:])}: only like can be compared with like."
        )
    classes = 0
    if real.classes is not None and fake.classes is not None:
        classes = 1 + int(max(real.classes.max(), fake.classes.max()))
    if not samples.is_floating_point():
        words = 1 + int(max(samples.max(), fake.samples.max()))
        body, center = _of_tokens(words, samples.shape[1]), torch.zeros(())
        return FreshNetwork(body, classes, center, torch.ones(())).to(samples.device)
    body = _of_positions(samples.shape[1:]) if samples.ndim > 2 else _of_numbers(samples.shape[1])
    center, scale = samples.mean(), samples.std().clamp(min=1e-6)
    return FreshNetwork(body, classes, center, scale).to(samples.device)


@torch.no_grad()
def logits_of(network: FreshNetwork, side: Judged) -> Tensor:
    """Returns the logits of all samples, (N,)."""
    network.eval()
    places = torch.arange(len(side), device=side.samples.device)
    return torch.cat([network(side.rows(part)) for part in torch.split(places, 256)]).cpu()


def _teach(network: FreshNetwork, real: Judged, fake: Judged, steps: int) -> None:
    optimizer = torch.optim.Adam(network.parameters(), RATE, betas=(0.9, 0.99))
    # One warm-up and one decay suit a fixed budget, as in the classifiers of metrics.
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=RATE, total_steps=steps)
    batches = zip(_batches(real), _batches(fake), strict=False)
    network.train()
    for _, (is_real, is_fake) in zip(range(steps), batches, strict=False):
        loss = softplus(-network(is_real)).mean() + softplus(network(is_fake)).mean()
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
        if float(loss.detach()) < SURE:  # what is left to learn are ever smaller numbers, slowly
            return


def _batches(side: Judged) -> Iterator[Judged]:
    """Yields batches without end, all samples in a new order each time."""
    size = min(BATCH, len(side))
    while True:
        order = torch.randperm(len(side)).to(side.samples.device)
        for part in torch.split(order, size):
            if len(part) == size:
                yield side.rows(part)


def _of_positions(shape: tuple[int, ...]) -> nn.Module:
    """Returns convolutions for samples (B, C, *P), P one axis or two."""
    channels, sides = shape[0], list(shape[1:])
    if len(sides) not in LARGEST:
        return nn.Sequential(nn.Flatten(), _of_numbers(torch.Size(shape).numel()))
    convolution: Any = nn.Conv1d if len(sides) == 1 else nn.Conv2d
    layers: list[nn.Module] = []
    while not layers or max(sides) > SMALLEST:
        width = WIDTHS[min(len(layers) // 2, len(WIDTHS) - 1)]
        stride = tuple(_stride(side) for side in sides)
        kernel = tuple(2 * step + 1 for step in stride)
        layers += [convolution(channels, width, kernel, stride, stride), nn.LeakyReLU(0.2)]
        sides = [(side - 1) // step + 1 for side, step in zip(sides, stride, strict=True)]
        channels = width
    size = channels * torch.Size(sides).numel()
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(size, HIDDEN), nn.LeakyReLU(0.2))


def _stride(side: int) -> int:
    """Returns how far apart a layer's places are: the farther, the more of them there are."""
    if side <= SMALLEST:
        return 1
    return next(step for most, step in ((32, 2), (64, 4), (side, 8)) if side <= most)


def _of_numbers(numbers: int) -> nn.Module:
    sizes = (numbers, 2 * HIDDEN, 2 * HIDDEN, HIDDEN)
    layers = [[nn.Linear(a, b), nn.LeakyReLU(0.2)] for a, b in pairwise(sizes)]
    return nn.Sequential(*(layer for pair in layers for layer in pair))


class _Vectors(nn.Module):
    """Looks tokens up and puts their positions last: (B, L) -> (B, E, L)."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(words, HIDDEN)

    def forward(self, tokens: Tensor) -> Tensor:
        vectors: Tensor = self.embed(tokens)
        return vectors.transpose(1, 2)


def _of_tokens(words: int, length: int) -> nn.Module:
    return nn.Sequential(_Vectors(words), _of_positions((HIDDEN, length)))
