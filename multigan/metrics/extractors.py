"""The extractors that need nothing but this package: raw values, random filters, a classifier.

Shapes: B samples, C channels, H and W the size of an image; a sound is (B, C, L).
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, conv2d, leaky_relu

from multigan.core.draws import seed_from
from multigan.errors import ShapeError
from multigan.metrics.classifier import Classifier
from multigan.metrics.features import EXTRACTORS, ModuleExtractor


class RandomConv(nn.Module):
    """Random convolutions at three scales: (B, C, H, W) or (B, C, L) -> (B, 192).

    Even untrained, convolutions respond to edges and textures more than raw values do. Nothing is
    downloaded and nothing depends on the data, so its numbers are comparable between runs of one
    kind of data, but with nobody else's.

    The weights are a function of the seed and of C alone, drawn at every call: they are few.
    """

    # Each scale halves the size of the one before. Its channels are averaged over a grid of
    # 2 x 2 places, which keeps coarse layout: (8 + 16 + 24) * 4 = 192 features.
    widths = (8, 16, 24)
    cells = 2
    features = sum(widths) * cells**2

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.seed = seed

    def forward(self, samples: Tensor) -> Tensor:
        """Returns the features (B, 192) of samples (B, C, H, W) or (B, C, L)."""
        hidden = as_images(samples).float()
        channels = hidden.shape[1]
        generator = torch.Generator().manual_seed(seed_from(self.seed, "random-conv", channels))
        pooled = []
        for index, width in enumerate(self.widths):
            filters = torch.randn(width, hidden.shape[1], 3, 3, generator=generator)
            # He et al. (2015), "Delving Deep into Rectifiers": this keeps the signal's scale.
            filters *= (2 / filters[0].numel()) ** 0.5
            stride = 1 if index == 0 else 2
            hidden = conv2d(hidden, filters.to(hidden.device), stride=stride, padding=1)
            hidden = leaky_relu(hidden, 0.2)
            pooled.append(adaptive_avg_pool2d(hidden, self.cells).flatten(1))
        return torch.cat(pooled, 1)


def as_images(samples: Tensor) -> Tensor:
    """Returns images as they are and sounds (B, C, L) as images of one row, (B, C, 1, L)."""
    if samples.ndim == 3:
        return samples.unsqueeze(2)
    if samples.ndim == 4:
        return samples
    raise ShapeError(
        f"Convolutions got samples of shape {tuple(samples.shape)}, expected (B, C, H, W) or "
        "(B, C, L). Use the extractor 'flat' for points."
    )


@EXTRACTORS.register("flat")
def flat() -> ModuleExtractor:
    """The samples' own values as features: pixel space, or the plane that points lie in."""
    return ModuleExtractor(nn.Flatten(), name="flat")


@EXTRACTORS.register("random-conv")
def random_conv(seed: int = 0) -> ModuleExtractor:
    """Features of `RandomConv`, for images, spectrograms and sounds of any size."""
    return ModuleExtractor(RandomConv(seed), name="random-conv", seed=seed)


class _HiddenAndLogits(nn.Module):
    """Shows a classifier's last hidden layer beside its answer."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        features = self.classifier.features(samples)
        return features, self.classifier.head(features)


@EXTRACTORS.register("classifier")
def classifier(path: str | Path | Classifier) -> ModuleExtractor:
    """Features and logits of a classifier of the data's own labels, given or saved at a path."""
    trained = path if isinstance(path, Classifier) else Classifier.load(Path(path))
    report = trained.report
    return ModuleExtractor(
        _HiddenAndLogits(trained),
        name="classifier",
        seed=report.seed,
        facts={"accuracy": report.accuracy, "n_train": report.n_train, "data": report.data},
    )
