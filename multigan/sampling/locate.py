"""Where a saved pipeline is that somebody names: in a folder, in the gallery, or on the Hub."""

import warnings
from pathlib import Path

from multigan.sampling.gallery import gallery_folder, is_gallery_name
from multigan.sampling.on_hub import fetched, is_hub_name


def pipeline_folder(name: str | Path) -> Path | None:
    """Returns the folder of a saved pipeline, None where the name is of something else, as a run.

    A folder on this disk goes before a member of the gallery, and that before a name on the Hub.

    Raises:
        UnknownNameError: The gallery has none of that name.
        CheckpointError: The Hub has none of that name.
    """
    path = Path(name)
    if path.exists():
        if is_gallery_name(name):
            warnings.warn(
                f"{path.as_posix()} is taken from this folder, not from multigan's gallery.",
                stacklevel=2,
            )
        return path if (path / "pipeline.json").is_file() else None
    if is_gallery_name(name):
        return gallery_folder(name)
    return fetched(str(name)) if is_hub_name(name) else None


def is_pipeline_name(name: str | Path) -> bool:
    """Whether a name is of a saved pipeline, without fetching it from anywhere."""
    path = Path(name)
    if path.exists():
        return (path / "pipeline.json").is_file()
    return is_gallery_name(name) or is_hub_name(name)
