"""From what a data set calls its classes to numbers from 0."""

import math
import re
import reprlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.errors import DataError

NUM_EXAMPLES = 256  # of the vectors in the data, kept for samples without a condition of their own
# What parts of a data set are called, and what else each is called.
SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
}
WHOLE = ("train", "all")  # what data without splits can be asked for as


def plain_split(name: str) -> str:
    """Returns the name of a split for all that it is called.

    Example:
        >>> plain_split("valid"), plain_split("mine")
        ('validation', 'mine')
    """
    return SPLITS.get(name, name)


def require_split(split: str, known: Sequence[str], where: str) -> None:
    """Raises DataError unless some data has a split: other clips must not go under its name."""
    if plain_split(split) not in known:
        raise DataError(f"{where} has no split {split!r}, only {', '.join(known)}.")


def natural(text: str) -> list[tuple[int, int, str]]:
    """Returns a key that sorts as people do: "2" before "10", and "a2" before "a10"."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in re.split(r"(\d+)", text)
        if part
    ]


def index_labels(
    values: Sequence[Any], names: Sequence[str], where: str
) -> tuple[list[int], tuple[str, ...]]:
    """Returns each value's class number, and the classes' names; for no values, neither.

    Args:
        values: Integers or strings.
        names: The classes' names where the data set has them: then values are their positions.
        where: What to call the column in an error.
    """
    if not values:
        return [], ()
    missing = sum(value is None for value in values)
    if missing:
        raise DataError(
            f"{missing} of {len(values)} labels in {where} are missing. Remove those rows, or name "
            "another label column."
        )
    kinds = {type(value) for value in values}
    if not (kinds <= {int, bool} or kinds <= {str}):
        found = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise DataError(
            f"The labels in {where} are {found}; classes are whole numbers or strings. "
            "Name another label column."
        )
    if not names:
        known = sorted(set(values), key=natural if kinds <= {str} else None)
        number_of = {value: number for number, value in enumerate(known)}
        return [number_of[value] for value in values], tuple(str(value) for value in known)
    wrong = sorted({value for value in values if not 0 <= value < len(names)})
    if wrong:
        raise DataError(
            f"The labels in {where} should be 0 to {len(names) - 1}, for its {len(names)} named "
            f"classes, but {wrong[0]} is among them. A split without labels often has -1."
        )
    return [int(value) for value in values], tuple(names)


class Labels(NamedTuple):
    """What a data set says of each sample.

    Attributes:
        values: Class numbers, or rows of numbers; empty without labels.
        classes: The classes' names; empty for numbers.
        numbers: The numbers' names, one for each in a row; empty for classes.
    """

    values: Sequence[Any] = ()
    classes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def at(self, indices: Sequence[int]) -> "Labels":
        """Returns the labels of some of the samples."""
        return self._replace(values=[self.values[i] for i in indices]) if self.values else self

    def tensors(self) -> tuple[Tensor | None, ConditionSpec | None]:
        """Returns (N,) int64 classes or (N, C) float32 numbers, and what they mean; or neither."""
        if not self.values:
            return None, None
        kind = torch.float32 if self.numbers else torch.int64
        values = torch.tensor(self.values, dtype=kind)
        return values, condition_spec(self.classes, self.numbers, values)


NO_LABELS = Labels()


def read_labels(values: Sequence[Any], names: Sequence[str], where: str) -> Labels:
    """Returns classes, or numbers where values are floats or rows of numbers.

    Args:
        values: Integers, strings, floats, or sequences of numbers of one length.
        names: Of the classes, or of the numbers in a row; may be empty.
        where: What to call the column in an error.
    """
    rows = any(isinstance(value, (list, tuple)) for value in values)
    if not rows and not any(isinstance(value, float) for value in values):
        return Labels(*index_labels(values, names, where))
    table = [tuple(value) if isinstance(value, (list, tuple)) else (value,) for value in values]
    width = len(table[0])
    bad = next((row for row in table if len(row) != width or not all(map(_is_number, row))), None)
    if bad is not None or not width:
        raise DataError(
            f"The labels in {where} should each be {width} finite numbers, as the first one is, "
            f"but {reprlib.repr(bad)} is among them. Repair or remove such rows, or "
            "name another label column."
        )
    called = tuple(names) if len(names) == width else tuple(str(index) for index in range(width))
    return Labels([tuple(map(float, row)) for row in table], numbers=called)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def condition_spec(
    classes: tuple[str, ...], numbers: tuple[str, ...], labels: Tensor | None
) -> ConditionSpec | None:
    """Returns what labels mean: (N,) class numbers, or (N, C) attributes or vectors.

    Numbers that are nothing but 0 and 1 are attributes.
    """
    if classes:
        return ConditionSpec("class", len(classes), classes)
    if labels is None or not numbers:
        return None
    chosen = torch.arange(min(NUM_EXAMPLES, len(labels))) * len(labels)
    rows = labels[chosen // len(chosen)].tolist()
    examples = tuple(tuple(row) for row in rows)
    if ((labels == 0) | (labels == 1)).all():
        return ConditionSpec("attributes", len(numbers), numbers, examples=examples)
    deviation, center = torch.std_mean(labels.double(), 0, correction=0)
    scale = torch.where(deviation > 0, deviation, 1.0)  # a constant tells nothing
    return ConditionSpec(
        *("vector", len(numbers), numbers), tuple(center.tolist()), tuple(scale.tolist()), examples
    )


def class_folders(
    paths: Sequence[PurePosixPath], split: str, where: str
) -> tuple[list[int], tuple[str, ...], list[PurePosixPath]]:
    """Reads classes from a folder per class, at the first level that tells files apart.

    A lone folder around everything else is looked into, and of folders called train, test and so
    on, the one called `split`.

    Returns:
        Class numbers and names, both empty without classes; and the paths that are used.
    """
    used, depth = list(paths), 0
    found = split in WHOLE
    while True:
        loose = [path for path in used if len(path.parts) == depth + 1]
        folders = {path.parts[depth] for path in used if len(path.parts) > depth + 1}
        if loose and folders:
            raise DataError(
                f"{where} has files both beside and inside its folders (e.g. {loose[0]} beside "
                f"{min(folders, key=natural)}/). Put every file into the folder of its class, or "
                "none into any."
            )
        if not folders:
            break
        if folders <= SPLITS.keys() and (len(folders) > 1 or split not in WHOLE):
            used = [path for path in used if plain_split(path.parts[depth]) == plain_split(split)]
            found = True
            if not used:
                raise DataError(
                    f"{where} has no folder {split!r}, only {', '.join(sorted(folders))}. "
                    "Name one of them as the split, e.g. --set data.split=test."
                )
        elif len(folders) > 1 or any(len(path.parts) == depth + 2 for path in used):
            break
        depth += 1
    if not found:
        require_split(split, WHOLE, where)
    if len(folders) < 2:  # one class tells nothing
        return [], (), used
    names = tuple(sorted(folders, key=natural))
    number_of = {name: number for number, name in enumerate(names)}
    return [number_of[path.parts[depth]] for path in used], names, used
