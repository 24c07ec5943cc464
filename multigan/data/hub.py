"""Data sets of the Hugging Face Hub, through `datasets`."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image

from multigan.data.decode import open_bytes, open_file
from multigan.data.labels import index_labels
from multigan.data.options import ImageOptions
from multigan.data.readers import Item, Reader, digest
from multigan.data.spool import Spool
from multigan.data.tables import class_names, find_image, find_label
from multigan.errors import DataError, MissingDependencyError


def read_hub(name: str, options: ImageOptions) -> Reader:
    """Reads the pictures of a data set on the Hub, or of a folder that `datasets` can read."""
    try:
        import datasets
    except ImportError:
        raise MissingDependencyError("datasets", purpose=f"Reading {name}", extra="data") from None
    try:
        dataset = datasets.load_dataset(name, split=options.split, streaming=options.streaming)
    except Exception as error:  # whatever the network, the Hub and a file format can raise
        raise DataError(
            f"Cannot read {name!r} (split {options.split!r}) from the Hub, nor is there such a "
            f"file or folder here: {_line(error)}"
        ) from error
    return read_loaded(dataset, f"{name}, split {options.split!r}", options)


def read_loaded(dataset: Any, where: str, options: ImageOptions) -> Reader:
    """Reads the pictures of a `datasets.Dataset`, or of an `IterableDataset`, which is a stream."""
    import datasets

    streamed = isinstance(dataset, datasets.IterableDataset)
    if dataset.features is None:
        dataset = dataset._resolve_features()  # looks at the stream's first rows
    schema = dataset.features.arrow_schema
    image = find_image(schema, options.image_column, where)
    label = find_label(schema, options.label_column, where)
    names = class_names(schema, label)
    dataset = dataset.select_columns([image] if label is None else [image, label])
    # Pictures should come as they were stored: they are decoded in one place only.
    dataset = dataset.cast_column(image, datasets.Image(decode=False))
    if streamed:
        return _streamed(dataset, where, image, label, names, options)
    values = [] if label is None else list(dataset[label])
    labels, classes = index_labels(values, names, f"column {label!r} of {where}")
    return Reader(
        where=where,
        identity=digest(where, dataset._fingerprint),
        items=lambda: _items(dataset, image),
        count=len(dataset),
        labels=labels,
        classes=classes,
    )


def _streamed(
    dataset: Any,
    where: str,
    image: str,
    label: str | None,
    names: Sequence[str],
    options: ImageOptions,
) -> Reader:
    spool = Spool(options.cache)
    values = []
    try:
        for row in islice(dataset, options.limit):
            spool.add(_content(row[image]))
            if label is not None:
                values.append(row[label])
        labels, classes = index_labels(values, names, f"column {label!r} of {where}")
    except BaseException as error:
        spool.close()
        if isinstance(error, DataError) or not isinstance(error, Exception):
            raise
        raise DataError(  # the network, most likely
            f"The stream of {where} broke off after {len(spool)} images: {_line(error)} "
            "Try again, or read it without streaming."
        ) from error
    return Reader(
        where=where,
        identity=digest(spool.identity, *map(str, values)),
        items=spool.items,
        count=len(spool),
        labels=labels,
        classes=classes,
        notes=("Streamed once.",),
        files=spool.identity,
        close=spool.close,
    )


def _items(dataset: Any, image: str) -> Iterator[Item]:
    for row, values in enumerate(dataset):
        yield f"row {row}", partial(_open, values[image])


def _open(value: dict[str, Any] | None) -> Image.Image:
    if value and value["bytes"] is None and value["path"]:
        return open_file(Path(value["path"]))
    return open_bytes(_content(value))


def _content(value: dict[str, Any] | None) -> bytes:
    if not value:
        return b""
    if value["bytes"] is None and value["path"]:
        return Path(value["path"]).read_bytes()
    return value["bytes"] or b""


def _line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).split("\n") if line.strip()), repr(error))
