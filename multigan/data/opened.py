"""Data sets of `datasets`, opened alike for every kind of data."""

from typing import Any

from multigan.errors import DataError, MissingDependencyError


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
        raise DataError(
            f"Cannot read {name!r} (split {split!r}) from the Hub, nor is there such a "
            f"{sought} here: {first_line(error)}"
        ) from error


def with_schema(dataset: Any) -> tuple[Any, Any]:
    """Returns a data set that knows its columns, and their pyarrow schema."""
    if dataset.features is None:
        dataset = dataset._resolve_features()  # looks at the stream's first rows
    return dataset, dataset.features.arrow_schema


def first_line(error: BaseException) -> str:
    """Returns the first line of a message that is not empty."""
    return next((line.strip() for line in str(error).split("\n") if line.strip()), repr(error))
