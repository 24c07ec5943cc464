"""A data set of real and generated samples that says of each where it comes from.

Shapes: N generated samples, S sample shape.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch import Tensor
from torch.utils.data import Dataset

from multigan.core.modality import Modality
from multigan.data.loaded import Loaded


@dataclass(frozen=True)
class Provenance:
    """Where one sample of a mixture comes from.

    Attributes:
        kind: "real" or "generated".
        origin: The data's or the run's name.
        index: Of the real sample in its data; of the generated one's latent, so that
            `pipeline.latents(1, seed=seed, start=index)` gives it again.
        label: Its class's number in the data, or None.
        seed: Of the generated sample's latent.
        score: What the filter gave it, if it gives scores.
    """

    kind: Literal["real", "generated"]
    origin: str
    index: int
    label: int | None = None
    seed: int | None = None
    score: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the fields that say something."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class Mixture(Dataset[Any]):
    """Real samples first, then generated ones.

    An item is `(sample, label)`, or the sample alone where the data has no classes. A sample is a
    float tensor (*S) in the modality's sample space: for images (C, H, W) in [-1, 1].

    Args:
        data: The real samples.
        modality: Encodes them.
        real: Indices of the real samples, or an empty sequence.
        generated: (N, *S), on the CPU.
        provenance: Of every sample, in the mixture's order.
        classes: The classes' names, or empty.
        transform: Applied to each sample, e.g. an augmentation.
        tried: How many samples were generated to find those that passed the filter.
    """

    def __init__(
        self,
        data: Loaded,
        modality: Modality,
        real: Sequence[int],
        generated: Tensor,
        provenance: Sequence[Provenance],
        *,
        classes: tuple[str, ...] = (),
        transform: Callable[[Tensor], Any] | None = None,
        tried: int = 0,
    ) -> None:
        self.data = data
        self.modality = modality
        self.real = real
        self.generated = generated
        self.provenance = tuple(provenance)
        self.classes = classes
        self.transform = transform
        self.tried = tried

    def __len__(self) -> int:
        return len(self.provenance)

    def __getitem__(self, index: int) -> Any:
        sample = self.sample(range(len(self))[index])
        item = sample if self.transform is None else self.transform(sample)
        label = self.provenance[index].label
        return item if label is None else (item, label)

    def sample(self, index: int) -> Tensor:
        """Returns one sample (*S), untransformed."""
        if index >= len(self.real):
            return self.generated[index - len(self.real)]
        raw, _ = self.data.source.read(torch.tensor([self.real[index]]))
        return self.modality.encode(raw.cpu())[0]
