"""Stacks of three grey images as the channels of one: from ten kinds of digits, a thousand modes.

Source: Che et al. (2017), "Mode Regularized Generative Adversarial Networks", and Metz et al.
(2017), "Unrolled Generative Adversarial Networks", who made Stacked MNIST.

Shapes: N stacks, B of them at a time, H and W the images' size, K kinds of images.
"""

from typing import Any

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.data.source import Source
from multigan.errors import DataError

PREFIX = "stacked:"
HEIGHT = 3  # images in a stack, one each for red, green and blue
STACKS = 1_000_000  # so many that a run of hours on a processor hardly sees one twice


def is_stacked(data: Any) -> bool:
    """Whether `data` names stacks of another data set's images: "stacked:<data>"."""
    return isinstance(data, str) and data.startswith(PREFIX)


class StackedSource:
    """Triples of a source's grey images, drawn independently and put together when they are read.

    Which images make a stack is a function of the seed and the stack's index alone.

    Args:
        singles: The images, (1, H, W) each.
        count: N, how many stacks there are.
        seed: Of which images they are made of.
    """

    condition = None  # what is in a stack is what a generator shall find out by itself

    def __init__(self, singles: Source, count: int, *, seed: int = 0) -> None:
        if len(singles) == 0:
            raise DataError("There are no images to stack. Check where the data is read from.")
        self.singles = singles
        generator = torch.Generator().manual_seed(seed_from(seed, "stacks"))
        self._parts = torch.randint(
            len(singles), (count, HEIGHT), generator=generator, dtype=torch.int32
        )

    @property
    def device(self) -> torch.device:
        """Where the images are."""
        return self.singles.device

    def __len__(self) -> int:
        return len(self._parts)

    def read(self, indices: Tensor) -> tuple[Tensor, None]:
        """Returns the stacks (B, 3, H, W) at `indices` (B,); they have no labels."""
        images, _ = self.singles.read(self._drawn(indices))
        return images.view(len(indices), HEIGHT, *images.shape[2:]), None

    def classes(self, indices: Tensor) -> Tensor:
        """Returns which of the K ** 3 classes each stack at `indices` (B,) has, (B,) int64.

        Raises:
            DataError: The images have no classes.
        """
        _, labels = self.singles.read(self._drawn(indices))
        condition = self.singles.condition
        if labels is None or condition is None or condition.kind != "class":
            raise DataError(
                "The images that were stacked have no classes, so the stacks have none."
            )
        return stacked_class(labels.view(-1, HEIGHT), condition.size)

    def _drawn(self, indices: Tensor) -> Tensor:
        return self._parts[indices.cpu()].flatten().long()


def stacked_class(labels: Tensor, num_classes: int) -> Tensor:
    """Returns a stack's number by its images' classes: (B, 3) in [0, K) -> (B,) in [0, K ** 3).

    Example:
        >>> stacked_class(torch.tensor([[1, 2, 3]]), 10).item()
        123
    """
    first, second, third = labels.long().unbind(1)
    return (first * num_classes + second) * num_classes + third
