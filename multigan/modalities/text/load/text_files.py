"""Text files: lines, tables of comma-separated values, JSON lines, Parquet."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from multigan.data.comma_values import read_comma_values
from multigan.data.loaded import Unreadable, describe_unreadable
from multigan.data.tables import (
    LABEL_COLUMNS,
    class_names,
    find_label,
    label_notes,
    open_parquet,
    other_labels,
)
from multigan.errors import DataError
from multigan.files import parse_json
from multigan.modalities.text.load.options import TextOptions
from multigan.modalities.text.load.texts import Texts, gather

TEXT_COLUMNS = ("text", "sentence", "caption", "content", "review", "document", "line", "title")
TABLES = {".csv": ",", ".tsv": "\t"}
JSON_LINES = (".jsonl", ".ndjson")


# How files begin that are no text, whatever they are called.
NO_TEXT = {
    b"%PDF-": "a PDF",
    b"%!PS": "PostScript",
    b"{\\rtf": "a document in RTF",
    b"PK\x03\x04": "a zip, or a document in one",
    b"\xd0\xcf\x11\xe0": "an old document of Microsoft Office",
    b"\x1f\x8b": "packed with gzip",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"(\xb5/\xfd": "packed with zstandard",
    b"7z\xbc\xaf": "packed with 7-Zip",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "a sound or a film",
    b"ID3": "a sound",
    b"OggS": "a sound",
    b"fLaC": "a sound",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file, which ends in .parquet",
}


def read_file(path: Path, options: TextOptions) -> Texts:
    """Reads a file by its suffix; whatever is no table is plain text.

    Raises:
        DataError: It cannot be read as what its suffix says.
    """
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _read_parquet(path, options)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None
    if suffix in TABLES:
        return _read_table(path, content, TABLES[suffix], options)
    if suffix in JSON_LINES:
        return _read_json_lines(path, content, options)
    return _read_plain(path, content, options)


def decoded_lines(
    path: Path, content: bytes, encoding: str
) -> tuple[list[tuple[int, str]], list[Unreadable]]:
    """Returns the lines of a file's content with their numbers, and those not of the encoding.

    Only a line feed, with or without a carriage return, ends a line: not the dozen other
    characters at which `str.splitlines` breaks.
    """
    if encoding.lower().replace("_", "-") not in _ASCII_BASED:
        text = _decode_whole(path, content, encoding)
        return list(enumerate(text.replace("\r\n", "\n").split("\n"), start=1)), []
    lines, damaged = [], []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            lines.append((number, line.removesuffix(b"\r").decode(encoding)))
        except UnicodeDecodeError as error:
            byte = line[error.start]
            damaged.append(Unreadable(f"line {number}", f"byte 0x{byte:02x} is not {encoding}"))
    return lines, damaged


_ASCII_BASED = frozenset(
    {"utf-8", "utf8", "ascii", "latin-1", "latin1", "iso-8859-1", "iso-8859-15", "cp1252"}
)


def _decode_whole(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not {encoding}: {error}. Name another encoding.") from None


def _read_plain(path: Path, content: bytes, options: TextOptions) -> Texts:
    kind = next((kind for start, kind in NO_TEXT.items() if content.startswith(start)), None)
    if kind is not None:
        raise DataError(f"{path} is {kind}, not plain text. Save its text as a .txt file.")
    if b"\0" in content[:4096] and options.encoding == "utf-8":
        raise DataError(
            f"{path} has NUL bytes, so it is not plain text of one byte or more a character. "
            "If it is UTF-16, say so: --set data.encoding=utf-16."
        )
    lines, damaged = decoded_lines(path, content, options.encoding)
    if lines and not lines[-1][1]:
        lines.pop()  # what follows the last line feed is no line
    return gather(str(path), ((t, None) for _, t in lines), labelled=False, damaged=damaged)


def _read_table(path: Path, content: bytes, delimiter: str, options: TextOptions) -> Texts:
    lines, damaged = decoded_lines(path, content, options.encoding)
    columns, rows, broken, notes = read_comma_values(lines, str(path), delimiter)
    return _from_records(path, columns, rows, options, [*damaged, *broken], notes)


def _read_json_lines(path: Path, content: bytes, options: TextOptions) -> Texts:
    lines, damaged = decoded_lines(path, content, options.encoding)
    rows: list[Mapping[str, Any]] = []
    for number, text in lines:
        if not text.strip():
            continue
        try:
            value = parse_json(text)
        except ValueError as error:
            damaged.append(Unreadable(f"line {number}", f"not JSON: {error}"))
            continue
        if isinstance(value, Mapping):
            rows.append(value)
        else:
            damaged.append(Unreadable(f"line {number}", "not a JSON object"))
    if damaged and not rows:
        raise DataError(f"No line of {path} can be read: {describe_unreadable(damaged)}")
    columns = list(dict.fromkeys(name for row in rows[:1000] for name in row))
    return _from_records(path, columns, rows, options, damaged)


def _from_records(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    options: TextOptions,
    damaged: Sequence[Unreadable],
    notes: Sequence[str] = (),
) -> Texts:
    text = text_column(columns, options.text_column, str(path))
    label = _label_column(columns, options.label_column, str(path))
    pairs = ((row.get(text), None if label is None else row.get(label)) for row in rows)
    if label is not None and options.label_column is None:
        notes = (*notes, *other_labels(columns, label, (text,)))
    return gather(str(path), pairs, labelled=label is not None, damaged=damaged, notes=tuple(notes))


def _read_parquet(path: Path, options: TextOptions) -> Texts:
    with open_parquet(path) as table:
        schema = table.schema_arrow
        text = text_column_of(schema, options.text_column, str(path))
        label = find_label(schema, options.label_column, str(path))
        columns = table.read(columns=[text] if label is None else [text, label])
    texts = columns.column(text).to_pylist()
    labels = [None] * len(texts) if label is None else columns.column(label).to_pylist()
    names = class_names(schema, label)
    pairs: Iterator[tuple[Any, Any]] = zip(texts, labels, strict=True)
    notes = label_notes(schema, options.label_column, text, None) if label is not None else []
    return gather(str(path), pairs, labelled=label is not None, names=names, notes=tuple(notes))


def text_column_of(schema: Any, asked: str | None, where: str) -> str:
    """Returns the column of an Arrow schema that holds the texts; see `text_column`.

    Raises:
        DataError: No column holds strings, or none of them is known to hold the texts.
    """
    import pyarrow as pa

    kinds = (pa.types.is_string, pa.types.is_large_string)
    columns = [field.name for field in schema if any(kind(field.type) for kind in kinds)]
    if not columns or (asked in schema.names and asked not in columns):
        listed = ", ".join(f"{field.name} ({field.type})" for field in schema)
        named = f" {asked!r}" if columns else ""
        raise DataError(f"{where} has no column{named} of strings. Its columns: {listed}.")
    return text_column(columns, asked, where)


def text_column(columns: Sequence[str], asked: str | None, where: str) -> str:
    """Returns the column that holds the texts: the one asked for, a usual one, or the only one."""
    if asked is not None:
        if asked in columns:
            return asked
        raise DataError(f"{where} has no column {asked!r} of text. Columns: {_listed(columns)}.")
    by_name = {name.strip().lower(): name for name in reversed(columns)}
    known = next((by_name[name] for name in TEXT_COLUMNS if name in by_name), None)
    if known is not None:
        return known
    others = [name for name in columns if name.strip().lower() not in LABEL_COLUMNS]
    if len(others) == 1:
        return others[0]
    raise DataError(
        f"{where} has no column called {', '.join(TEXT_COLUMNS[:4])} or so; its columns are "
        f"{_listed(columns)}. Name the one with the texts: --set data.text_column=NAME."
    )


def _label_column(columns: Sequence[str], asked: str | None, where: str) -> str | None:
    if asked is not None:
        if asked in columns:
            return asked
        raise DataError(f"{where} has no column {asked!r}. Its columns: {_listed(columns)}.")
    by_name = {name.strip().lower(): name for name in reversed(columns)}
    return next((by_name[name] for name in LABEL_COLUMNS if name in by_name), None)


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(columns) or "none"
