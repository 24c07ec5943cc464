"""Folders and zips of pictures or sounds. Every reader yields items and opens none of them."""

import os
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple, Self

from torch import Tensor

from multigan.data.file_kind import FileKind, not_plain
from multigan.data.labels import NO_LABELS, Labels, class_folders
from multigan.errors import DataError

# A zip is refused when it promises more than both; a photo album is compressed hardly at all.
BOMB_RATIO = 200
BOMB_BYTES = 1 << 30

Item = tuple[str, Callable[[], Any]]  # a name, and what opens the picture or the sound


class Listing(NamedTuple):
    """The files of a folder or zip that are to be told apart.

    Attributes:
        where: What to call it.
        paths: The files of the wanted kind, in the order people expect.
        others: Names of all other files.
        read: Returns the content of one of the others.
    """

    where: str
    paths: Sequence[PurePosixPath]
    others: Sequence[str]
    read: Callable[[str], bytes]


class Classified(NamedTuple):
    """Which files are used, and the label of each.

    Attributes:
        used: The files.
        labels: Theirs.
        notes: What the report should say of the choice.
    """

    used: Sequence[PurePosixPath]
    labels: Labels = NO_LABELS
    notes: tuple[str, ...] = ()


Classify = Callable[[Listing], Classified]


def by_folders(split: str) -> Classify:
    """Returns what takes a folder per class, inside the folder of the split where there is one."""

    def classify(listing: Listing) -> Classified:
        labels, classes, used = class_folders(listing.paths, split, listing.where)
        partly = len(used) < len(listing.paths)
        notes = (f"Only the folder {split!r} was read.",) if partly else ()
        return Classified(used, Labels(labels, classes), notes)

    return classify


