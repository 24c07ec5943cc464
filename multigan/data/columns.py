"""Columns of tables, as people name them."""

from typing import Any

from multigan.errors import DataError


def as_columns(columns: Any) -> Any:
    """Returns several columns' names as a tuple, and anything else as it is."""
    several = isinstance(columns, (list, tuple)) and all(isinstance(c, str) for c in columns)
    return tuple(columns) if several and columns else columns


def one_column(columns: str | tuple[str, ...] | None) -> str | None:
    """Returns the column that tables outside of Parquet files take labels from.

    Raises:
        DataError: There are several.
    """
    if isinstance(columns, tuple):
        raise DataError(
            "Only Parquet files take their labels from several columns. Name one column, or save "
            "the data set as Parquet."
        )
    return columns
