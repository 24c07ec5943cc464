"""A small classifier of the data's own labels, whose hidden layer makes a feature space.

It exists because pretrained networks may be absent or blind to the data (digits, spectrograms).
Its numbers compare models on this data with this classifier, nothing else.

Shapes: N images, B in a batch, C channels, H and W their size, K classes, 128 features.
"""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad

from multigan.core.draws import seeded
from multigan.errors import CheckpointError, ConfigError, MeasureError, ShapeError
from multigan.files import atomic_folder, plain_file, read_json, refused_by_disk, write_json

FEATURES = 128
WEIGHTS_NAME, REPORT_NAME = "classifier.safetensors", "classifier.json"


@dataclass(frozen=True)
class ClassifierReport:
    """How a classifier came about and how good it is.

    Attributes:
        shape: (C, H, W) of the images.
        num_classes: K.
        accuracy: The share of held-out images it gets right, in [0, 1]; training saw none of them.
        n_train: How many images it was trained on.
        n_held_out: How many the accuracy is measured on.
        steps: How many batches it saw.
        seed: Of the split, the initial weights, the order and the shifts.
        data: A hash of the images and labels.
    """

    shape: tuple[int, int, int]
    num_classes: int
    accuracy: float
    n_train: int
    n_held_out: int
    steps: int
    seed: int
    data: str


