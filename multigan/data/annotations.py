"""Labels in a file beside pictures or sounds.

That is StyleGAN's `dataset.json`, whose folders are shards and no classes, and the `metadata.csv`,
`metadata.jsonl` or `metadata.parquet` of Hugging Face's ImageFolder and AudioFolder.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from multigan.data.comma_values import read_comma_values
from multigan.data.labels import (
    NO_LABELS,
    SPLITS,
    WHOLE,
    plain_split,
    read_labels,
    require_split,
)
from multigan.data.loader_options import StoredOptions
from multigan.data.readers import Classified, Classify, Listing
from multigan.data.tables import LABEL_COLUMNS, METADATA_TABLE, other_labels, read_rows
from multigan.errors import DataError
from multigan.files import parse_json

STYLEGAN_FILE = "dataset.json"
METADATA_FILES = ("metadata.csv", "metadata.jsonl", METADATA_TABLE)
FILE_NAME = "file_name"
SHARD = re.compile(r"(?:.*/)?(\d{5})/img\1\d{3}")  # as StyleGAN's dataset_tool.py numbers them


class Table(NamedTuple):
    """What annotations say.

    Attributes:
        files: What they are called.
        values: Each file's label, or None where it has none.
        twice: How many files have several.
        notes: Sentences for people.
    """

    files: str
    values: Mapping[PurePosixPath, Any]
    twice: int = 0
    notes: tuple[str, ...] = ()


def by_annotations(options: StoredOptions, otherwise: Classify) -> Classify:
    """Returns what takes labels from annotations, and else classifies as `otherwise` does."""

    def classify(listing: Listing) -> Classified:
        notes: list[str] = []
        for table in (_stylegan(listing), _metadata(listing, options)):
            if table is not None and table.values:
                return _labelled(listing, table, options.split)
            notes += table.notes if table is not None else ()
        if _sharded(listing.paths):
            note = "Its folders are StyleGAN's shards, so they are no classes."
            used = of_split(listing.paths, options.split, listing.where)
            return Classified(used, NO_LABELS, (*notes, note))
        found = otherwise(listing)
        return found._replace(notes=(*found.notes, *notes))

    return classify


def of_split(paths: Sequence[PurePosixPath], split: str, where: str) -> list[PurePosixPath]:
    """Returns the files of a split, where folders called train, test and so on state it."""
    stated = {path: _stated(path) for path in paths}
    known, wanted = set(stated.values()) - {None}, plain_split(split)
    if split == "all" or (len(set(stated.values())) == 1 and split in WHOLE):
        return list(paths)
    if known or split not in WHOLE:
        require_split(split, [*sorted(filter(None, known)), "all"], where)
    return [path for path in paths if stated[path] == wanted]


def _stated(path: PurePosixPath) -> str | None:
    return next((plain_split(part) for part in path.parts[:-1] if part in SPLITS), None)


def _sharded(paths: Sequence[PurePosixPath]) -> bool:
    return all(SHARD.fullmatch(str(path.with_suffix(""))) for path in paths)


def _labelled(listing: Listing, table: Table, split: str) -> Classified:
    described = [path for path in listing.paths if path in table.values]
    if not described:
        example = next(iter(table.values))
        raise DataError(
            f"{table.files} in {listing.where} describes none of the files that are there, e.g. "
            f"{str(example)!r}. Fetch both again, or take {table.files} away."
        )
    used = of_split(described, split, listing.where)
    values = [table.values[path] for path in used]
    labels = read_labels(values, (), f"{table.files} of {listing.where}")
    if len(labels.classes) == 1:  # one class tells nothing
        labels = NO_LABELS
    said = [f"Labels are those of {table.files}.", *table.notes]
    present = set(listing.paths)
    absent = [str(path) for path in table.values if path not in present]
    said += _counted(absent, f"files that {table.files} names are not there")
    others = [str(path) for path in listing.paths if path not in table.values]
    said += _counted(others, f"files are not in {table.files}, so they were left out")
    if table.twice:
        said.append(f"{table.twice} files are in {table.files} more than once; the last counts.")
    return Classified(used, labels, tuple(said))


def _counted(names: Sequence[str], what: str) -> list[str]:
    return [f"{len(names)} {what}: e.g. {names[0]}."] if names else []


def _stylegan(listing: Listing) -> Table | None:
    """Returns what `dataset.json` says: `{"labels": [["00000/img00000000.png", 6], ...]}`."""
    pairs: list[tuple[PurePosixPath, Any]] = []
    names = [name for name in listing.others if PurePosixPath(name).name == STYLEGAN_FILE]
    for name in names:
        said = _json(listing, name, listing.read(name))
        labels = said.get("labels") if isinstance(said, dict) else None
        parent = PurePosixPath(name).parent
        for entry in labels if isinstance(labels, list) else ():
            if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str)):
                raise DataError(
                    f"{name} in {listing.where} should list pairs of a file's name and its label "
                    f"under 'labels', but {str(entry)[:60]!r} is among them."
                )
            pairs.append((parent / entry[0].replace("\\", "/"), entry[1]))
    return _table(STYLEGAN_FILE, pairs) if names else None


def _metadata(listing: Listing, options: StoredOptions) -> Table | None:
    """Returns what metadata files say; one in a subfolder describes what is there."""
    pairs: list[tuple[PurePosixPath, Any]] = []
    notes: list[str] = []
    names = [name for name in listing.others if PurePosixPath(name).name in METADATA_FILES]
    for name in names:
        columns, rows, said = _rows(listing, name)
        if FILE_NAME not in columns:  # another convention's, as of LJSpeech
            notes.append(f"{name} has no column {FILE_NAME!r}, so it was not read.")
            continue
        label, others = _label_columns(columns, options.label_column, f"{name} in {listing.where}")
        notes += [*said, *others]
        if not label:
            listed = ", ".join(columns)
            notes.append(f"{name} has no labels: no column is called label. Columns: {listed}.")
            continue
        values = [_values([row.get(one) for row in rows]) for one in label]
        rowwise = values[0] if len(label) == 1 else list(zip(*values, strict=True))
        at = PurePosixPath(name).parent
        files = [str(row.get(FILE_NAME) or "").replace("\\", "/") for row in rows]
        pairs += [(at / file, value) for file, value in zip(files, rowwise, strict=True) if file]
    if not names:
        return None
    return _table(PurePosixPath(names[0]).name, pairs, tuple(dict.fromkeys(notes)))


def _table(
    files: str, pairs: Sequence[tuple[PurePosixPath, Any]], notes: tuple[str, ...] = ()
) -> Table:
    values = dict(pairs)
    return Table(files, values, len(pairs) - len(values), notes)


def _rows(listing: Listing, name: str) -> tuple[list[str], list[dict[str, Any]], list[str]]:
    """Returns columns, rows, and what is to be said of a metadata file."""
    if name.endswith(".parquet"):
        return *read_rows(listing.read(name), f"{name} in {listing.where}"), []
    try:
        text = listing.read(name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} in {listing.where} is not UTF-8: {error}.") from None
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if name.endswith(".csv"):
        if FILE_NAME not in lines[0]:  # it may be anything
            return [], [], []
        table = read_comma_values(list(enumerate(lines, 1)), f"{name} in {listing.where}")
        damaged = _counted(
            [f"{one.name} ({one.reason})" for one in table.damaged], f"lines of {name} are damaged"
        )
        return table.columns, list(table.rows), [*table.notes, *damaged]
    rows = [_json(listing, name, line) for line in lines if line.strip()]
    if not all(isinstance(row, dict) for row in rows):
        raise DataError(f"{name} in {listing.where} should have a JSON object in each line.")
    return list(dict.fromkeys(key for row in rows for key in row)), rows, []


def _json(listing: Listing, name: str, content: bytes | str) -> Any:
    try:
        return parse_json(content)
    except ValueError as error:
        raise DataError(
            f"{name} in {listing.where} is not JSON: {error}. Repair it, or take it away."
        ) from None


def _label_columns(
    columns: Sequence[str], asked: str | Sequence[str] | None, where: str
) -> tuple[list[str], list[str]]:
    """Returns the columns that hold labels, and what is to be said of the others."""
    if asked is None:
        found = [name for name in LABEL_COLUMNS if name in columns][:1]
        return found, other_labels(columns, found[0], (FILE_NAME,)) if found else []
    wanted = [asked] if isinstance(asked, str) else list(asked)
    unknown = [name for name in wanted if name not in columns]
    if unknown:
        raise DataError(f"{where} has no column {unknown[0]!r}. Columns: {', '.join(columns)}.")
    return wanted, []


def _values(cells: Iterable[Any]) -> list[Any]:
    """Returns the numbers that all cells write, if they do; what is empty is missing."""
    values = [None if cell == "" else cell for cell in cells]
    for kind in (int, float):
        try:
            return [kind(value) if isinstance(value, str) else value for value in values]
        except ValueError:
            continue
    return values
