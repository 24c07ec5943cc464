"""From what a data set calls its classes to numbers from 0."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from multigan.errors import DataError

SPLITS = frozenset({"train", "training", "test", "testing", "val", "valid", "validation"})


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
            return [], (), used
        if len(folders) > 1 and folders <= SPLITS:
            used = [path for path in used if path.parts[depth] == split]
            if not used:
                raise DataError(
                    f"{where} has no folder {split!r}, only {', '.join(sorted(folders))}. "
                    "Name one of them as the split, e.g. --set data.split=test."
                )
        elif len(folders) > 1 or any(len(path.parts) == depth + 2 for path in used):
            break
        depth += 1
    if len(folders) == 1:  # one class tells nothing
        return [], (), used
    names = tuple(sorted(folders, key=natural))
    number_of = {name: number for number, name in enumerate(names)}
    return [number_of[path.parts[depth]] for path in used], names, used
