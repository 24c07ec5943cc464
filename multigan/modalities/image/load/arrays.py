"""Pictures that are arrays already: tensors, and scikit-learn's digits.

Shapes: N images, C channels, H height, W width.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from hashlib import blake2b

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from multigan.data.labels import NO_LABELS, Labels, read_labels
from multigan.data.readers import Item, Reader
from multigan.errors import DataError
from multigan.modalities.image.load.decode import MODE_OF
from multigan.modalities.image.load.options import ImageOptions


def from_tensor(data: Tensor, labels: Tensor | None, options: ImageOptions) -> Reader:
    """Takes images (N, C, H, W) or (N, H, W), uint8 or floats in [-1, 1] or [0, 1]."""
    where = f"a tensor of shape {tuple(data.shape)}"
    pixels, notes = to_bytes(four_dimensions(data.detach().cpu(), where), where, options.bits)
    content = _content(pixels, labels)
    return replace(reader_of(where, content, pixels, labels, notes), files=content)


def load_digits() -> Reader:
    """Returns scikit-learn's 1797 handwritten digits, 8 x 8 grey, in ten classes."""
    from sklearn import datasets

    digits = datasets.load_digits()
    scaled = torch.from_numpy(digits.images) * (255 / 16)  # they come as 0 to 16
    pixels = scaled.round().to(torch.uint8)[:, None]
    return reader_of("digits", "digits", pixels, torch.from_numpy(digits.target), ())


def to_bytes(values: Tensor, where: str, bits: int | None = None) -> tuple[Tensor, tuple[str, ...]]:
    """Returns values as uint8, and how they were scaled. Floats are in [0, 1] or [-1, 1].

    Args:
        values: Of any shape.
        where: What to call them in an error.
        bits: How many of whole numbers are used; None takes them to be bytes.
    """
    if values.dtype == torch.uint8:
        return values, ()
    if values.numel() == 0:
        return values.to(torch.uint8), ()
    low, high = values.min().item(), values.max().item()
    if not values.is_floating_point():
        return _whole_to_bytes(values, low, high, where, bits)
    if not (low >= -1 and high <= 1):  # also true of NaN
        raise DataError(
            f"{where} holds numbers from {low:.4g} to {high:.4g}; images are floats in [0, 1] or "
            "[-1, 1], or uint8."
        )
    scale, shift, name = (127.5, 127.5, "[-1, 1]") if low < 0 else (255.0, 0.0, "[0, 1]")
    parts = [(part * scale + shift).round().to(torch.uint8) for part in torch.split(values, 1024)]
    return torch.cat(parts), (f"Floats were taken to be in {name}.",)


def _whole_to_bytes(
    values: Tensor, low: float, high: float, where: str, bits: int | None
) -> tuple[Tensor, tuple[str, ...]]:
    white = (1 << (bits or 8)) - 1
    if low < 0 or high > white:
        used = int(high).bit_length()
        more = (
            f" If they have {used} bits: --set data.bits={used}" if low >= 0 and used <= 16 else ""
        )
        raise DataError(
            f"{where} holds whole numbers from {low} to {high}; pixels are 0 to {white}.{more}"
        )
    if bits is None:
        return values.to(torch.uint8), ()
    parts = [(p.long() * 255 + white // 2) // white for p in torch.split(values, 1024)]
    return torch.cat(parts).to(torch.uint8), (f"Pixels of {bits} bits were brought to 8.",)


def to_image(pixels: np.ndarray) -> Image.Image:
    """Returns uint8 pixels (C, H, W) as a picture."""
    last = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    return Image.fromarray(np.ascontiguousarray(last))


def reader_of(
    where: str, identity: str, pixels: Tensor, labels: Tensor | None, notes: tuple[str, ...]
) -> Reader:
    """Reads pixels (N, C, H, W) uint8 with their labels: (N,) classes or (N, C) numbers.

    As they are, or one by one, to be resized or given other channels.
    """
    return Reader(
        where=where,
        identity=identity,
        items=partial(_items, pixels, where),
        count=len(pixels),
        labels=NO_LABELS if labels is None else labels_of(labels, len(pixels), where),
        notes=notes,
        rows=pixels,
    )


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


def _items(pixels: Tensor, where: str) -> Iterator[Item]:
    channels = pixels.shape[1]
    if channels not in MODE_OF:
        raise DataError(
            f"{where} has {channels} channels. Images of 1, 3 or 4 can be resized or "
            "converted; for others state neither size nor channels."
        )
    for index, image in enumerate(pixels):
        yield f"image {index}", partial(to_image, image.numpy())


def _content(pixels: Tensor, labels: Tensor | None) -> str:
    hashed = blake2b(repr(tuple(pixels.shape)).encode(), digest_size=12)
    hashed.update(pixels.contiguous().numpy().data)
    if labels is not None:
        hashed.update(labels.cpu().contiguous().numpy().data)
    return hashed.hexdigest()
