"""Pictures that are arrays already: tensors, and scikit-learn's digits.

Shapes: N images, C channels, H height, W width.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from multigan.data.labels import Labels, read_labels
from multigan.data.readers import Item, Reader
from multigan.errors import DataError
from multigan.modalities.image.load.decode import MODE_OF, PICTURES


@dataclass(frozen=True)
class Arrays:
    """Decoded pictures in memory.

    Attributes:
        where: What to call them.
        identity: Changes when the content does, or its file's place; names caches made of it.
        pixels: (N, C, H, W) uint8.
        labels: Class numbers, or rows of numbers, or empty.
        classes: The classes' names, or empty.
        numbers: What the numbers are called, where labels are rows of numbers.
        notes: What the report should say.
        files: As of `Reader`.
    """

    where: str
    identity: str
    pixels: Tensor
    labels: list[Any]
    classes: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files: str = ""

    def limited(self, limit: int | None) -> "Arrays":
        """Returns `limit` of the pictures, spread evenly over all of them."""
        count = len(self.pixels)
        if limit is None or limit >= count:
            return self
        chosen = [(number * count) // limit for number in range(limit)]
        return replace(
            self,
            identity=f"{self.identity} limit {limit}",
            pixels=self.pixels[chosen],
            labels=[self.labels[index] for index in chosen] if self.labels else [],
            notes=(*self.notes, f"Only {limit} of {count} images were asked for."),
        )

    def reader(self) -> Reader:
        """Returns the pictures one by one, to be resized or given other channels."""
        channels = self.pixels.shape[1]
        if channels not in MODE_OF:
            raise DataError(
                f"{self.where} has {channels} channels. Images of 1, 3 or 4 can be resized or "
                "converted; for others state neither size nor channels."
            )
        return Reader(
            plural=PICTURES.plural,
            where=self.where,
            identity=self.identity,
            items=self._items,
            count=len(self.pixels),
            labels=self.labels,
            classes=self.classes,
            numbers=self.numbers,
            notes=self.notes,
            files=self.files,
        )

    def _items(self) -> Iterator[Item]:
        for index, pixels in enumerate(self.pixels):
            yield f"image {index}", partial(to_image, pixels.numpy())


def from_tensor(data: Tensor, labels: Tensor | None) -> Arrays:
    """Takes images (N, C, H, W) or (N, H, W), uint8 or floats in [-1, 1] or [0, 1]."""
    where = f"a tensor of shape {tuple(data.shape)}"
    pixels, notes = to_bytes(four_dimensions(data.detach().cpu(), where), where)
    content = _content(pixels, labels)
    return replace(arrays_of(where, content, pixels, labels, notes), files=content)


def load_digits() -> Arrays:
    """Returns scikit-learn's 1797 handwritten digits, 8 x 8 grey, in ten classes."""
    from sklearn import datasets

    digits = datasets.load_digits()
    scaled = torch.from_numpy(digits.images) * (255 / 16)  # they come as 0 to 16
    pixels = scaled.round().to(torch.uint8)[:, None]
    return arrays_of("digits", "digits", pixels, torch.from_numpy(digits.target), ())


def to_bytes(values: Tensor, where: str) -> tuple[Tensor, tuple[str, ...]]:
    """Returns values as uint8, and how they were scaled. Floats are in [0, 1] or [-1, 1]."""
    if values.dtype == torch.uint8:
        return values, ()
    if values.numel() == 0:
        return values.to(torch.uint8), ()
    low, high = values.min().item(), values.max().item()
    if not values.is_floating_point():
        if low < 0 or high > 255:
            raise DataError(
                f"{where} holds whole numbers from {low} to {high}; pixels are 0 to 255."
            )
        return values.to(torch.uint8), ()
    if not (low >= -1 and high <= 1):  # also true of NaN
        raise DataError(
            f"{where} holds numbers from {low:.4g} to {high:.4g}; images are floats in [0, 1] or "
            "[-1, 1], or uint8."
        )
    scale, shift, name = (127.5, 127.5, "[-1, 1]") if low < 0 else (255.0, 0.0, "[0, 1]")
    parts = [(part * scale + shift).round().to(torch.uint8) for part in torch.split(values, 1024)]
    return torch.cat(parts), (f"Floats were taken to be in {name}.",)


def to_image(pixels: np.ndarray) -> Image.Image:
    """Returns uint8 pixels (C, H, W) as a picture."""
    last = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    return Image.fromarray(np.ascontiguousarray(last))


def arrays_of(
    where: str, identity: str, pixels: Tensor, labels: Tensor | None, notes: tuple[str, ...]
) -> Arrays:
    """Returns pixels (N, C, H, W) uint8 with their labels: (N,) classes or (N, C) numbers."""
    if labels is None:
        return Arrays(where, identity, pixels, [], (), notes=notes)
    return Arrays(where, identity, pixels, *labels_of(labels, len(pixels), where), notes=notes)


def labels_of(labels: Tensor, count: int, where: str) -> Labels:
    """Returns the labels of `count` images: whole numbers (N,) are classes, others are numbers."""
    if labels.ndim not in (1, 2) or len(labels) != count:
        raise DataError(
            f"{where} has {count} images, but labels of shape {tuple(labels.shape)}. "
            f"Give one class number for each, of shape ({count},), or rows of numbers."
        )
    return read_labels(labels.tolist(), (), where)


def four_dimensions(data: Tensor, where: str) -> Tensor:
    """Returns images (N, C, H, W) or (N, H, W) as (N, C, H, W)."""
    if data.ndim == 3:
        data = data[:, None]
    if data.ndim != 4:
        raise DataError(f"{where} is not images: expected (N, C, H, W) or (N, H, W).")
    if data.shape[1] not in MODE_OF and data.shape[3] in MODE_OF:
        raise DataError(
            f"{where} seems to have its channels last. Give (N, C, H, W), e.g. with "
            ".permute(0, 3, 1, 2)."
        )
    return data


def _content(pixels: Tensor, labels: Tensor | None) -> str:
    hashed = blake2b(repr(tuple(pixels.shape)).encode(), digest_size=12)
    hashed.update(pixels.contiguous().numpy().data)
    if labels is not None:
        hashed.update(labels.cpu().contiguous().numpy().data)
    return hashed.hexdigest()
