"""Data sets of the Hugging Face Hub, and any others of the package `datasets`."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from multigan.data.file_kind import FileKind
from multigan.data.labels import read_labels
from multigan.data.loader_options import StoredOptions
from multigan.data.readers import Item, Reader, digest
from multigan.data.tables import class_names, find_content, find_label, label_notes
from multigan.data.temp_file import TempFile
from multigan.errors import DataError, MissingDependencyError, first_line
from multigan.imports.hub_reach import no_waiting


def read_hub(name: str, options: StoredOptions, kind: FileKind) -> Reader:
    """Reads a data set on the Hub, or a folder that `datasets` can read."""
    dataset = open_dataset(name, options.split, streaming=options.streaming)
    return read_table(dataset, f"{name}, split {options.split!r}", options, kind)


def read_table(dataset: Any, where: str, options: StoredOptions, kind: FileKind) -> Reader:
    """Reads a `datasets.Dataset`, or an `IterableDataset`, which is a stream."""
    import datasets

    streamed = isinstance(dataset, datasets.IterableDataset)
    dataset, schema = with_schema(dataset, where)
    column = find_content(schema, options.content_column, where, kind)
    label = find_label(schema, options.one_label_column, where)
    readable = None if streamed else lambda name: dataset[name]
    notes = tuple(label_notes(schema, options.one_label_column, column, readable))
    dataset = dataset.select_columns([column] if label is None else [column, label])
    # Files should come as they were stored: they are decoded in one place only.
    dataset = dataset.cast_column(column, getattr(datasets, kind.feature)(decode=False))
    with ExitStack() as on_error:
        if streamed:
            file = TempFile(options.folder, kind)
            on_error.callback(file.close)
            values = _fetch(dataset, where, column, label, options.limit, file)
        else:
            values = [] if label is None else list(dataset[label])
        names = class_names(schema, label)
        labels = read_labels(values, names, f"column {label!r} of {where}")
        on_error.pop_all()
    if streamed:
        return file.reader(where, labels, notes=("Streamed once.", *notes))
    return Reader(
        where=where,
        identity=digest(where, dataset._fingerprint),
        items=lambda: _items(dataset, column, kind),
        count=len(dataset),
        labels=labels,
        notes=notes,
    )


def _fetch(
    dataset: Any, where: str, column: str, label: str | None, limit: int | None, file: TempFile
) -> list[Any]:
    """Reads a stream's files into `file`, and returns their labels."""
    values = []
    try:
        for row in islice(dataset, limit):
            file.add(_content(row[column]))
            if label is not None:
                values.append(row[label])
    except Exception as error:  # the network, most likely
        raise DataError(
            f"The stream of {where} broke off after {len(file)} rows: {cause(error)} "
            "Try again, or read it without streaming."
        ) from error
    return values


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


def open_dataset(name: str, split: str, *, streaming: bool, sought: str = "file or folder") -> Any:
    """Opens a data set on the Hub, or a folder that `datasets` can read.

    Args:
        name: On the Hub, or a path.
        split: Which part.
        streaming: Whether rows are fetched when they are read.
        sought: What else the name could have been, for the message.

    Raises:
        MissingDependencyError: `datasets` is not installed.
        DataError: There is none, or none of that split.
    """
    try:
        import datasets
    except ImportError:
        raise MissingDependencyError("datasets", purpose=f"Reading {name}", extra="data") from None
    try:
        with no_waiting():
            return datasets.load_dataset(name, split=split, streaming=streaming)
    except Exception as error:  # whatever the network, the Hub and a file format can raise
        here = Path(name).exists()
        elsewhere = "" if here else f" from the Hub, nor is there such a {sought} here"
        raise DataError(
            f"Cannot read {name!r} (split {split!r}){elsewhere}: {cause(error)}"
        ) from error


def with_schema(dataset: Any, where: str) -> tuple[Any, Any]:
    """Returns a data set that knows its columns, and their pyarrow schema.

    Args:
        dataset: Of `datasets`, stored or streamed. A stream's first rows are read if need be.
        where: What to call it.

    Raises:
        DataError: It is several data sets, has no rows to tell columns by, or they cannot be read.
    """
    if isinstance(dataset, dict):
        splits = ", ".join(map(str, dataset)) or "none"
        first = next(iter(dataset), "train")
        raise DataError(
            f"{where} is a {type(dataset).__name__}, several data sets by name: {splits}. Give "
            f"one of them, e.g. data[{first!r}]."
        )
    schema = None
    try:
        if dataset.features is None:
            dataset = dataset._resolve_features()  # looks at the stream's first rows
        if dataset.features is not None:
            schema = dataset.features.arrow_schema
    except StopIteration:  # the stream is empty
        pass
    except Exception as error:  # whatever the network, a file format or a generator can raise
        raise DataError(
            f"The first rows of {where} do not say what its columns are: {cause(error)}"
        ) from error
    if not schema:
        raise DataError(f"{where} has no rows, or rows without columns, so nothing can be read.")
    return dataset, schema


def cause(error: BaseException) -> str:
    """Returns what went wrong, in a line."""
    while type(error).__name__ == "DatasetGenerationError" and error.__cause__ is not None:
        error = error.__cause__  # which says what went wrong, and not only that something did
    if isinstance(error, KeyError):
        return f"a row has no {error}."
    return first_line(error)
