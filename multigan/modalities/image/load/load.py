"""Images from wherever they are: read once, brought to one size, and a report of all of it.

Shapes: N images, C channels, H height, W width.
"""

import time
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.data.building import built_once
from multigan.data.fingerprint import content_fingerprint
from multigan.data.labels import condition_spec, label_tensor
from multigan.data.readers import Reader, digest
from multigan.data.source import MappedSource, Source, TensorSource
from multigan.data.store import (
    FileStore,
    MemoryStore,
    read_cached,
    rows_file,
    write_cached,
)
from multigan.errors import DataError
from multigan.files import atomic_folder
from multigan.modalities.image.load.arrays import Arrays
from multigan.modalities.image.load.collect import Tally, collect
from multigan.modalities.image.load.decode import SIZE_CHANGES, Canvas
from multigan.modalities.image.load.opening import open_data
from multigan.modalities.image.load.options import ImageOptions
from multigan.modalities.image.load.report import LoadReport
from multigan.modalities.image.load.stacked import HEIGHT, PREFIX, STACKS, StackedSource, is_stacked
from multigan.modalities.image.load.survey import plan, refuse_unreadable, require_usable
from multigan.typed import chosen

NAMES_KEPT = 100  # of ignored files; their number is reported in any case

ONE_IMAGE = "There is one image only: training on it can do no more than memorize it."


@dataclass(frozen=True)
class ImageSet:
    """Images of one size, ready for a `Stream`, and how they came about.

    Attributes:
        source: The pixels, (C, H, W) uint8 each, with class numbers if there are any.
        channels: 1 for grey, 3 for RGB, 4 for RGBA.
        height: In pixels.
        width: In pixels.
        report: What was found, changed and left out.
        fingerprint: Hexadecimal digits that change when the images, their order, their classes or
            the classes' names do, and not when the data is moved, copied or packed. Of more than
            64 MiB of pixels it sees an evenly spread part, and of the rest the sizes or checksums
            of the files: what changes neither goes unnoticed.
    """

    source: Source
    channels: int
    height: int
    width: int
    report: LoadReport
    fingerprint: str

    @property
    def condition(self) -> ConditionSpec | None:
        """The classes, attributes or numbers; or None."""
        return self.source.condition

    def __len__(self) -> int:
        return len(self.source)


