"""A folder of text files: a class per subfolder, or all of one kind."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from multigan.data.file_kind import not_plain
from multigan.data.loaded import Unreadable
from multigan.errors import DataError
from multigan.modalities.text.load.options import TextOptions
from multigan.modalities.text.load.text_files import read_file
from multigan.modalities.text.load.texts import Texts, gather, refuse_texts

SUFFIX = ".txt"


def read_folder(path: Path, options: TextOptions) -> Texts:
    """Reads every `.txt` under a folder, in the order of their names; hidden ones are no data.

    A file that cannot be read at all is left out and counted, as one picture or sound among others
    would be; more than the share `max_unreadable` of the files are refused.

    Where all of them lie in subfolders, and in more than one, a file's class is the subfolder of
    `path` that it lies in, however deep. Windows run over all files and have no classes.

    Raises:
        DataError: There is no such file, or too many cannot be read.
    """
    inside = sorted(file for file in path.rglob("*") if not (file.is_dir() or _hidden(file, path)))
    files = [file for file in inside if file.suffix.lower() == SUFFIX]
    if not files:
        raise DataError(
            f"There is no {SUFFIX} file in the folder {path}. Name one file of another kind by its "
            "own path."
        )
    read, refused = _read_all(files, path, options)
    classes = _classes([file for file, _ in read], path) if options.cut == "lines" else ()

    def rows() -> Iterator[tuple[Any, Any]]:
        for file, found in read:
            label = classes.index(_top(file, path)) if classes else None
            yield from ((text, label) for text in found.texts)

    damaged = refused + [
        Unreadable(f"{file.relative_to(path)}, {each.name}", each.reason)
        for file, found in read
        for each in found.unreadable
    ]
    return gather(
        f"{len(read)} files in {path}",
        rows(),
        labelled=bool(classes),
        names=classes,
        damaged=damaged,
        notes=_others(inside, files),
    )


def _read_all(
    files: list[Path], root: Path, options: TextOptions
) -> tuple[list[tuple[Path, Texts]], list[Unreadable]]:
    """Returns what is in each file, and the files that are not text."""
    read, refused = [], []
    for file in files:
        if kind := not_plain(file):
            refused.append(Unreadable(str(file.relative_to(root)), f"it is {kind}"))
            continue
        try:
            read.append((file, read_file(file, options)))
        except DataError as error:
            reason = str(error).removeprefix(f"{file} ")
            refused.append(Unreadable(str(file.relative_to(root)), reason))
    refuse_texts(refused, len(files), f"files in {root}", options.max_unreadable)
    return read, refused


def _classes(files: list[Path], root: Path) -> tuple[str, ...]:
    if any(file.parent == root for file in files):
        return ()
    names = sorted({_top(file, root) for file in files})
    return tuple(names) if len(names) > 1 else ()


def _top(file: Path, root: Path) -> str:
    return file.relative_to(root).parts[0]


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(root).parts)


def _others(inside: list[Path], files: list[Path]) -> tuple[str, ...]:
    kinds = Counter(file.suffix.lower() or "no suffix" for file in set(inside) - set(files))
    if not kinds:
        return ()
    listed = ", ".join(f"{count} of {kind}" for kind, count in sorted(kinds.items()))
    return (f"Other files were left alone: {listed}.",)
