"""Data sets given in Python: whatever yields pictures, or pairs of a picture and a label."""

from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from multigan.data.labels import NO_LABELS, Labels, read_labels
from multigan.data.readers import Reader
from multigan.data.source import to_tensor
from multigan.data.temp_file import TempFile
from multigan.errors import DataError
from multigan.modalities.image.load.arrays import to_bytes, to_image
from multigan.modalities.image.load.decode import MODE_OF, PICTURES

PNG_MODES = frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"})


class _SignedError(Exception):
    """A float below 0 showed that values are in [-1, 1] after others were taken for [0, 1]."""


def read_dataset(dataset: Any, *, limit: int | None, folder: Path) -> Reader:
    """Reads a torch data set, once: PIL images, arrays or tensors, with labels or without.

    Args:
        dataset: Indexed from 0 to its length, or iterated.
        limit: Stop after so many.
        folder: Where the pictures wait in a temporary file.
    """
    where = f"a data set of type {type(dataset).__name__}"
    try:
        return _read(dataset, where, limit, folder, signed=False)
    except _SignedError:
        return _read(dataset, where, limit, folder, signed=True)


def _read(dataset: Any, where: str, limit: int | None, folder: Path, *, signed: bool) -> Reader:
    file, values = TempFile(folder, PICTURES), []
    with ExitStack() as on_error:
        on_error.callback(file.close)
        for item in islice(_each(dataset), limit):
            sample, *rest = item if isinstance(item, (tuple, list)) else (item,)
            file.add(_encoded(sample, where, signed))
            values += [_number(label) for label in rest[:1]]
        labels = _labels(dataset, values, len(file), where)
        on_error.pop_all()
    return file.reader(where, labels)


def _each(dataset: Any) -> Iterator[Any]:
    if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):
        # By index, as torch data sets promise; many do not raise the IndexError that ends a `for`.
        return (dataset[index] for index in range(len(dataset)))
    return iter(dataset)


def _encoded(sample: Any, where: str, signed: bool) -> bytes:
    """Returns a sample as the bytes of a picture file, without loss."""
    picture = sample if isinstance(sample, Image.Image) else _picture(sample, where, signed)
    buffer = BytesIO()
    if picture.mode in PNG_MODES:
        exif = picture.getexif()
        picture.save(buffer, "PNG", compress_level=1, exif=exif if len(exif) else None)
    else:
        picture.save(buffer, "TIFF")
    return buffer.getvalue()


def _picture(sample: Any, where: str, signed: bool) -> Image.Image:
    if not isinstance(sample, (Tensor, np.ndarray)):
        raise DataError(
            f"{where} gives {type(sample).__name__}; expected a PIL image, a tensor or an array, "
            "or a pair of one and a label."
        )
    values = to_tensor(sample).detach().cpu()
    values = values[None] if values.ndim == 2 else values
    if values.ndim == 3 and values.shape[0] not in MODE_OF and isinstance(sample, np.ndarray):
        values = values.permute(2, 0, 1)
    if values.ndim != 3 or values.shape[0] not in MODE_OF:
        raise DataError(
            f"{where} gives a sample of shape {tuple(values.shape)}; expected (H, W) or (C, H, W) "
            "with 1, 3 or 4 channels."
        )
    if signed and values.is_floating_point():
        values = (values + 1) / 2
    elif values.is_floating_point() and values.numel() and values.min() < 0:
        raise _SignedError
    return to_image(to_bytes(values, where)[0].numpy())


def _labels(dataset: Any, values: list[Any], count: int, where: str) -> Labels:
    if not values:
        return NO_LABELS
    if len(values) != count:
        raise DataError(
            f"{where} gives {count} images but {len(values)} labels. Give all of them a label, or "
            "none."
        )
    names = getattr(dataset, "classes", ())  # as torchvision's data sets have them
    known = isinstance(names, (list, tuple)) and {type(value) for value in values} == {int}
    return read_labels(values, [str(name) for name in names] if known else (), where)


def _number(label: Any) -> Any:
    """Returns the plain number or row of numbers in a tensor or array; anything else as it is."""
    if not isinstance(label, (Tensor, np.ndarray, np.generic)) or label.ndim > 1:
        return label
    return label.item() if label.ndim == 0 else label.tolist()
