"""What kind of data somebody named: a path, a name on the Hub, or something given in Python."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from multigan.data.hub import HUB_NAME, HUB_PREFIX, TableOptions, read_hub, read_loaded
from multigan.data.labels import WHOLE, require_split
from multigan.data.readers import Reader, read_folder, read_zip
from multigan.data.source import to_tensor
from multigan.data.tables import read_parquet
from multigan.errors import DataError
from multigan.modalities.image.load.arrays import Arrays, from_tensor, load_digits
from multigan.modalities.image.load.decode import PICTURES
from multigan.modalities.image.load.npz import read_npz
from multigan.modalities.image.load.options import ImageOptions
from multigan.modalities.image.load.pairs import read_dataset

KNOWN = (
    "a folder of images, a .zip, .parquet or .npz file, 'digits', or a name on the Hugging Face "
    "Hub such as 'owner/name'"
)


def open_data(data: Any, options: ImageOptions) -> Reader | Arrays:
    """Returns what reads `data`; hardly anything is read yet, except of what can be read once."""
    if isinstance(data, (str, Path)):
        return _open_named(data, options).limited(options.limit)
    require_split(options.split, WHOLE, "Data given in Python")
    if isinstance(data, (Tensor, np.ndarray)):
        found: Reader | Arrays = from_tensor(to_tensor(data), None)
    elif _is_pair_of_arrays(data):
        found = from_tensor(to_tensor(data[0]), to_tensor(data[1]))
    elif hasattr(data, "cast_column"):  # a data set of the package `datasets`
        found = read_loaded(data, "a data set given in Python", table_options(options))
    elif isinstance(data, Iterable) or hasattr(data, "__getitem__"):
        found = read_dataset(data, limit=options.limit, folder=options.folder)
    else:
        raise DataError(f"Cannot read images from {type(data).__name__}. Expected {KNOWN}.")
    return found.limited(options.limit)


def _open_named(data: str | Path, options: ImageOptions) -> Reader | Arrays:
    name = str(data)
    if name == "digits":
        require_split(options.split, WHOLE, name)
        return load_digits()
    if name.startswith(HUB_PREFIX):
        return read_hub(name.removeprefix(HUB_PREFIX), table_options(options))
    path = Path(data).expanduser()
    if path.is_dir():
        return _open_folder(path, options)
    if path.is_file():
        return _open_file(path, options)
    if isinstance(data, str) and HUB_NAME.fullmatch(name):
        return read_hub(name, table_options(options))
    raise DataError(f"There is no file or folder {name!r}. Expected {KNOWN}.")


def _open_folder(path: Path, options: ImageOptions) -> Reader:
    if any(next(path.glob(pattern), None) for pattern in ("*.parquet", "*/*.parquet")):
        return _open_parquet(path, options)
    return read_folder(path, options.split, kind=PICTURES)


def _open_file(path: Path, options: ImageOptions) -> Reader | Arrays:
    match path.suffix.lower():
        case ".zip":
            return read_zip(path, options.split, kind=PICTURES)
        case ".parquet":
            return _open_parquet(path, options)
        case ".npz":
            require_split(options.split, WHOLE, str(path))
            return read_npz(path, options.room)
    raise DataError(f"Cannot read a set of images from the file {path}. Expected {KNOWN}.")


def _open_parquet(path: Path, options: ImageOptions) -> Reader:
    return read_parquet(
        path,
        options.split,
        content_column=options.image_column,
        label_column=options.label_column,
        kind=PICTURES,
    )


def _is_pair_of_arrays(data: Any) -> bool:
    return (
        isinstance(data, tuple)
        and len(data) == 2
        and all(isinstance(part, (Tensor, np.ndarray)) for part in data)
    )


def table_options(options: ImageOptions) -> TableOptions:
    """Returns what reading a table of the Hub takes of the options."""
    return TableOptions(
        content_column=options.image_column,
        label_column=options.one_label_column,
        split=options.split,
        streaming=options.streaming,
        limit=options.limit,
        cache=options.folder,
        kind=PICTURES,
        feature="Image",
    )
