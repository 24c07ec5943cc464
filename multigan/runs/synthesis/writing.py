"""A mixture as a folder of files, a subfolder per class, with the provenance of each."""

import json
import re
from pathlib import Path

from multigan.errors import ConfigError
from multigan.files import atomic_folder, building_alone
from multigan.runs.synthesis.mixture import Mixture

PROVENANCE = "provenance.jsonl"
_UNSAFE = re.compile(r"[^\w.+ -]|^\.+")


def write_mixture(mixture: Mixture, folder: str | Path) -> Path:
    """Writes `class/real-000000.png`, `class/generated-000000.png` ... and `provenance.jsonl`.

    The folder appears whole or not at all; what a killed writer of the same folder left is removed.
    Characters of a class's name that a folder cannot have
    are written as _; the provenance has the true name.

    Raises:
        ConfigError: The folder is there already and has something in it, or two classes would
            share a subfolder.
    """
    folder = Path(folder)
    subfolders = _subfolders(mixture.classes)
    with building_alone(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConfigError(
                f"{folder} is not empty, and nothing is written over. Name a new folder."
            )
        with atomic_folder(folder) as building:
            rows = [_write(mixture, index, building, subfolders) for index in range(len(mixture))]
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (building / PROVENANCE).write_text(lines, encoding="utf-8")
    return folder


def _write(
    mixture: Mixture, index: int, building: Path, subfolders: list[str]
) -> dict[str, object]:
    provenance = mixture.provenance[index]
    label = provenance.label
    place = building if label is None else building / subfolders[label]
    place.mkdir(exist_ok=True)
    (item,) = mixture.modality.decode(mixture.sample(index)[None])
    path = mixture.modality.write(item, place / f"{provenance.kind}-{index:06d}")
    row = {"file": path.relative_to(building).as_posix(), **provenance.to_json()}
    return row if label is None else {**row, "class": mixture.classes[label]}


def _subfolders(classes: tuple[str, ...]) -> list[str]:
    names = [_UNSAFE.sub("_", name) or "_" for name in classes]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(
                f"Two of the classes {', '.join(classes)} would share the folder {name!r}. Rename "
                "them in the data."
            )
    return names