def load_images(data: Any, options: ImageOptions | None = None, **fields: Any) -> ImageSet:
    """Reads images, decodes each of them once, and keeps them as uint8.

    Args:
        data: A folder, a `.zip`, `.parquet` or `.npz` file, a folder of Parquet files, "digits",
            the name of a data set on the Hugging Face Hub ("owner/name", or anything that
            `datasets` reads after the prefix "hf:"), a tensor or array of images, a pair of one
            and of labels, or a torch data set. "stacked:" before a name stacks three images at a
            time, drawn at random, as the channels of one; see `stacked.py`.
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
    started = time.perf_counter()
    options = chosen(ImageOptions, options, fields)
    stacked = is_stacked(data)
    if stacked:
        if options.channels not in (None, HEIGHT):
            raise DataError(
                f"{data} has {HEIGHT} channels, not {options.channels}. Leave out `channels`."
            )
        options = replace(options, channels=1)
    opened = open_data(data.removeprefix(PREFIX) if stacked else data, options)
    if isinstance(opened, Arrays) and _is_ready(opened, options):
        loaded = _from_arrays(opened, options)
    else:
        with opened.reader() if isinstance(opened, Arrays) else opened as reader:
            loaded = _from_reader(reader, options)
    if stacked:
        loaded = _stacked(loaded)
    seconds = round(time.perf_counter() - started, 3)
    return replace(loaded, report=replace(loaded.report, seconds=seconds))


def _is_ready(arrays: Arrays, options: ImageOptions) -> bool:
    """Returns whether arrays can be used as they are, with as many channels as they like."""
    _, channels, *size = arrays.pixels.shape
    return options.shape in (None, tuple(size)) and options.channels in (None, channels)


def _from_arrays(arrays: Arrays, options: ImageOptions) -> ImageSet:
    count, channels, height, width = arrays.pixels.shape
    if count == 0:
        raise DataError(f"There are no images in {arrays.where}. Check how it was made.")
    require_usable(height, width, arrays.where)
    labels = label_tensor(arrays.labels, arrays.numbers)
    condition = condition_spec(arrays.classes, arrays.numbers, labels)
    source = TensorSource(arrays.pixels, labels, condition)
    report = LoadReport(
        where=arrays.where,
        found=count,
        used=count,
        height=height,
        width=width,
        channels=channels,
        fit=options.fit,
        classes=arrays.classes,
        numbers=arrays.numbers,
        notes=_notes(arrays.notes, count),
    )
    return _image_set(source, report, labels, arrays.files)


def _from_reader(reader: Reader, options: ImageOptions) -> ImageSet:
    if reader.count == 0:
        raise DataError(f"There are no images in {reader.where}. Check how it was made.")
    wanted = (options.shape, options.channels, options.fit)
    folder = options.folder / f"images-{digest(reader.identity, repr(wanted))}"
    stored = _from_cache(folder, reader, options)
    if stored is not None:
        return stored
    canvas = plan(reader, options)
    if reader.count * prod(canvas.shape) > options.room:
        return built_once(
            folder,
            partial(_from_cache, folder, reader, options),
            partial(_build_cache, folder, reader, canvas, options),
            "images",
        )
    store = MemoryStore(reader.count, canvas.shape)
    tally = collect(reader, canvas, store, options)
    labels = label_tensor(_labels(reader, tally), reader.numbers)
    condition = condition_spec(reader.classes, reader.numbers, labels)
    source = TensorSource(store.rows, labels, condition)
    return _image_set(source, _report(reader, canvas, tally), labels, reader.files)


def _stacked(singles: ImageSet) -> ImageSet:
    source = StackedSource(singles.source, STACKS)
    report = replace(
        singles.report,
        channels=HEIGHT,
        classes=(),
        numbers=(),
        notes=(
            *singles.report.notes,
            f"{len(source):,} stacks of three images are drawn of these.",
        ),
    )
    return replace(
        singles,
        source=source,
        channels=HEIGHT,
        report=report,
        fingerprint=digest(singles.fingerprint, PREFIX, str(len(source))),
    )


def _build_cache(folder: Path, reader: Reader, canvas: Canvas, options: ImageOptions) -> None:
    with atomic_folder(folder) as building:
        store = FileStore(rows_file(building), reader.count, canvas.shape)
        with closing(store):
            tally = collect(reader, canvas, store, options)
        report = _report(reader, canvas, tally)
        report = replace(report, storage=f"memory-mapped at {folder}")
        write_cached(building, _labels(reader, tally), report)


def _from_cache(folder: Path, reader: Reader, options: ImageOptions) -> ImageSet | None:
    stored = read_cached(folder, LoadReport)
    if stored is None:
        return None
    mapped, labels, report = stored
    refuse_unreadable(list(report.unreadable), reader, options)
    condition = condition_spec(report.classes, report.numbers, labels)
    source: Source = MappedSource(mapped.path, labels, condition)
    if len(mapped) * prod(mapped.sample_shape) <= options.room:  # there is more room now
        pixels, _ = mapped.read(torch.arange(len(mapped)))
        source = TensorSource(pixels, labels, condition)
        report = replace(report, storage="memory")
    return _image_set(source, report, labels, reader.files)


def _image_set(source: Source, report: LoadReport, labels: Tensor | None, files: str) -> ImageSet:
    shape = (report.channels, report.height, report.width)
    fingerprint = content_fingerprint(source, shape, labels, report.classes + report.numbers, files)
    return ImageSet(source, *shape, report, fingerprint)


def _report(reader: Reader, canvas: Canvas, tally: Tally) -> LoadReport:
    changes = tally.changes
    return LoadReport(
        where=reader.where,
        found=reader.count,
        used=len(tally.used),
        height=canvas.height,
        width=canvas.width,
        channels=canvas.channels,
        unreadable=tuple(tally.unreadable),
        ignored=reader.ignored[:NAMES_KEPT],
        num_ignored=len(reader.ignored),
        converted={name: n for name, n in changes.items() if name not in SIZE_CHANGES},
        resized={name: n for name, n in changes.items() if name in SIZE_CHANGES},
        fit=canvas.fit,
        classes=reader.classes,
        numbers=reader.numbers,
        notes=_notes(reader.notes, len(tally.used)),
    )


def _labels(reader: Reader, tally: Tally) -> list[Any]:
    return [reader.labels[index] for index in tally.used] if reader.labels else []


def _notes(notes: tuple[str, ...], used: int) -> tuple[str, ...]:
    return (*notes, ONE_IMAGE) if used == 1 else notes
