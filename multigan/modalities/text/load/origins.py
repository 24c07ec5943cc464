"""Where texts come from: files, a name on the Hub, or something given in Python."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from multigan.data.labels import WHOLE, index_labels, require_split
from multigan.data.origins import IN_PYTHON, open_named
from multigan.data.tables import belongs
from multigan.errors import DataError
from multigan.modalities.text.load.folders import read_folder
from multigan.modalities.text.load.hub_texts import read_hub_texts, read_table_texts
from multigan.modalities.text.load.options import TextOptions
from multigan.modalities.text.load.prose import read_prose
from multigan.modalities.text.load.text_files import read_file
from multigan.modalities.text.load.texts import Texts, gather

KNOWN = (
    "a text file (.txt, .csv, .tsv, .jsonl, .parquet), a folder of .txt files, 'prose', a name on "
    "the Hugging Face Hub such as 'owner/name', or a list of strings"
)


def open_text(data: Any, options: TextOptions) -> Texts:
    """Returns the texts that `data` names or holds."""
    if isinstance(data, (str, Path)):
        return _open_named(data, options)
    require_split(options.split, WHOLE, "Data given in Python")
    if hasattr(data, "select_columns"):  # a data set of the package `datasets`
        return read_table_texts(data, IN_PYTHON, options)
    if isinstance(data, tuple) and len(data) == 2 and not isinstance(data[0], str):
        return _from_columns(data[0], data[1])
    if isinstance(data, Iterable) and not isinstance(data, Mapping):
        return _from_items(data)
    raise DataError(f"Cannot read texts from {type(data).__name__}. Expected {KNOWN}.")


def _open_named(data: str | Path, options: TextOptions) -> Texts:
    def whole(what: object) -> None:
        require_split(options.split, WHOLE, str(what))

    def prose() -> Texts:
        whole("prose")
        return read_prose()

    def file(path: Path) -> Texts:
        if not belongs(path, path, options.split):
            whole(data)
        return read_file(path, options)

    def folder(path: Path) -> Texts:
        whole(data)  # a folder inside it is named by its own path
        return read_folder(path, options)

    return open_named(
        data,
        own={"prose": prose},
        folder=folder,
        file=file,
        hub=lambda name: read_hub_texts(name, options),
        known=KNOWN,
        sought="file",
    )


def _from_columns(texts: Iterable[Any], labels: Iterable[Any]) -> Texts:
    texts, labels = list(texts), [_plain(label) for label in labels]
    if len(texts) != len(labels):
        raise DataError(f"There are {len(texts)} texts but {len(labels)} labels. Give as many.")
    index_labels(labels, (), "the labels given")  # says what is wrong with them
    return gather("texts given in Python", zip(texts, labels, strict=True), labelled=True)


def _from_items(items: Iterable[Any]) -> Texts:
    found = list(items)
    paired = [isinstance(item, (tuple, list)) and len(item) == 2 for item in found]
    if found and all(paired):
        return _from_columns([item[0] for item in found], [item[1] for item in found])
    return gather("texts given in Python", ((item, None) for item in found), labelled=False)


def _plain(label: Any) -> Any:
    """Returns the plain number in a scalar of numpy or torch; anything else as it is."""
    return label.item() if hasattr(label, "item") else label
