"""Files that appear whole or not at all."""

import ctypes
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from multigan.errors import first_line

DEEPEST = 100  # levels of JSON; Python itself gives up at about a thousand
LONGEST_NUMBER = 300  # digits that every float can hold
POLL_SECONDS = 0.02  # between two attempts to lock
LEFT = (".tmp", ".old")  # what the names end in that killed writers leave


def write_atomic(path: Path, content: bytes | str) -> Path:
    """Writes `content` so that a reader sees the old file or the new one, never half of one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())  # mkstemp makes private files; these are meant to be read
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return path


def write_json(path: Path, value: Any) -> Path:
    """Writes `value` as readable JSON, atomically. NaN and infinity are refused."""
    return write_atomic(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Reads a JSON file that anybody may have written; see `parse_json`.

    Raises:
        OSError: There is no such file, or it is a folder, a pipe or a device.
        ValueError: It holds something else than JSON.
    """
    return parse_json(plain_file(path).read_bytes())


def plain_file(path: Path) -> Path:
    """Returns a path that is to be opened, if that can neither wait for ever nor go on for ever.

    Raises:
        OSError: It is a folder, a pipe or a device. One that is not there is for opening to tell.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is not a file.")
    return path


def parse_json(content: str | bytes) -> Any:
    """Reads JSON that anybody may have written, so that what comes back can be written again.

    Raises:
        ValueError: It is not UTF-8 or not JSON, has NaN, a number that no float can hold or half a
            character, or is nested more than `DEEPEST` levels deep.
    """
    text = content.encode() if isinstance(content, str) else content
    try:
        value = _DECODER.decode(text.decode("utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if text.count(b"[") + text.count(b"{") > DEEPEST and _is_deep(value):
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    if b"\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("it has half of a pair of surrogates") from None
    return value


def read_object(path: Path) -> dict[str, Any]:
    """Reads a JSON object that anybody may have written; empty if there is none to read."""
    try:
        value = read_json(path)
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _finite(text: str) -> float:
    value = float(text)
    if value in (math.inf, -math.inf):
        raise ValueError(f"{text[:20]} is too large a number")
    return value


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} digits is too large")
    return int(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number that JSON has")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_int=_whole, parse_constant=_refuse)


def _is_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        held = [one.values() if isinstance(one, dict) else one for one in level]
        level = [inner for many in held for inner in many if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yields a temporary folder that becomes `path` when the block ends well.

    Every file in it is flushed to disk before the rename. A folder that was there is replaced.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp"))
    try:
        yield building
        settle(building)
        _put_in_place(building, path)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    sync_folder(path.parent)


@contextmanager
def refused_by_disk(path: Path) -> Iterator[None]:
    """Turns what a library says that could not write `path` into the error of the disk it is."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # torch raises RuntimeError, safetensors an error of its own
        raise OSError(f"{path} could not be written: {first_line(error)}") from None


def settle(building: Path) -> None:
    """Flushes every file of a new folder to disk, and gives all of it the mode that is usual."""
    mask = _umask()
    for file in building.rglob("*"):
        if file.is_file():
            with file.open("r+b") as opened:
                os.fsync(opened.fileno())
            os.chmod(file, 0o666 & ~mask)  # safetensors makes private files
    os.chmod(building, 0o777 & ~mask)


@contextmanager
def building_alone(folder: Path) -> Iterator[None]:
    """Waits until nobody else, process or thread, builds `folder`, and keeps others waiting.

    Inside, first look whether `folder` is ready: another process may just have built it. What
    killed builders of the same folder left beside it is removed. Where the disk cannot lock files,
    all of this is left out.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        with suppress(OSError):  # some network disks have no locks
            held.enter_context(alone(folder.parent / f".{folder.name}.lock"))
            _sweep_of(folder)
        yield


@contextmanager
def alone(lock_file: Path) -> Iterator[None]:
    """Waits until nobody else, process or thread, holds a lock, and leaves no file behind.

    Raises:
        OSError: The disk cannot lock files, or nothing may be written there.
    """
    from filelock import FileLock

    with FileLock(lock_file, poll_interval=POLL_SECONDS):
        try:
            yield
        finally:
            _remove(lock_file)  # while it is held: whoever waits then makes another


def sweep(folder: Path) -> list[str]:
    """Removes what killed writers left in `folder`, and returns the names.

    Only for a folder in which nobody else is writing.
    """
    left = [path for path in Path(folder).glob(".*") if path.suffix in LEFT]
    for path in left:
        if path.is_dir():
            remove_tree(path)
        else:
            path.unlink()
    return [path.name for path in left]


def remove_tree(folder: Path) -> None:
    """Removes a folder and all in it, also if somebody else is removing it."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)  # which says why it could not


def _remove(lock_file: Path) -> None:
    with suppress(OSError):  # on Windows filelock itself removes it, once it is released
        lock_file.unlink()


def _sweep_of(folder: Path) -> None:
    # As `atomic_folder` calls them; a folder "a.b" is another one than "a".
    left = re.compile(rf"\.{re.escape(folder.name)}\.\w+\.(tmp|old)")
    for path in folder.parent.iterdir():
        if not left.fullmatch(path.name):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _put_in_place(building: Path, path: Path) -> None:
    """Renames `building` to `path`; what was at `path` is deleted afterwards."""
    if not path.exists():
        os.replace(building, path)
        return
    if not _exchange(building, path):  # then for a moment there is no folder at `path`
        replaced = building.with_suffix(".old")
        os.replace(path, replaced)
        os.replace(building, path)
        building = replaced
    shutil.rmtree(building)


def _exchange(first: Path, second: Path) -> bool:
    """Swaps two folders' names in one act, where the system can do that: Linux since 2014."""
    try:
        renameat2 = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    return renameat2(here, os.fsencode(first), here, os.fsencode(second), exchange) == 0


def copy_files(files: Iterable[Path], folder: Path) -> None:
    """Copies files into a new folder; what is no file, such as a pipe or a device, is left out."""
    folder.mkdir(parents=True)
    for file in files:
        if file.is_file():
            shutil.copy2(file, folder / file.name)


def sync_folder(folder: Path) -> None:
    """Makes renames inside `folder` survive a power cut, where the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows cannot open folders
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
