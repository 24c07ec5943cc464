"""Images from wherever they are: read once, brought to one size, and a report of all of it.

Shapes: N images, C channels, H height, W width.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from PIL import Image

from multigan.data.labels import WHOLE, require_split
from multigan.data.origins import Origins
from multigan.data.readers import Reader, digest
from multigan.data.reading import Decoded, Format, Tally, load
from multigan.errors import DataError
from multigan.modalities.image.load.arrays import from_tensor, load_digits
from multigan.modalities.image.load.decode import (
    PICTURES,
    SIZE_CHANGES,
    Canvas,
    decode,
    quiet,
    reason,
)
from multigan.modalities.image.load.loaded import ImageReport, ImageSet
from multigan.modalities.image.load.npz import read_npz
from multigan.modalities.image.load.options import ImageOptions
from multigan.modalities.image.load.pairs import read_dataset
from multigan.modalities.image.load.plan import as_they_are, plan
from multigan.modalities.image.load.stacked import HEIGHT, PREFIX, STACKS, StackedSource, is_stacked
from multigan.typed import chosen

ONE_IMAGE = "There is one image only: training on it can do no more than memorize it."


def load_images(data: Any, options: ImageOptions | None = None, **fields: Any) -> ImageSet:
    """Reads images, decodes each of them once, and keeps them as uint8.

    Args:
        data: A folder or zip (a class per subfolder, StyleGAN's dataset.json, or a metadata.csv,
            .jsonl or .parquet with `file_name` and labels), a `.parquet` or `.npz` file, a folder
            of Parquet files, "digits", the name of a data set on the Hugging Face Hub
            ("owner/name", or anything that `datasets` reads after the prefix "hf:"), a tensor or
            array of images, a pair of one and of labels, or a torch data set. "stacked:" before a
            name stacks three images at a time, drawn at random, as the channels of one; see
            `stacked.py`.
        options: How to read them.
        fields: The same by name: any of those of `ImageOptions`, which documents them.

    Raises:
        ConfigError: An option is unknown, or cannot have its value.
        DataError: The data cannot be read as asked; the message says what to do.

    Example:
        >>> images = load_images("digits")
        >>> images.channels, images.height, images.width, images.condition.size, len(images)
        (1, 8, 8, 10, 1797)
    """
    options = chosen(ImageOptions, options, fields)
    if is_stacked(data):
        if options.channels not in (None, HEIGHT):
            raise DataError(
                f"{data} has {HEIGHT} channels, not {options.channels}. Leave out `channels`."
            )
        return _stacked(_load(data.removeprefix(PREFIX), replace(options, channels=1)))
    return _load(data, options)


def _load(data: Any, options: ImageOptions) -> ImageSet:
    with quiet():
        images = load(data, options, FORMAT)
    return _noted(images, ONE_IMAGE) if len(images) == 1 else images


def _stacked(singles: ImageSet) -> ImageSet:
    source = StackedSource(singles.source, STACKS)
    report = replace(singles.report, channels=HEIGHT, classes=(), numbers=())
    fingerprint = digest(singles.fingerprint, PREFIX, str(len(source)))
    images = ImageSet(source, report, fingerprint)
    return _noted(images, f"{len(source):,} stacks of three images are drawn of these.")


def _noted(images: ImageSet, note: str) -> ImageSet:
    report = replace(images.report, notes=(*images.report.notes, note))
    return replace(images, report=report)


def _digits(options: ImageOptions) -> Reader:
    require_split(options.split, WHOLE, "digits")
    return load_digits()


def _objects(data: Any, options: ImageOptions) -> Reader | None:
    if not isinstance(data, Iterable) and not hasattr(data, "__getitem__"):
        return None
    return read_dataset(data, limit=options.limit, folder=options.folder)


def _decode(image: Image.Image, target: Canvas) -> Decoded:
    pixels, changes = decode(image, target)
    return Decoded(np.ascontiguousarray(pixels[None]), changes)


def _settings(options: ImageOptions) -> object:
    bits = () if options.bits is None else (options.bits,)  # caches without it stay valid
    return (options.shape, options.channels, options.fit, *bits)


def _facts(canvas: Canvas, tally: Tally) -> dict[str, Any]:
    changes = tally.changes
    return {
        **{name: value for name, value in asdict(canvas).items() if name != "bits"},
        "converted": {name: n for name, n in changes.items() if name not in SIZE_CHANGES},
        "resized": {name: n for name, n in changes.items() if name in SIZE_CHANGES},
    }


FORMAT = Format(
    name="images",
    origins=Origins(
        files=PICTURES,
        known="a folder of images, a .zip, .parquet or .npz file, 'digits', or a name on the "
        "Hugging Face Hub such as 'owner/name'",
        tensors=from_tensor,
        objects=_objects,
        own={"digits": _digits},
        suffixes={".npz": read_npz},
    ),
    loaded=ImageSet,
    report=ImageReport,
    dtype="|u1",
    settings=_settings,
    plan=plan,
    decode=_decode,
    reason=reason,
    facts=_facts,
    ready=as_they_are,
)