@dataclass(frozen=True)
class Reader:
    """Pictures or sounds that can be gone through more than once.

    Attributes:
        where: What to call it.
        identity: Changes when the files do, or their place; names the cache of what they hold.
        items: Starts over and yields every one in the same order.
        count: How many that are.
        labels: Theirs.
        ignored: Names of files of other kinds.
        notes: What the report should say.
        files: Changes when the files' contents do, as far as that is cheap to know: by their sizes,
            or by checksums. Neither place nor time matters, unlike for `identity`.
        rows: What the items hold, (N, *S), where it is decoded and in memory anyway.
        close: Gives back what is held open.
    """

    where: str
    identity: str
    items: Callable[[], Iterable[Item]]
    count: int
    labels: Labels = NO_LABELS
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files: str = ""
    rows: Tensor | None = None
    close: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def limited(self, limit: int | None, plural: str = "items") -> "Reader":
        """Returns a reader of `limit` of the items, spread evenly over all of them."""
        if limit is None or limit >= self.count:
            return self
        count = self.count
        chosen = [(number * count) // limit for number in range(limit)]
        return replace(
            self,
            identity=f"{self.identity} limit {limit}",
            items=lambda: _chosen(self.items(), chosen),
            count=limit,
            labels=self.labels.at(chosen),
            rows=None if self.rows is None else self.rows[chosen],
            notes=(*self.notes, f"Only {limit} of {count} {plural} were asked for."),
        )


def read_folder(folder: Path, *, kind: FileKind, classify: Classify) -> Reader:
    """Reads the files in a folder: one folder per class, or all of them in it directly.

    Args:
        folder: Where they are.
        kind: Which files are wanted.
        classify: Tells their classes.
    """

    def marks(used: Sequence[PurePosixPath]) -> tuple[str, str]:
        stats = [_stat(folder / path) for path in used]
        stamps = [
            f"{path} {size} {changed}" for path, (size, changed) in zip(used, stats, strict=True)
        ]
        identity = digest(str(folder.resolve()), *stamps)
        return identity, digest(*(str(size) for size, _ in stats))

    def content(name: PurePosixPath) -> bytes:
        if reason := not_plain(folder / name):
            raise DataError(f"{folder / name} is {reason}, so it cannot be read. Take it away.")
        return (folder / name).read_bytes()

    def opened(name: PurePosixPath) -> Any:
        return kind.open_file(folder / name)

    return _listed(folder, _walk(folder), kind, classify, content, opened, marks)


def read_zip(path: Path, *, kind: FileKind, classify: Classify) -> Reader:
    """Reads the files in a zip, laid out as in a folder. Nothing is extracted to disk."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise DataError(f"{path} is not a whole zip file: {error}. Fetch it again.") from None
    try:
        return _zip_reader(path, archive, kind, classify)
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


def _zip_reader(path: Path, archive: zipfile.ZipFile, kind: FileKind, classify: Classify) -> Reader:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    for entry in entries:
        _refuse_unsafe(path, entry)
    _refuse_bomb(path, entries, kind)
    by_name = {PurePosixPath(entry.filename): entry for entry in entries}
    twice = len(entries) - len(by_name)
    lock = threading.Lock()  # a ZipFile counts its readers without one

    def content(name: PurePosixPath) -> bytes:
        with lock:
            return archive.read(by_name[name])

    def opened(name: PurePosixPath) -> Any:
        return kind.open_bytes(content(name))

    def marks(used: Sequence[PurePosixPath]) -> tuple[str, str]:
        sums = (f"{by_name[name].CRC} {by_name[name].file_size}" for name in used)
        return digest(file_identity(path), *map(str, used)), digest(*sums)

    reader = _listed(path, map(str, by_name), kind, classify, content, opened, marks)
    if twice:
        named = Counter(entry.filename for entry in entries).most_common(1)[0][0]
        note = f"{twice} names are there more than once, e.g. {named}; the last of each was read."
        reader = replace(reader, notes=(*reader.notes, note))
    return replace(reader, close=archive.close)


def _listed(
    where: Path,
    names: Iterable[str],
    kind: FileKind,
    classify: Classify,
    content: Callable[[PurePosixPath], bytes],
    opened: Callable[[PurePosixPath], Any],
    marks: Callable[[Sequence[PurePosixPath]], tuple[str, str]],
) -> Reader:
    """Reads the files of a kind among `names`; `marks` gives a reader's `identity` and `files`."""
    wanted, ignored = _sorted_out(names, kind)
    if not wanted:
        raise DataError(_none_found(str(where), len(ignored), kind))
    consulted: set[str] = set()

    def read(name: str) -> bytes:
        consulted.add(name)
        return content(PurePosixPath(name))

    used, labels, notes = classify(Listing(str(where), wanted, ignored, read))
    identity, files = marks(used)
    return Reader(
        where=str(where),
        identity=identity,
        items=lambda: ((str(name), partial(opened, name)) for name in used),
        count=len(used),
        labels=labels,
        ignored=tuple(name for name in ignored if name not in consulted),
        notes=notes,
        files=files,
    )


def _refuse_unsafe(path: Path, entry: zipfile.ZipInfo) -> None:
    name = PureWindowsPath(entry.filename)  # knows both kinds of slash
    if ".." in name.parts or name.drive or name.root:
        raise DataError(
            f"{path} has an entry that points outside of it: {entry.filename!r}. Such a zip is "
            "made to overwrite files. Do not use it, or pack it again from the originals."
        )
    if entry.flag_bits & 0x1:
        raise DataError(
            f"{path} is encrypted (its entry {entry.filename!r}). Pack it again without a password."
        )


def _refuse_bomb(path: Path, entries: list[zipfile.ZipInfo], kind: FileKind) -> None:
    # What an entry declares can be trusted as an upper bound: zipfile stops reading there and
    # then compares checksums, so an entry that lies is merely unreadable.
    largest = max(entries, key=lambda entry: entry.file_size, default=None)
    if largest is not None and largest.file_size > kind.largest_bytes:
        raise DataError(
            f"{path} has an entry of {largest.file_size >> 20} MiB, {largest.filename!r}; what is "
            f"read from a zip has at most {kind.largest_bytes >> 20} MiB. Take it out, or unpack "
            "the zip yourself."
        )
    total, packed = sum(entry.file_size for entry in entries), path.stat().st_size
    if total > BOMB_BYTES and total > BOMB_RATIO * packed:
        raise DataError(
            f"{path} would grow {total // packed} times when read, to {total >> 30} GiB: that is a "
            "zip bomb. If you trust it, unpack it yourself and give the folder."
        )


def _stat(path: Path) -> tuple[int, int]:
    """Returns the bytes and the time of a file; -1 each where a link leads nowhere."""
    try:
        stat = path.stat()
    except OSError:
        return -1, -1  # reading it says what is wrong
    return stat.st_size, stat.st_mtime_ns


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


def _sorted_out(names: Iterable[str], kind: FileKind) -> tuple[list[PurePosixPath], list[str]]:
    """Tells files of a kind from the rest, and puts both in the order people expect."""
    wanted, ignored = [], []
    for name in sorted(names):
        path = PurePosixPath(name)
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
        if hidden or path.suffix.lower() not in kind.suffixes:
            ignored.append(name)
        else:
            wanted.append(path)
    return wanted, ignored


def _none_found(where: str, ignored: int, kind: FileKind) -> str:
    others = f" but {ignored} other files" if ignored else ", it is empty"
    return (
        f"There are no {kind.plural} in {where}{others}. Expected files such as {kind.examples}, "
        "in one folder per class or without folders."
    )


def _chosen(items: Iterable[Item], chosen: list[int]) -> Iterator[Item]:
    wanted = iter(chosen)
    next_index = next(wanted, None)
    for index, item in enumerate(items):
        if index == next_index:
            yield item
            next_index = next(wanted, None)
            if next_index is None:
                return
