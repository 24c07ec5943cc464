"""Tables of comma-separated values as people have them, whose damage is found and counted."""

import csv
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from multigan.data.loaded import Unreadable
from multigan.errors import DataError

# A cell may be longer than the 128 kB at which the module csv stops by itself.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))

_LAST = "\x1e the line after the last \x1e"  # comes back as a row, unless a quotation swallows it
_OTHERS = (";", "\t", "|")  # what else separates values in a .csv; the first is a European Excel's

Line = tuple[int, str]  # its number from 1, and what it says without its end


class CommaValues(NamedTuple):
    """A table's rows.

    Attributes:
        columns: Their names.
        rows: By column; what a row lacks is not there.
        damaged: Lines that are no rows.
        notes: Sentences for people.
    """

    columns: list[str]
    rows: list[dict[str, str]]
    damaged: list[Unreadable]
    notes: tuple[str, ...]


class _Row(NamedTuple):
    first: int  # of its lines, as positions in the list of all
    last: int
    values: list[str]


def read_comma_values(lines: Sequence[Line], where: str, delimiter: str = ",") -> CommaValues:
    """Reads a table whose first row names its columns.

    Where a table has commas in its name but none in its header, another mark separates its values.
    Quotation marks that do not pair mean themselves in a table of tabs, and are damage in others.

    Raises:
        DataError: A quotation is never closed, or two columns have one name.
    """
    notes = []
    if delimiter == "," and (found := _separator(lines)) != delimiter:
        delimiter = found
        notes.append(f"Its values are separated by {found!r}.")
    rows, damaged = _rows(lines, where, delimiter)
    if delimiter == "\t" and (damaged or rows is None):
        rows, damaged = _rows(lines, where, delimiter, quoting=csv.QUOTE_NONE)
        notes.append("Quotation marks were taken as they are: they do not pair.")
    if rows is None:
        raise DataError(f"{where} is no table of values: {damaged[0].name}: {damaged[0].reason}.")
    columns = rows[0].values if rows else []
    _refuse_twice(columns, where)
    kept = [row for row in rows[1:] if row.values != columns]
    if repeated := len(rows) - 1 - len(kept) if rows else 0:
        notes.append(f"Its header is there {repeated} times more; those rows were left out.")
    whole = []
    for row in kept:
        values = _trimmed(row.values, len(columns))
        if len(values) > len(columns):
            reason = f"it has {len(values)} values for {len(columns)} columns"
            damaged.append(Unreadable(f"line {lines[row.first][0]}", reason))
        else:
            whole.append(dict(zip(columns, values, strict=False)))
    return CommaValues(columns, whole, damaged, tuple(notes))


def _separator(lines: Sequence[Line]) -> str:
    header = next((text for _, text in lines if text.strip()), "")
    if "," in header:
        return ","
    return max(_OTHERS, key=header.count) if any(mark in header for mark in _OTHERS) else ","


def _rows(
    lines: Sequence[Line], where: str, delimiter: str, quoting: int = csv.QUOTE_MINIMAL
) -> tuple[list[_Row] | None, list[Unreadable]]:
    """Returns all rows and the lines that are none; no rows if the end of the table is quoted."""
    rows, damaged = [], []
    for row in _parsed([text for _, text in lines], delimiter, quoting):
        if row.last >= len(lines) and row.values != [_LAST]:
            reason = "a quotation mark is opened there and never closed"
            return None, [Unreadable(f"line {lines[row.first][0]}", reason)]
        texts = [text for _, text in lines[row.first : row.last + 1]]
        if len(texts) > 1 and not _pairs(texts, delimiter):
            opened = f"within a quotation that line {lines[row.first][0]} opens"
            numbers = (lines[place][0] for place in range(row.first, row.last + 1))
            damaged += [Unreadable(f"line {number}", opened) for number in numbers]
        elif row.values and row.values != [_LAST]:
            rows.append(row)
    return rows, damaged


def _parsed(texts: Sequence[str], delimiter: str, quoting: int) -> Iterator[_Row]:
    ended = (f"{text}\n" for text in (*texts, _LAST))
    reader = csv.reader(ended, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    first = 0
    for values in reader:
        yield _Row(first, reader.line_num - 1, values)
        first = reader.line_num


def _pairs(texts: Sequence[str], delimiter: str) -> bool:
    """Whether each quotation in a row of several lines ends where its value does."""
    try:
        list(csv.reader((f"{text}\n" for text in texts), delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _refuse_twice(columns: Sequence[str], where: str) -> None:
    twice = next((name for name in columns if name.strip() and columns.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{where} has two columns called {twice!r}. Rename one of them.")


def _trimmed(values: list[str], count: int) -> list[str]:
    """Returns a row's values without the empty ones that a line's last commas add."""
    while len(values) > count and not values[-1]:
        values = values[:-1]
    return values
