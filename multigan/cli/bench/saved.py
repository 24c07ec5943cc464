"""Results that a bench goes on from."""

from pathlib import Path
from typing import Any


def read_saved(file: Path, asked: dict[str, Any], *, of: str) -> dict[str, Any]:
    """Returns what was saved before, empty if nothing was.

    Args:
        file: Where a bench saves its results.
        asked: What they depend on, by its name in the file.
        of: What that is besides the setting, for the message.

    Raises:
        ConfigError: The results there are of something else.
    """
    from multigan.errors import ConfigError
    from multigan.files import read_object

    saved = read_object(file) or {}
    if saved and {name: saved.get(name) for name in asked} != asked:
        raise ConfigError(
            f"{file} holds results of other {of} or another setting. Name another with --save."
        )
    return saved
