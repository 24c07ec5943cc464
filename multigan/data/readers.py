"""Folders and zips of pictures. Every reader yields items and opens none of them."""

import os
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Self

from PIL import Image

from multigan.data.decode import open_bytes, open_file
from multigan.data.labels import class_folders
from multigan.errors import DataError

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm"}
    | {".pbm", ".pnm", ".tga", ".jp2", ".avif"}
)

# A zip is refused when it promises more than both; a photo album is compressed hardly at all.
BOMB_RATIO = 200
BOMB_BYTES = 1 << 30
ENTRY_BYTES = 256 << 20

Item = tuple[str, Callable[[], Image.Image]]  # a name, and what opens the picture


@dataclass(frozen=True)
class Reader:
    """Pictures that can be gone through more than once.

    Attributes:
        where: What to call it.
        identity: Changes when the files do, or their place; names the cache of what they hold.
        items: Starts over and yields every picture in the same order.
        count: How many that are.
        labels: Their class numbers, or empty.
        classes: The classes' names, or empty.
        ignored: Names of files that are not pictures.
        notes: What the report should say.
        files: Changes when the files' contents do, as far as that is cheap to know: by their sizes,
            or by checksums. Neither place nor time matters, unlike for `identity`.
        close: Gives back what is held open.
    """

    where: str
    identity: str
    items: Callable[[], Iterable[Item]]
    count: int
    labels: tuple[int, ...] | list[int] = ()
    classes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files: str = ""
    close: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def limited(self, limit: int | None) -> "Reader":
        """Returns a reader of `limit` of the pictures, spread evenly over all of them."""
        if limit is None or limit >= self.count:
            return self
        count = self.count
        chosen = [(number * count) // limit for number in range(limit)]
        return replace(
            self,
            identity=f"{self.identity} limit {limit}",
            items=lambda: _chosen(self.items(), chosen),
            count=limit,
            labels=[self.labels[index] for index in chosen] if self.classes else (),
            notes=(*self.notes, f"Only {limit} of {count} images were asked for."),
        )


def read_folder(folder: Path, split: str) -> Reader:
    """Reads the pictures in a folder: one folder per class, or all of them in it directly."""
    names = sorted(_walk(folder))
    pictures, ignored = _sorted_out(names)
    if not pictures:
        raise DataError(_no_images(str(folder), len(ignored)))
    labels, classes, used = class_folders(pictures, split, str(folder))
    stats = [(folder / path).stat() for path in used]
    stamps = [
        f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in zip(used, stats, strict=True)
    ]
    return Reader(
        where=str(folder),
        identity=digest(str(folder.resolve()), *stamps),
        items=lambda: ((str(path), partial(open_file, folder / path)) for path in used),
        count=len(used),
        labels=labels,
        classes=classes,
        ignored=tuple(ignored),
        notes=_split_note(len(pictures), len(used), split),
        files=digest(*(str(stat.st_size) for stat in stats)),
    )


def read_zip(path: Path, split: str) -> Reader:
    """Reads the pictures in a zip, laid out as in a folder. Nothing is extracted to disk."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise DataError(f"{path} is not a whole zip file: {error}. Fetch it again.") from None
    try:
        return _zip_reader(path, archive, split)
    except BaseException:
        archive.close()
        raise


def file_identity(path: Path) -> str:
    """Returns what changes when a file does: its place, its size and when it was written."""
    stat = path.stat()
    return digest(str(path.resolve()), f"{stat.st_size} {stat.st_mtime_ns}")


def digest(*parts: str) -> str:
    """Returns 24 hexadecimal digits that depend on all of `parts`."""
    hashed = blake2b(digest_size=12)
    for part in parts:
        hashed.update(f"{len(part)}:{part}".encode(errors="surrogateescape"))
    return hashed.hexdigest()


def _zip_reader(path: Path, archive: zipfile.ZipFile, split: str) -> Reader:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    for entry in entries:
        _refuse_unsafe(path, entry)
    _refuse_bomb(path, entries)
    by_name = {PurePosixPath(entry.filename): entry for entry in entries}
    pictures, ignored = _sorted_out([str(name) for name in by_name])
    if not pictures:
        raise DataError(_no_images(str(path), len(ignored)))
    labels, classes, used = class_folders(pictures, split, str(path))
    lock = threading.Lock()  # a ZipFile counts its readers without one

    def opened(entry: zipfile.ZipInfo) -> Image.Image:
        with lock:
            content = archive.read(entry)
        return open_bytes(content)

    return Reader(
        where=str(path),
        identity=file_identity(path),
        items=lambda: ((str(name), partial(opened, by_name[name])) for name in used),
        count=len(used),
        labels=labels,
        classes=classes,
        ignored=tuple(ignored),
        notes=_split_note(len(pictures), len(used), split),
        files=digest(*(f"{by_name[name].CRC} {by_name[name].file_size}" for name in used)),
        close=archive.close,
    )


def _refuse_unsafe(path: Path, entry: zipfile.ZipInfo) -> None:
    name = PureWindowsPath(entry.filename)  # knows both kinds of slash
    if ".." in name.parts or name.drive or name.root:
        raise DataError(
            f"{path} has an entry that points outside of it: {entry.filename!r}. Such a zip is "
            "made to overwrite files. Do not use it, or pack it again from the pictures."
        )
    if entry.flag_bits & 0x1:
        raise DataError(
            f"{path} is encrypted (its entry {entry.filename!r}). Pack it again without a password."
        )


def _refuse_bomb(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    # What an entry declares can be trusted as an upper bound: zipfile stops reading there and
    # then compares checksums, so an entry that lies is merely unreadable.
    largest = max(entries, key=lambda entry: entry.file_size, default=None)
    if largest is not None and largest.file_size > ENTRY_BYTES:
        raise DataError(
            f"{path} has an entry of {largest.file_size >> 20} MiB, {largest.filename!r}; more "
            f"than {ENTRY_BYTES >> 20} MiB is no picture. Take it out, or unpack the zip yourself."
        )
    total, packed = sum(entry.file_size for entry in entries), path.stat().st_size
    if total > BOMB_BYTES and total > BOMB_RATIO * packed:
        raise DataError(
            f"{path} would grow {total // packed} times when read, to {total >> 30} GiB: that is a "
            "zip bomb. If you trust it, unpack it yourself and give the folder."
        )


def _walk(folder: Path) -> Iterator[str]:
    """Yields all files below a folder by relative path; linked folders once, however they loop."""
    seen: set[str] = set()
    for root, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        yield from (Path(root, file).relative_to(folder).as_posix() for file in files)


def _sorted_out(names: Iterable[str]) -> tuple[list[PurePosixPath], list[str]]:
    """Tells pictures from the rest, and puts both in the order people expect."""
    pictures, ignored = [], []
    for name in sorted(names):
        path = PurePosixPath(name)
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
        if hidden or path.suffix.lower() not in SUFFIXES:
            ignored.append(name)
        else:
            pictures.append(path)
    return pictures, ignored


def _no_images(where: str, ignored: int) -> str:
    others = f" but {ignored} other files" if ignored else ", it is empty"
    return (
        f"There are no images in {where}{others}. Expected files such as .png and .jpg, in one "
        "folder per class or without folders."
    )


def _split_note(found: int, used: int, split: str) -> tuple[str, ...]:
    return (f"Only the folder {split!r} was read.",) if used < found else ()


def _chosen(items: Iterable[Item], chosen: list[int]) -> Iterator[Item]:
    wanted = iter(chosen)
    next_index = next(wanted, None)
    for index, item in enumerate(items):
        if index == next_index:
            yield item
            next_index = next(wanted, None)
            if next_index is None:
                return
