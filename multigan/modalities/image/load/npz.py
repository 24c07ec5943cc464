"""Pictures in `.npz` files, as `numpy.savez` writes them.

Shapes: N images, C channels, H height, W width.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import prod
from pathlib import Path

import numpy as np
from torch import Tensor

from multigan.data.labels import NO_LABELS, WHOLE, require_split
from multigan.data.readers import Item, Reader, digest, file_identity
from multigan.data.source import NpyHeader, read_npy_header, to_tensor
from multigan.errors import DataError, first_line
from multigan.modalities.image.load.arrays import (
    four_dimensions,
    labels_of,
    reader_of,
    to_bytes,
    to_image,
)
from multigan.modalities.image.load.decode import MODE_OF
from multigan.modalities.image.load.options import ImageOptions

PIXEL_NAMES = ("images", "x", "arr_0")
LABEL_NAMES = ("labels", "y", "arr_1")


def read_npz(path: Path, options: ImageOptions) -> Reader:
    """Reads `images` (N, H, W), (N, C, H, W) or (N, H, W, C), and `labels` if there are any.

    Labels are classes (N,), or attributes or numbers (N, C).

    An array that takes more than `options.room` is read image by image.
    """
    require_split(options.split, WHOLE, str(path))
    headers = _headers(path)
    name = next((name for name in PIXEL_NAMES if name in headers), None)
    if name is None:
        raise DataError(
            f"{path} has no array called {', '.join(PIXEL_NAMES)}; it has {', '.join(headers)}. "
            "Save it with numpy.savez(path, images=..., labels=...)."
        )
    label_name = next((name for name in LABEL_NAMES if name in headers), None)
    labels = None if label_name is None else to_tensor(_array(path, label_name))
    if headers[name].nbytes > options.room:
        return _streamed(path, name, headers[name], labels)
    images = to_tensor(_channels_first(_array(path, name)))
    pixels, notes = to_bytes(four_dimensions(images, str(path)), str(path), options.bits)
    reader = reader_of(str(path), file_identity(path), pixels, labels, notes)
    return replace(reader, files=_checksums(path))


def _array(path: Path, name: str) -> np.ndarray:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            values: np.ndarray = arrays[name]
    except MemoryError:
        raise
    except Exception as error:  # zip and npy can each be damaged in many ways
        raise DataError(
            f"{name!r} in {path} cannot be read: {first_line(error)}. Save it again."
        ) from None
    return values


def _checksums(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return digest(*(f"{entry.filename} {entry.CRC}" for entry in archive.infolist()))


def _headers(path: Path) -> dict[str, NpyHeader]:
    headers = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as file:
                    header = read_npy_header(file)
                _refuse_claim(archive.getinfo(name), header)
                headers[name.removesuffix(".npy")] = header
    except Exception as error:  # zip and npy can each be damaged in many ways
        raise DataError(
            f"{path} is not an .npz file that can be read. {first_line(error)}"
        ) from None
    return headers


def _refuse_claim(entry: zipfile.ZipInfo, header: NpyHeader) -> None:
    held = entry.file_size - header.offset
    if header.nbytes != held:
        raise DataError(f"{entry.filename} claims {header.nbytes} bytes, but holds {held}.")


def _streamed(path: Path, name: str, header: NpyHeader, labels: Tensor | None) -> Reader:
    count, *shape = header.shape
    pictures = len(shape) == 2 or (len(shape) == 3 and {shape[0], shape[2]} & set(MODE_OF))
    if header.dtype != np.uint8 or header.fortran or not pictures:
        raise DataError(
            f"{name!r} in {path} takes {header.nbytes >> 20} MiB, which do not fit into the memory "
            "that may be used, and only uint8 images of 1, 3 or 4 channels, one after the other, "
            "can be read piece by piece. Save it as such."
        )
    return Reader(
        where=str(path),
        identity=file_identity(path),
        items=partial(_items, path, name, header.shape),
        count=count,
        labels=NO_LABELS if labels is None else labels_of(labels, count, str(path)),
        files=_checksums(path),
    )


def _items(path: Path, name: str, shape: tuple[int, ...]) -> Iterator[Item]:
    size = prod(shape[1:])
    with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
        read_npy_header(file)
        for index in range(shape[0]):
            values = np.frombuffer(file.read(size), dtype=np.uint8)
            if values.size < size:
                raise DataError(f"{path} ends after {index} of {shape[0]} images. Fetch it again.")
            pixels = _channels_first(values.reshape(1, *shape[1:]))
            yield f"image {index}", partial(to_image, pixels[0] if pixels.ndim == 4 else pixels)


def _channels_first(images: np.ndarray) -> np.ndarray:
    if images.ndim == 4 and images.shape[1] not in MODE_OF and images.shape[3] in MODE_OF:
        images = images.transpose(0, 3, 1, 2)
    return np.ascontiguousarray(images)
