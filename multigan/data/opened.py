"""Data sets of `datasets`, opened alike for every kind of data."""

from pathlib import Path
from typing import Any

from multigan.errors import DataError, MissingDependencyError, first_line


def open_dataset(name: str, split: str, *, streaming: bool, sought: str = "file or folder") -> Any:
    """Opens a data set on the Hub, or a folder that `datasets` can read.

    Args:
        name: On the Hub, or a path.
        split: Which part.
        streaming: Whether rows are fetched when they are read.
        sought: What else the name could have been, for the message.

    Raises:
        MissingDependencyError: `datasets` is not installed.
        DataError: There is none, or none of that split.
    """
    try:
        import datasets
    except ImportError:
        raise MissingDependencyError("datasets", purpose=f"Reading {name}", extra="data") from None
    try:
        return datasets.load_dataset(name, split=split, streaming=streaming)
    except Exception as error:  # whatever the network, the Hub and a file format can raise
        here = Path(name).exists()
        elsewhere = "" if here else f" from the Hub, nor is there such a {sought} here"
        raise DataError(
            f"Cannot read {name!r} (split {split!r}){elsewhere}: {cause(error)}"
        ) from error


def with_schema(dataset: Any, where: str) -> tuple[Any, Any]:
    """Returns a data set that knows its columns, and their pyarrow schema.

    Args:
        dataset: Of `datasets`, stored or streamed. A stream's first rows are read if need be.
        where: What to call it.

    Raises:
        DataError: It is several data sets, has no rows to tell columns by, or they cannot be read.
    """
    if isinstance(dataset, dict):
        splits = ", ".join(map(str, dataset)) or "none"
        first = next(iter(dataset), "train")
        raise DataError(
            f"{where} is a {type(dataset).__name__}, several data sets by name: {splits}. Give "
            f"one of them, e.g. data[{first!r}]."
        )
    schema = None
    try:
        if dataset.features is None:
            dataset = dataset._resolve_features()  # looks at the stream's first rows
        if dataset.features is not None:
            schema = dataset.features.arrow_schema
    except StopIteration:  # the stream is empty
        pass
    except Exception as error:  # whatever the network, a file format or a generator can raise
        raise DataError(
            f"The first rows of {where} do not say what its columns are: {cause(error)}"
        ) from error
    if not schema:
        raise DataError(f"{where} has no rows, or rows without columns, so nothing can be read.")
    return dataset, schema


def cause(error: BaseException) -> str:
    """Returns what went wrong, in a line."""
    while type(error).__name__ == "DatasetGenerationError" and error.__cause__ is not None:
        error = error.__cause__  # which says what went wrong, and not only that something did
    if isinstance(error, KeyError):
        return f"a row has no {error}."
    return first_line(error)
