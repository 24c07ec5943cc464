"""Which kind of data somebody has, inferred from its files: pictures, texts, sounds."""

import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

from multigan.core.registries import KINDS
from multigan.data.tables import open_parquet
from multigan.errors import ConfigError
from multigan.files import parse_json
from multigan.imports.hub_names import HUB_PREFIX
from multigan.modalities.kind import Kind

MOST = 20_000  # names of files that are looked at
LEAST_SHARE = 0.2  # of the files, for pictures or sounds: texts lie beside those, too
TABLE = ".parquet"


@dataclass(frozen=True)
class Guess:
    """What data seem to be.

    Attributes:
        kind: The name of a kind of data.
        why: Of a sentence that says so: "300 .png files".
    """

    kind: str
    why: str


def guess_kind(data: str) -> Guess:
    """Returns the kind of the data that a path or a name of multigan's own leads to.

    Raises:
        ConfigError: It cannot be told.
    """
    own = _owner(data)
    if own is not None:
        return Guess(own, "a name of multigan's own")
    path = Path(data.removeprefix(HUB_PREFIX)).expanduser()
    if data.startswith(HUB_PREFIX) or not path.exists():
        raise ConfigError(
            f"There is no recipe, file or folder called {data!r}; see multigan recipes. For data "
            f"of the Hugging Face Hub name a recipe, too, as in multigan train image --data {data}"
        )
    tables = [path] if path.suffix.lower() == TABLE else _tables(path)
    found = _of_table(tables[0]) if tables else _of_names(path)
    if found is None:
        raise ConfigError(
            f"What kind of data {data} is cannot be told from its files. Name a recipe for it: "
            f"multigan train RECIPE --data {data}, as in multigan recipes."
        )
    return found


def is_own(data: str) -> bool:
    """Whether a name means data that multigan carries or makes, such as "digits"."""
    return _owner(data) is not None


def _owner(data: str) -> str | None:
    def owns(kind: Kind) -> bool:
        return data in kind.traits.names or data.startswith(tuple(kind.traits.prefixes))

    return next((name for name, kind in KINDS.items() if owns(kind)), None)


def _tables(path: Path) -> list[Path]:
    return sorted(islice(path.rglob(f"*{TABLE}"), MOST)) if path.is_dir() else []


def _of_table(path: Path) -> Guess | None:
    """Returns what a Parquet file holds: by what `datasets` wrote into it, else by its columns."""
    with open_parquet(path) as table:
        schema = table.schema_arrow
    written = (schema.metadata or {}).get(b"huggingface", b"{}")
    features = parse_json(written.decode()).get("info", {}).get("features", {})
    types = {str(feature.get("_type")) for feature in features.values() if hasattr(feature, "get")}
    for name, kind in KINDS.items():
        if kind.traits.feature in types:
            return Guess(name, f"a table with a column of {kind.traits.feature}s")
    for name, kind in KINDS.items():
        column = next((c for c in schema.names if c.lower() in kind.traits.columns), None)
        if column is not None:
            return Guess(name, f"a table with a column {column!r}")
    return None


def _of_names(path: Path) -> Guess | None:
    """Returns what most files in a folder or zip are, or what a file by itself is."""
    counts = Counter(PurePath(name).suffix.lower() for name in _names(path))
    by_kind = {
        name: {suffix: n for suffix, n in counts.items() if suffix in kind.traits.suffixes}
        for name, kind in KINDS.items()
    }
    totals = {name: sum(found.values()) for name, found in by_kind.items() if found}
    media = {name: n for name, n in totals.items() if not KINDS[name].printed}
    largest = max(media, key=lambda name: media[name], default=None)
    if largest is None or media[largest] < LEAST_SHARE * sum(totals.values()):
        largest = max(totals, key=lambda name: totals[name], default=None)
    if largest is None:
        return None
    suffix, _ = Counter(by_kind[largest]).most_common(1)[0]
    total = totals[largest]
    such = f"{suffix} files" if len(by_kind[largest]) == 1 else f"files such as {suffix}"
    return Guess(largest, f"{total} {such}" if total > 1 else f"a {suffix} file")


def _names(path: Path) -> Iterable[str]:
    if path.is_dir():
        return islice(_walk(path), MOST)
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = [PurePath(name) for name in archive.namelist()]
        return [str(n) for n in names if not n.name.startswith(".") and "__MACOSX" not in n.parts]
    return [path.name]


def _walk(folder: Path) -> Iterator[str]:
    for _, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (name for name in names if not name.startswith("."))
