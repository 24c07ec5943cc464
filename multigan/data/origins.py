"""Where data comes from: a path, a name on the Hub, a name of its own, or something in Python."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from torch import Tensor

from multigan.data.annotations import by_annotations
from multigan.data.file_kind import FileKind, not_plain
from multigan.data.hub import read_hub, read_table
from multigan.data.labels import WHOLE, require_split
from multigan.data.loader_options import StoredOptions
from multigan.data.readers import Classify, Reader, by_folders, read_folder, read_zip
from multigan.data.source import to_tensor
from multigan.data.tables import has_tables, read_parquet
from multigan.errors import DataError
from multigan.imports.hub_names import HUB_PREFIX, hint, is_mistyped

HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
IN_PYTHON = "a data set given in Python"

X = TypeVar("X")
Opt = TypeVar("Opt", bound=StoredOptions)


def open_named(
    data: str | Path,
    *,
    own: Mapping[str, Callable[[], X]],
    folder: Callable[[Path], X],
    file: Callable[[Path], X],
    hub: Callable[[str], X],
    known: str,
    sought: str = "file or folder",
) -> X:
    """Returns what opens a path or a name.

    Args:
        data: A name that the kind of data knows, "hf:" and a name on the Hub, a path, or the name
            of something on the Hub that is no path here.
        own: Opens each name that the kind of data knows.
        folder: Opens a folder.
        file: Opens a file.
        hub: Opens a data set on the Hub.
        known: What could have been named, for an error.
        sought: What a path could have been.

    Raises:
        DataError: There is nothing of that name.
    """
    name = str(data)
    if name in own:
        return own[name]()
    if name.startswith(HUB_PREFIX):
        return hub(name.removeprefix(HUB_PREFIX))
    path = Path(data).expanduser()
    if path.is_dir():
        return folder(path)
    if path.is_file():
        return file(path)
    if (path.exists() or path.is_symlink()) and (reason := not_plain(path)):
        raise DataError(f"{name!r} is {reason}, so it cannot be read. Expected {known}.")
    if isinstance(data, str) and is_mistyped(name):  # said at once, without a network
        raise DataError(f"There is no {sought} {name!r}.{hint(name)}")
    if isinstance(data, str) and HUB_NAME.fullmatch(name):
        return hub(name)
    raise DataError(f"There is no {sought} {name!r}. Expected {known}.")


@dataclass(frozen=True)
class Origins(Generic[Opt]):
    """Where samples of one kind, a file or a row each, may come from.

    Attributes:
        files: Tells their files from others.
        known: What people may name, as the end of a sentence.
        tensors: Reads samples (N, ...), and labels or None, given in Python.
        objects: Reads any other object given in Python, or returns None.
        own: Reads what has a name of its own, e.g. "digits".
        suffixes: Reads further files that hold a whole data set, by suffix.
        classify: Tells the classes in a folder or zip.
    """

    files: FileKind
    known: str
    tensors: Callable[[Tensor, Tensor | None, Opt], Reader]
    objects: Callable[[Any, Opt], Reader | None] = lambda data, options: None
    own: Mapping[str, Callable[[Opt], Reader]] = field(default_factory=dict)
    suffixes: Mapping[str, Callable[[Path, Opt], Reader]] = field(default_factory=dict)
    classify: Callable[[Opt], Classify] = lambda options: by_annotations(
        options, by_folders(options.split)
    )

    def open(self, data: Any, options: Opt) -> Reader:
        """Returns what reads `data`; hardly anything is read yet but what can be read only once.

        Raises:
            DataError: There is no such data, or it is none of the known.
        """
        reader = (
            self._named(data, options)
            if isinstance(data, (str, Path))
            else self._given(data, options)
        )
        return reader.limited(options.limit, self.files.plural)

    def _given(self, data: Any, options: Opt) -> Reader:
        require_split(options.split, WHOLE, "Data given in Python")
        if isinstance(data, (Tensor, np.ndarray)):
            return self.tensors(to_tensor(data), None, options)
        if _is_pair_of_arrays(data):
            return self.tensors(to_tensor(data[0]), to_tensor(data[1]), options)
        if hasattr(data, "cast_column"):  # a data set of the package `datasets`
            return read_table(data, IN_PYTHON, options, self.files)
        reader = self.objects(data, options)
        if reader is None:
            raise DataError(
                f"Cannot read {self.files.plural} from {type(data).__name__}. Expected "
                f"{self.known}."
            )
        return reader

    def _named(self, data: str | Path, options: Opt) -> Reader:
        return open_named(
            data,
            own={name: partial(read, options) for name, read in self.own.items()},
            folder=lambda path: self._folder(path, options),
            file=lambda path: self._file(path, options),
            hub=lambda name: read_hub(name, options, self.files),
            known=self.known,
        )

    def _folder(self, path: Path, options: Opt) -> Reader:
        if has_tables(path):
            return read_parquet(path, options, self.files)
        return read_folder(path, kind=self.files, classify=self.classify(options))

    def _file(self, path: Path, options: Opt) -> Reader:
        suffix = path.suffix.lower()
        if suffix == ".zip":
            return read_zip(path, kind=self.files, classify=self.classify(options))
        if suffix == ".parquet":
            return read_parquet(path, options, self.files)
        if suffix in self.suffixes:
            return self.suffixes[suffix](path, options)
        raise DataError(
            f"Cannot read a set of {self.files.plural} from the file {path}. Expected {self.known}."
        )


def _is_pair_of_arrays(data: Any) -> bool:
    return (
        isinstance(data, tuple)
        and len(data) == 2
        and all(isinstance(part, (Tensor, np.ndarray)) for part in data)
    )
