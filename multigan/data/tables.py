"""Pictures or sounds in Parquet files, as Hugging Face lays them out.

That is a column `image: {bytes, path}`, or `audio` likewise, and one of labels.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from multigan.data.file_kind import FileKind
from multigan.data.labels import NO_LABELS, SPLITS, WHOLE, Labels, plain_split, read_labels
from multigan.data.loader_options import StoredOptions
from multigan.data.readers import Item, Reader, digest, file_identity
from multigan.errors import DataError, MissingDependencyError
from multigan.files import parse_json

LABEL_COLUMNS = ("label", "labels", "class", "category", "target", "fine_label")

METADATA_TABLE = "metadata.parquet"  # describes the files beside it, and holds none

# Few enough that a batch of large photos is no burden.
ROWS_AT_ONCE = 32


def has_tables(folder: Path) -> bool:
    """Whether samples of a folder are in Parquet files, rather than in files of their own."""
    patterns = ("*.parquet", "*/*.parquet")
    return any(file.name != METADATA_TABLE for pattern in patterns for file in folder.glob(pattern))


def read_parquet(path: Path, options: StoredOptions, kind: FileKind) -> Reader:
    """Reads what is in a Parquet file, or in all those of a folder that belong to `split`.

    Files are read a few rows at a time and never held in memory whole.
    """
    split, label_column = options.split, options.label_column
    found = [path] if path.is_file() else sorted(path.rglob("*.parquet"))
    found = [file for file in found if file.name != METADATA_TABLE] or found
    paths = [file for file in found if belongs(file, path, split)]
    if not paths:
        raise DataError(
            f"None of the {len(found)} Parquet files in {path} belongs to the split {split!r}: "
            f"they are {', '.join(file.name for file in found[:3])}. Name another split."
        )
    tables = [_metadata(file) for file in paths]
    schema = tables[0].schema.to_arrow_schema()
    content = find_content(schema, options.content_column, str(path), kind)
    labels = _labels(paths, schema, label_column, str(path))
    notes = label_notes(schema, label_column, content, partial(_values, paths))
    if len(paths) < len(found):
        notes.append(f"Read the {len(paths)} of {len(found)} files of the split {split!r}.")
    return Reader(
        where=str(path),
        identity=digest(*map(file_identity, paths), content, str(label_column)),
        items=partial(_items, paths, content, kind),
        count=sum(table.num_rows for table in tables),
        labels=labels,
        notes=tuple(notes),
        files=digest(*(str(file.stat().st_size) for file in paths)),
    )


def _labels(
    paths: Sequence[Path], schema: Any, asked: str | Sequence[str] | None, where: str
) -> Labels:
    """Returns the labels in one column, or a number from each of several."""
    if asked is None or isinstance(asked, str):
        label = find_label(schema, asked, where)
        if label is None:
            return NO_LABELS
        names = class_names(schema, label)
        return read_labels(_values(paths, label), names, f"column {label!r} of {where}")
    names = [str(find_label(schema, name, where)) for name in asked]
    rows = list(zip(*(_values(paths, name) for name in names), strict=True))
    return read_labels(rows, names, f"columns {', '.join(names)} of {where}")


def find_content(schema: Any, asked: str | None, where: str, kind: FileKind) -> str:
    """Returns the column of an Arrow schema that holds encoded pictures or sounds."""
    import pyarrow as pa

    def holds_bytes(kind: Any) -> bool:
        if pa.types.is_struct(kind):
            return kind.get_field_index("bytes") >= 0
        return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)

    holding = [field.name for field in schema if holds_bytes(field.type)]
    if asked is not None and asked in holding:
        return asked
    if asked is not None or not holding:
        name = f" {asked!r}" if asked else ""
        raise DataError(
            f"{where} has no column{name} of {kind.plural}: structs with 'bytes', or binary. "
            f"Its columns: {_columns(schema)}."
        )
    return next((name for name in kind.columns if name in holding), holding[0])


def find_label(schema: Any, asked: str | None, where: str) -> str | None:
    """Returns the column of an Arrow schema that holds labels, or None if there is none."""
    if asked is not None:
        if asked not in schema.names:
            raise DataError(f"{where} has no column {asked!r}. Its columns: {_columns(schema)}.")
        return asked
    known = (name for name in LABEL_COLUMNS if name in schema.names)
    return next((name for name in known if _holds_classes(schema.field(name).type)), None)


def label_notes(
    schema: Any,
    asked: str | Sequence[str] | None,
    content: str,
    read: Callable[[str], Sequence[Any]] | None,
) -> list[str]:
    """Returns what is to be said of the columns that could hold labels and are not used.

    Args:
        schema: An Arrow schema.
        asked: The column that was named, or several.
        content: The column of the samples.
        read: Returns a column's values, where they can be looked at.
    """
    if asked is not None:
        return []
    label = find_label(schema, None, "")
    if label is not None:
        usable = [field.name for field in schema if _holds_classes(field.type)]
        return other_labels(usable, label, (content,))
    unused = next((n for n in LABEL_COLUMNS if n in schema.names and n != content), None)
    if unused is None:
        return [f"No labels: no column is called {', '.join(LABEL_COLUMNS)}."]
    kind = f"No labels: the column {unused!r} holds {schema.field(unused).type}, no classes."
    values = [] if read is None else read(unused)
    missing = sum(value is None or value != value for value in values)
    if missing:
        kind += f" {missing} of its {len(values)} values are missing (NaN): remove those rows."
    return [f"{kind} To learn it as numbers: --set data.label_column={unused}"]


def other_labels(columns: Sequence[str], label: str, others: Sequence[str]) -> list[str]:
    """Returns a sentence that says which column of labels is used, if there are several.

    Args:
        columns: Those that could hold labels.
        label: The one that does.
        others: Columns that hold something else.
    """
    more = [
        name
        for name in columns
        if name not in (label, *others)
        and (name.lower() in LABEL_COLUMNS or name.lower().endswith("label"))
    ]
    if not more:
        return []
    return [
        f"Labels are those of the column {label!r}; there is {', '.join(map(repr, more))} too: "
        f"--set data.label_column={more[0]}"
    ]


def _holds_classes(kind: Any) -> bool:
    import pyarrow as pa

    return pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_boolean(kind)


def read_rows(content: bytes, where: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Returns the columns and the rows of a small Parquet file; classes are by their names.

    Raises:
        MissingDependencyError: `pyarrow` is not installed.
        DataError: The file is damaged.
    """
    with open_parquet(BytesIO(content), where) as file:
        table = file.read()
    names = {column: class_names(table.schema, column) for column in table.column_names}
    rows = [
        {column: _named(value, names[column]) for column, value in row.items()}
        for row in table.to_pylist()
    ]
    return list(table.column_names), rows


