"""What metrics compare: features of samples, and which extractor they came from.

Shapes: N samples in all, B in a batch, `*S` a sample's shape, F features, K classes.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

import torch
from torch import Tensor, nn

from multigan.core.draws import seed_from
from multigan.errors import ConfigError, ShapeError
from multigan.metrics.two_sample import reduced
from multigan.typed import Component
from multigan.typed.registry import Registry

Description = Mapping[str, Any]


class SampleSet(ABC):
    """Samples under measurement, in an order."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def rows(self, index: Tensor) -> Self:
        """Returns the samples that `index` (n,) selects."""

    def first(self, count: int) -> Self:
        """Returns the first `count` samples, or all if there are no more."""
        return self if count >= len(self) else self.rows(torch.arange(count))

    def halves(self, seed: int) -> tuple[Self, Self]:
        """Returns two random halves of the samples, equally large, without overlap."""
        generator = torch.Generator().manual_seed(seed_from(seed, "halves"))
        order = torch.randperm(len(self), generator=generator)
        half = len(self) // 2
        return self.rows(order[:half]), self.rows(order[half : 2 * half])


@dataclass(frozen=True)
class Features(SampleSet):
    """A set of samples as an extractor sees it.

    Attributes:
        features: (N, F) float32.
        logits: (N, K) float32, if the extractor is also a classifier.
        labels: (N,) int64: the class of real samples, the class asked of fake ones.
        extractor: What the extractor says of itself, so that no two spaces are compared.
        samples: (N, *S), what the extractor saw, made small, for the two-sample test; None where it
            has to do with the features.
    """

    features: Tensor
    logits: Tensor | None = None
    labels: Tensor | None = None
    extractor: Description = field(default_factory=dict)
    samples: Tensor | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.features.ndim != 2:
            raise ShapeError(
                f"Features have shape {tuple(self.features.shape)}, expected (N, F). "
                "Flatten each sample's features first."
            )
        for name, rows in self._beside():
            if rows is not None and len(rows) != len(self):
                raise ShapeError(
                    f"There are {len(rows)} {name} for {len(self)} samples. "
                    "Expected one row per sample."
                )

    def _beside(self) -> list[tuple[str, Tensor | None]]:
        return [("logits", self.logits), ("labels", self.labels), ("samples", self.samples)]

    def __len__(self) -> int:
        return len(self.features)

    def with_labels(self, labels: Tensor | None) -> Self:
        """Returns the same features with the samples' classes (N,), or without."""
        return replace(self, labels=labels)

    def rows(self, index: Tensor) -> Self:
        """Returns the samples that `index` (n,) selects."""
        return replace(
            self,
            features=self.features[index],
            logits=None if self.logits is None else self.logits[index],
            labels=None if self.labels is None else self.labels[index],
            samples=None if self.samples is None else self.samples[index],
        )


class FeatureExtractor(Protocol):
    """Anything that turns samples into features and can say what it is."""

    name: str

    def describe(self) -> Description:
        """Returns what identifies the features, as JSON: name, weights, resize, seed, inception."""
        ...

    def __call__(self, samples: Tensor) -> Features:
        """Returns the features of samples (B, *S) in [-1, 1], on the CPU."""
        ...


EXTRACTORS: Registry[Any] = Registry("feature extractor")


def build_extractor(spec: str, **options: Any) -> FeatureExtractor:
    """Builds an extractor from its text, e.g. "random-conv:seed=3" or "clip:path=models/vit-b32".

    A path alone may stand behind the colon, too: "clip:models/vit-b32".
    """
    named = Component.parse_located(spec)
    extractor: FeatureExtractor = EXTRACTORS.build(Component(named.name, named.options | options))
    return extractor


def extract(
    extractor: FeatureExtractor, samples: Tensor | Iterable[Tensor], *, batch_size: int = 256
) -> Features:
    """Returns the features of many samples.

    Args:
        extractor: Sees one batch at a time.
        samples: (N, *S) in [-1, 1], or batches of them.
        batch_size: How many go through the extractor at once, if `samples` is one tensor.
    """
    batches = torch.split(samples, batch_size) if isinstance(samples, Tensor) else samples
    seen = [(extractor(batch), reduced(batch).cpu()) for batch in batches if len(batch)]
    parts = [features for features, _ in seen]
    if not parts:
        raise ConfigError("There are no samples to extract features from. Pass at least one.")
    logits = [part.logits for part in parts if part.logits is not None]
    return Features(
        features=torch.cat([part.features for part in parts]),
        logits=torch.cat(logits) if logits else None,
        extractor=extractor.describe(),
        samples=torch.cat([small for _, small in seen]),
    )


class ModuleExtractor:
    """Features from any network.

    The network maps samples (B, *S) to features (B, ...), or to a pair of features and logits
    (B, K). It runs in evaluation mode, wherever its weights are or `to` has sent it.

    Args:
        module: The network; it may resize its input itself.
        name: What results call it.
        resize: What the network does to the size of its input, in words.
        weights: Identifies the weights; by default a hash of the module's own.
        seed: The seed of random weights.
        inception: Whether this is the Inception network of Heusel et al. (2017), which alone may
            put its name on the Fréchet distance. Only you can know that of a module.
        facts: What else a reader of the numbers should know, as JSON.
    """

    def __init__(
        self,
        module: nn.Module,
        *,
        name: str = "module",
        resize: str = "none",
        weights: str | None = None,
        seed: int | None = None,
        inception: bool = False,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.module = module.eval()
        self._device: torch.device | None = None
        self._description = {
            "name": name,
            "weights": weights or weights_hash(module),
            "resize": resize,
            "seed": seed,
            "inception": inception,
            **(facts or {}),
        }

    def describe(self) -> Description:
        """Returns what identifies the features, as JSON."""
        return dict(self._description)

    def to(self, device: torch.device | str) -> Self:
        """Moves the network to `device`, where samples will be sent as well; returns itself."""
        self.module.to(device)
        self._device = torch.device(device)
        return self

    @torch.no_grad()
    def __call__(self, samples: Tensor) -> Features:
        """Returns the features of samples (B, *S) in [-1, 1]."""
        # Somebody may have trained the module since; its batch statistics must not leak in here.
        self.module.eval()
        weight = next(self.module.parameters(), None)
        device = self._device if weight is None else weight.device
        output = self.module(samples if device is None else samples.to(device))
        features, logits = output if isinstance(output, tuple) else (output, None)
        return Features(
            features=features.flatten(1).float().cpu(),
            logits=None if logits is None else logits.float().cpu(),
            extractor=self.describe(),
        )


EXTRACTORS["module"] = ModuleExtractor


def weights_hash(module: nn.Module) -> str | None:
    """Returns a hash of the module's parameters and buffers, or None if it has none."""
    state = module.state_dict()
    digest = hashlib.sha256()
    for name, tensor in sorted(state.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return f"sha256:{digest.hexdigest()}" if state else None
