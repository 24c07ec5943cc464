"""Texts of the Hugging Face Hub, or of any data set of `datasets`, stored or streamed."""

from itertools import islice
from typing import Any

from multigan.data.hub import cause, open_dataset, with_schema
from multigan.data.tables import class_names, find_label
from multigan.errors import DataError
from multigan.modalities.text.load.options import TextOptions
from multigan.modalities.text.load.text_files import text_column_of
from multigan.modalities.text.load.texts import Texts, gather


def read_hub_texts(name: str, options: TextOptions) -> Texts:
    """Reads a data set on the Hub, or a folder that `datasets` can read.

    Raises:
        DataError: There is none, or none of that split.
    """
    dataset = open_dataset(name, options.split, streaming=options.streaming, sought="file")
    return read_table_texts(dataset, f"{name}, split {options.split!r}", options)


def read_table_texts(dataset: Any, where: str, options: TextOptions) -> Texts:
    """Reads a `datasets.Dataset`, or an `IterableDataset`, which is a stream.

    Of a stream the first `limit` rows are read, and no further ones are fetched.

    Raises:
        DataError: It is several data sets, has no column of text, or the stream broke off.
    """
    import datasets

    streamed = isinstance(dataset, datasets.IterableDataset)
    dataset, schema = with_schema(dataset, where)
    text = text_column_of(schema, options.text_column, where)
    label = find_label(schema, options.label_column, where)
    if label == text:
        label = None
    dataset = dataset.select_columns([text] if label is None else [text, label])
    rows: list[tuple[Any, Any]] = []
    try:
        for row in islice(dataset, options.limit if streamed else None):
            rows.append((row[text], row.get(label)))
    except Exception as error:  # the network, most likely
        raise DataError(
            f"{where} broke off after {len(rows)} rows: {cause(error)} Try again"
            f"{', or read it without streaming' if streamed else ''}."
        ) from error
    return gather(
        where,
        rows,
        labelled=label is not None,
        names=class_names(schema, label),
        notes=("Streamed once.",) if streamed else (),
    )
