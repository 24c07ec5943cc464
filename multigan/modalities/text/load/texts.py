"""Texts as a file or a data set has them, before anything is done to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from multigan.data.labels import index_labels
from multigan.data.loaded import Unreadable, refuse_unreadable


@dataclass(frozen=True)
class Texts:
    """Texts with their labels.

    Attributes:
        where: What to call their origin.
        texts: N strings.
        labels: N class numbers; empty without classes.
        classes: The classes' names.
        unreadable: What could not be read.
        notes: Sentences for people.
    """

    where: str
    texts: list[str]
    labels: list[int]
    classes: tuple[str, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    notes: tuple[str, ...] = ()


def gather(
    where: str,
    rows: Iterable[tuple[Any, Any]],
    *,
    labelled: bool,
    names: Sequence[str] = (),
    damaged: Sequence[Unreadable] = (),
    notes: tuple[str, ...] = (),
) -> Texts:
    """Returns the rows whose text is a string; the others are unreadable.

    Args:
        where: What to call their origin.
        rows: `(text, label)`.
        labelled: Whether labels mean anything.
        names: The classes' names, if the labels are their positions.
        damaged: What could not even be read as a row.
        notes: Sentences for people.
    """
    texts: list[str] = []
    values: list[Any] = []
    unreadable = list(damaged)
    for number, (text, label) in enumerate(rows, start=1):
        if isinstance(text, str):
            texts.append(text)
            values.append(label)
        else:
            kind = "is missing" if text is None else f"is a {type(text).__name__}"
            unreadable.append(Unreadable(f"row {number}", f"its text {kind}"))
    labels, classes = index_labels(values if labelled else [], names, f"the labels of {where}")
    if len(classes) == 1:  # one class tells nothing
        labels, classes = [], ()
    return Texts(where, texts, labels, classes, tuple(unreadable), notes)


def refuse_texts(unreadable: Sequence[Unreadable], total: int, what: str, most: float) -> None:
    """Raises a DataError if more than a share `most` of `total` things cannot be read."""
    repair = "Repair them, name another encoding (--set data.encoding=latin-1)"
    refuse_unreadable(unreadable, total, what, most, repair=repair)
