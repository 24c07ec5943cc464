"""Data sets of the Hugging Face Hub, through `datasets`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from multigan.data.file_kind import FileKind
from multigan.data.labels import read_labels
from multigan.data.opened import cause, open_dataset, with_schema
from multigan.data.readers import Item, Reader, digest
from multigan.data.spool import Spool
from multigan.data.tables import class_names, find_content, find_label
from multigan.errors import DataError
from multigan.imports.hub_names import HUB_PREFIX as HUB_PREFIX

HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


@dataclass(frozen=True)
class TableOptions:
    """How a table of the Hub is read.

    Attributes:
        content_column: Where the pictures or sounds are; None looks for it.
        label_column: Where the classes are; None looks for it.
        split: Which part.
        streaming: Whether to read it without storing it first.
        limit: Of a stream, take the first so many.
        cache: A folder for temporary files.
        kind: What the table holds.
        feature: What `datasets` calls the type of such a column.
    """

    content_column: str | None
    label_column: str | None
    split: str
    streaming: bool
    limit: int | None
    cache: Path
    kind: FileKind
    feature: str


def read_hub(name: str, options: TableOptions) -> Reader:
    """Reads a data set on the Hub, or a folder that `datasets` can read."""
    dataset = open_dataset(name, options.split, streaming=options.streaming)
    return read_loaded(dataset, f"{name}, split {options.split!r}", options)


def read_loaded(dataset: Any, where: str, options: TableOptions) -> Reader:
    """Reads a `datasets.Dataset`, or an `IterableDataset`, which is a stream."""
    import datasets

    streamed = isinstance(dataset, datasets.IterableDataset)
    dataset, schema = with_schema(dataset, where)
    column = find_content(schema, options.content_column, where, options.kind)
    label = find_label(schema, options.label_column, where)
    names = class_names(schema, label)
    dataset = dataset.select_columns([column] if label is None else [column, label])
    # Files should come as they were stored: they are decoded in one place only.
    stored = getattr(datasets, options.feature)(decode=False)
    dataset = dataset.cast_column(column, stored)
    if streamed:
        return _streamed(dataset, where, column, label, names, options)
    values = [] if label is None else list(dataset[label])
    labels = read_labels(values, names, f"column {label!r} of {where}")
    return Reader(
        where=where,
        identity=digest(where, dataset._fingerprint),
        items=lambda: _items(dataset, column, options.kind),
        count=len(dataset),
        labels=labels.values,
        classes=labels.classes,
        numbers=labels.numbers,
        plural=options.kind.plural,
    )


def _streamed(
    dataset: Any,
    where: str,
    column: str,
    label: str | None,
    names: Sequence[str],
    options: TableOptions,
) -> Reader:
    spool = Spool(options.cache, options.kind)
    values = []
    try:
        for row in islice(dataset, options.limit):
            spool.add(_content(row[column]))
            if label is not None:
                values.append(row[label])
        labels = read_labels(values, names, f"column {label!r} of {where}")
    except BaseException as error:
        spool.close()
        if isinstance(error, DataError) or not isinstance(error, Exception):
            raise
        raise DataError(  # the network, most likely
            f"The stream of {where} broke off after {len(spool)} rows: {cause(error)} "
            "Try again, or read it without streaming."
        ) from error
    return Reader(
        where=where,
        identity=digest(spool.identity, *map(str, values)),
        items=spool.items,
        count=len(spool),
        labels=labels.values,
        classes=labels.classes,
        numbers=labels.numbers,
        notes=("Streamed once.",),
        files=spool.identity,
        close=spool.close,
        plural=options.kind.plural,
    )


def _items(dataset: Any, column: str, kind: FileKind) -> Iterator[Item]:
    for row, values in enumerate(dataset):
        yield f"row {row}", partial(_open, values[column], kind)


def _open(value: dict[str, Any] | None, kind: FileKind) -> Any:
    if value and value["bytes"] is None and value["path"]:
        return kind.open_file(Path(value["path"]))
    return kind.open_bytes(_content(value))


def _content(value: dict[str, Any] | None) -> bytes:
    if not value:
        return b""
    if value["bytes"] is None and value["path"]:
        return Path(value["path"]).read_bytes()
    return value["bytes"] or b""