def _named(value: Any, names: Sequence[str]) -> Any:
    return names[value] if names and value in range(len(names)) else value


def class_names(schema: Any, label: str | None) -> Sequence[str]:
    """Returns the classes' names that Hugging Face wrote into an Arrow schema, or none."""
    try:
        info = parse_json((schema.metadata or {})[b"huggingface"])
        return tuple(str(name) for name in info["info"]["features"][label]["names"])
    except (KeyError, TypeError, ValueError):  # the label is no ClassLabel, or nothing was written
        return ()


@contextmanager
def open_parquet(path: Path | BytesIO, where: str = "") -> Iterator[Any]:
    """Opens a `pyarrow.parquet.ParquetFile`; `where` is what to call one that has no path.

    Raises:
        MissingDependencyError: `pyarrow` is not installed.
        DataError: The file is damaged, or turns out to be while it is open.
    """
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise MissingDependencyError(
            "pyarrow", purpose=f"Reading {where or path}", extra="data"
        ) from None
    try:
        with ParquetFile(path) as table:
            yield table
    except (ArrowException, OSError) as error:
        line = str(error).strip().split("\n")[0]
        raise DataError(
            f"{where or path} is not a whole Parquet file: {line} Fetch it again."
        ) from None


def _metadata(path: Path) -> Any:
    with open_parquet(path) as table:
        return table.metadata


def _values(paths: Sequence[Path], name: str) -> list[Any]:
    values: list[Any] = []
    for path in paths:
        with open_parquet(path) as table:
            values += table.read(columns=[name]).column(0).to_pylist()
    return values


def _items(paths: Sequence[Path], name: str, kind: FileKind) -> Iterator[Item]:
    from pyarrow.parquet import ParquetFile

    for path in paths:
        row = 0
        with ParquetFile(path, buffer_size=1 << 20) as table:
            nested = table.schema_arrow.field(name).type.num_fields > 0
            column = f"{name}.bytes" if nested else name
            for batch in table.iter_batches(ROWS_AT_ONCE, columns=[column], use_threads=False):
                values = batch.column(0)
                for content in (values.field("bytes") if nested else values).to_pylist():
                    yield f"{path.name} row {row}", partial(kind.open_bytes, content or b"")
                    row += 1


def belongs(file: Path, root: Path, split: str) -> bool:
    """Whether a file is of a split, which its name or folder states: train-00000-of-00002.parquet.

    What states none is all there is, and so what one trains on; so is a file asked for by name.
    """
    if file == root:
        return split in WHOLE or plain_split(split) in map(plain_split, file.stem.split("-"))
    names = [file.stem.split("-")[0], *file.relative_to(root).parts[:-1]]
    stated = next((plain_split(name) for name in names if name in SPLITS), None)
    return split in WHOLE if stated is None else stated == plain_split(split)


def _columns(schema: Any) -> str:
    return ", ".join(f"{field.name} ({field.type})" for field in schema)