class Classifier(nn.Module):
    """Three convolutions and a hidden layer: (B, C, H, W) in [-1, 1] -> logits (B, K).

    `report` describes its training. `features` is the last hidden layer, (B, 128).
    """

    report: ClassifierReport

    def __init__(self, shape: tuple[int, int, int], num_classes: int, width: int = 16) -> None:
        super().__init__()
        channels, height, width_in = shape
        self.shape = shape
        self.body = nn.Sequential(
            _block(channels, width),
            nn.MaxPool2d(2),
            _block(width, 2 * width),
            nn.MaxPool2d(2),
            _block(2 * width, 4 * width),
            nn.Flatten(),
            nn.Linear(4 * width * (height // 4) * (width_in // 4), FEATURES, bias=False),
            nn.BatchNorm1d(FEATURES),
            nn.ReLU(),
        )
        self.head = nn.Linear(FEATURES, num_classes)

    def features(self, samples: Tensor) -> Tensor:
        """Returns the last hidden layer: (B, C, H, W) in [-1, 1] -> (B, 128)."""
        if tuple(samples.shape[1:]) != self.shape:
            raise ShapeError(
                f"The classifier was trained on images of shape {self.shape} and got "
                f"{tuple(samples.shape[1:])}. Train one on this data."
            )
        hidden: Tensor = self.body(samples)
        return hidden

    def forward(self, samples: Tensor) -> Tensor:
        """Returns logits: (B, C, H, W) in [-1, 1] -> (B, K)."""
        logits: Tensor = self.head(self.features(samples))
        return logits

    def save(self, folder: Path) -> Path:
        """Writes weights and report; the folder appears whole or not at all."""
        with atomic_folder(folder) as building:
            with refused_by_disk(Path(folder)):
                save_file(self.state_dict(), building / WEIGHTS_NAME)
            write_json(building / REPORT_NAME, asdict(self.report))
        return Path(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads what `save` wrote, ready to evaluate."""
        try:
            fields = read_json(Path(folder) / REPORT_NAME)
            report = ClassifierReport(**{**fields, "shape": tuple(fields["shape"])})
            model = cls(report.shape, report.num_classes)
            model.load_state_dict(load_file(plain_file(Path(folder) / WEIGHTS_NAME)))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise CheckpointError(
                f"{folder} holds no readable classifier: {error}. Expected the files "
                f"{WEIGHTS_NAME} and {REPORT_NAME} that Classifier.save writes; train it again."
            ) from None
        model.report = report
        return model.eval()


def train_classifier(
    images: Tensor,
    labels: Tensor,
    num_classes: int,
    *,
    seed: int = 0,
    steps: int = 1000,
    batch_size: int = 64,
    held_out: float = 0.1,
    test: tuple[Tensor, Tensor] | None = None,
) -> Classifier:
    """Trains a classifier, the same one for the same arguments and number of threads.

    Args:
        images: (N, C, H, W) uint8, H and W multiples of 4.
        labels: (N,) int64 in [0, K).
        num_classes: K.
        seed: Of everything random; the caller's random state is left alone.
        steps: The budget, in batches.
        batch_size: Images per batch.
        held_out: The share of images kept from training to measure the accuracy, in (0, 1).
        test: Images and labels to measure the accuracy on instead; then training sees all others.
    """
    _check(images, labels, num_classes)
    data = fingerprint(images, labels)
    with seeded(seed, "classifier"):
        if test is None:
            images, labels, test = _split(images, labels, held_out)
        else:
            _check(*test, num_classes)
        channels, height, width = images.shape[1:]
        model = Classifier((channels, height, width), num_classes)
        _fit(model, images, labels, steps, batch_size)
    model.report = ClassifierReport(
        shape=model.shape,
        num_classes=num_classes,
        accuracy=accuracy(model, *test),
        n_train=len(images),
        n_held_out=len(test[0]),
        steps=steps,
        seed=seed,
        data=data,
    )
    return model


@torch.inference_mode()
def accuracy(model: Classifier, images: Tensor, labels: Tensor) -> float:
    """Returns the share of images (N, C, H, W) uint8 that get their label (N,)."""
    model.eval()
    parts = [model(from_bytes(part)).argmax(1) for part in torch.split(images, 512)]
    return (torch.cat(parts) == labels).double().mean().item()


def from_bytes(images: Tensor) -> Tensor:
    """Returns uint8 images as samples in [-1, 1]."""
    return images / 127.5 - 1


def fingerprint(images: Tensor, labels: Tensor) -> str:
    """Returns a hash of a labeled data set."""
    digest = hashlib.sha256(f"{tuple(images.shape)}".encode())
    digest.update(images.contiguous().numpy().data)
    digest.update(labels.long().contiguous().numpy().data)
    return f"sha256:{digest.hexdigest()}"


def _fit(model: Classifier, images: Tensor, labels: Tensor, steps: int, batch_size: int) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=1e-2)
    # Smith & Topin (2019), "Super-Convergence": one warm-up and one decay suit a fixed budget.
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=5e-3, total_steps=steps)
    model.train()
    batch_size = min(batch_size, len(images))
    order = torch.empty(0, dtype=torch.int64)
    for _ in range(steps):
        if len(order) < batch_size:
            order = torch.randperm(len(images))
        batch, order = order[:batch_size], order[batch_size:]
        samples = _shifted(from_bytes(images[batch]))
        loss = cross_entropy(model(samples), labels[batch])
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
    model.eval()


def _shifted(samples: Tensor) -> Tensor:
    """Moves each image (B, C, H, W) by up to a fourteenth of its size, in both directions."""
    count, _, height, width = samples.shape
    reach = max(1, min(height, width) // 14)
    views = pad(samples, [reach] * 4, mode="replicate").unfold(2, height, 1).unfold(3, width, 1)
    down, right = torch.randint(2 * reach + 1, (2, count))
    return views[torch.arange(count), :, down, right]


def _split(
    images: Tensor, labels: Tensor, held_out: float
) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
    count = round(held_out * len(images))
    if not 1 <= count <= len(images) - 2:
        raise MeasureError(
            f"held_out={held_out} keeps {count} of {len(images)} images from training. "
            "Keep at least 1 and train on at least 2."
        )
    order = torch.randperm(len(images))
    kept, trained = order[:count], order[count:]
    return images[trained], labels[trained], (images[kept], labels[kept])


def _check(images: Tensor, labels: Tensor, num_classes: int) -> None:
    if images.ndim != 4 or images.dtype != torch.uint8 or any(n % 4 for n in images.shape[2:]):
        raise ShapeError(
            f"The classifier got images of shape {tuple(images.shape)} and type {images.dtype}. "
            "Expected (N, C, H, W) of type torch.uint8 with H and W multiples of 4: pad them."
        )
    if labels.shape != images.shape[:1]:
        raise ShapeError(
            f"There are labels of shape {tuple(labels.shape)} for {len(images)} images. "
            "Expected one class per image."
        )
    if len(labels) == 0 or labels.min() < 0 or labels.max() >= num_classes:
        raise ConfigError(
            f"The labels must lie in [0, {num_classes}), and there must be some. "
            "Check num_classes and the labels."
        )


def _block(channels: int, width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, width, 3, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
    )
