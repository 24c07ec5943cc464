"""Telling a mistyped path from a name on the Hub: nobody has to wait for the network's no."""

import re
from difflib import get_close_matches
from pathlib import Path

HUB_PREFIX = "hf:"  # in front of a name that is on the Hub for certain
_FILE = re.compile(  # what the names of files end in, and hardly any on the Hub
    r".*\.(txt|csv|tsv|jsonl?|ndjson|zip|gz|parquet|np[yz]|png|jpe?g|wav|flac|mid|sf2|safetensors)",
    re.IGNORECASE,
)
_HUB_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")


def looks_like_path(name: str) -> bool:
    """Tells whether a name of nothing that is here can hardly be one on the Hub.

    It is a path if its form is no Hub name's, if it ends as files do, or if its first part is a
    folder here, or nearly.

    Example:
        >>> [looks_like_path(name) for name in ("./birds", "a/b/c", "owner/birds", "hf:a/b")]
        [True, True, False, False]
    """
    return not name.startswith(HUB_PREFIX) and (not _HUB_NAME.fullmatch(name) or is_mistyped(name))


def is_mistyped(name: str) -> bool:
    """Tells whether `name` has a Hub name's form, but is more likely a path that is not there."""
    written = "/" in name and _HUB_NAME.fullmatch(name) and not Path(name).exists()
    return bool(written) and (bool(_FILE.fullmatch(name)) or _folder_meant(name) is not None)


def hint(name: str) -> str:
    """Returns what may have been meant by a path that is not there, in a sentence or two."""
    folder = _folder_meant(name)
    inside = [] if folder is None else [path.name for path in folder.iterdir()]
    found = get_close_matches(Path(name).name, inside, n=1)
    meant = f" Did you mean {str(folder / found[0])!r}?" if folder and found else ""
    if not _HUB_NAME.fullmatch(name):
        return meant
    return f"{meant} If it is a name on the Hub, write {HUB_PREFIX}{name}."


def _folder_meant(name: str) -> Path | None:
    """Returns the folder that a path's parent is, or nearly; None if there is none like it."""
    parent = Path(name).expanduser().parent
    if parent.is_dir():
        return parent
    above = parent.parent
    beside = [p.name for p in above.iterdir() if p.is_dir()] if above.is_dir() else []
    found = get_close_matches(parent.name, beside, n=1, cutoff=0.7)
    return above / found[0] if found else None
