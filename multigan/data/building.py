"""Folders of the cache are built by one process at a time, so that work is done once a machine."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from multigan.errors import DataError
from multigan.files import building_alone

T = TypeVar("T")


def built_once(
    folder: Path, read: Callable[[], T | None], build: Callable[[], None], what: str
) -> T:
    """Returns what is read from `folder`, built before unless another process does so just now.

    Args:
        folder: Of the cache.
        read: Returns what is there whole, or None.
        build: Makes it.
        what: What to call it in an error, e.g. "images".

    Raises:
        DataError: It cannot be read back.
    """
    with building_alone(folder):
        found = read()
        if found is None:
            build()
            found = read()
    if found is None:
        raise DataError(f"The {what} written to {folder} cannot be read back. Is it full?")
    return found
