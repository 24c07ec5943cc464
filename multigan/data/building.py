"""Folders of the cache are built by one process at a time, so that work is done once a machine."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from multigan.errors import DataError

T = TypeVar("T")

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows: everybody builds, and the last one's folder stays
    fcntl = None


@contextmanager
def building_alone(folder: Path) -> Iterator[None]:
    """Waits until nobody else, process or thread, builds `folder`, and keeps others waiting.

    Inside, first look whether `folder` is ready: another process may just have built it. What
    killed builders of the same folder left beside it is removed. Where the system or the disk
    cannot lock files, all of this is left out.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    path = folder.parent / f".{folder.name}.lock"
    handle = _locked(path)
    try:
        if handle is not None:
            _sweep(folder)
        yield
    finally:
        if handle is not None:
            path.unlink(missing_ok=True)
            fcntl.flock(handle, fcntl.LOCK_UN)  # a forked child may hold the handle as well
            os.close(handle)


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


def _locked(path: Path) -> int | None:
    """Returns an open handle of the lock file at `path`, locked; None where that is impossible."""
    if fcntl is None:
        return None
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # Whoever had the lock has removed the file; then ours is no longer the one at `path`.
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                return handle
        except FileNotFoundError:
            pass
        except OSError:  # some network disks have no locks
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _sweep(folder: Path) -> None:
    for path in folder.parent.iterdir():
        if path.name.startswith(f".{folder.name}.") and path.suffix in (".tmp", ".old"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
