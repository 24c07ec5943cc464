"""Small trained generators that come with the package: "gallery/digits" is a pipeline's name.

Each is a folder here, with a saved pipeline and `card.json`: what it learned from, how, how good it
is, and what it cannot do. `python -m benchmarks gallery` makes them.
"""

from pathlib import Path, PurePath
from typing import Any

from multigan.errors import known
from multigan.files import read_object

PREFIX = "gallery/"
HERE = Path(__file__).parent
CARD = "card.json"


def members() -> list[str]:
    """Returns the names of all, such as "gallery/digits"."""
    return sorted(f"{PREFIX}{card.parent.name}" for card in HERE.glob(f"*/{CARD}"))


def is_gallery_name(name: str | Path) -> bool:
    """Whether a name begins as those of the gallery do."""
    return PurePath(name).as_posix().startswith(PREFIX)


def gallery_folder(name: str | Path) -> Path:
    """Returns the folder of the pipeline that a name of the gallery stands for.

    Raises:
        UnknownNameError: The gallery has none of that name.
    """
    member = known("generator of the gallery", PurePath(name).as_posix(), members())
    return HERE / member.removeprefix(PREFIX)


def in_gallery(folder: Path) -> bool:
    """Whether a folder belongs to the package, so that nothing should be written there."""
    return folder.resolve().parent == HERE.resolve()


def size_of(name: str | Path) -> int:
    """Returns how many bytes its files have."""
    return sum(path.stat().st_size for path in gallery_folder(name).iterdir())


def read_card(name: str | Path) -> dict[str, Any]:
    """Returns what is known of a generator of the gallery.

    Raises:
        UnknownNameError: The gallery has none of that name.
    """
    return read_object(gallery_folder(name) / CARD)
