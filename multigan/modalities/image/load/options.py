"""How images are to be read, checked once."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from multigan.data.checking import Kinds, check_amounts, check_types
from multigan.errors import ConfigError
from multigan.modalities.image.load.decode import MODE_OF, Fit

# Generators double their resolution at least twice, from whole numbers.
SIZE_STEP = 4


@dataclass(frozen=True)
class ImageOptions:
    """The options of `load_images`, whose documentation says what they mean.

    Attributes:
        size: Height and width, or None.
    """

    size: tuple[int, int] | None
    channels: int | None
    fit: Fit
    max_unreadable: float
    memory_bytes: int
    cache: Path
    image_column: str | None
    label_column: str | tuple[str, ...] | None
    limit: int | None
    split: str
    streaming: bool

    def __post_init__(self) -> None:
        check_types(self, KINDS)
        if self.size is not None and any(s < SIZE_STEP or s % SIZE_STEP for s in self.size):
            raise ConfigError(
                f"An image size of {self.size[0]} x {self.size[1]} (height x width) cannot be "
                f"built up: both must be multiples of {SIZE_STEP}, e.g. 32, 64 or 128."
            )
        if self.channels is not None and self.channels not in MODE_OF:
            raise ConfigError(
                f"Images have 1 (grey), 3 (RGB) or 4 (RGBA) channels, not {self.channels}."
            )
        if self.fit not in get_args(Fit):
            raise ConfigError(f"There is no fit {self.fit!r}. Known: {', '.join(get_args(Fit))}.")
        check_amounts(self.max_unreadable, self.limit, "images")


KINDS: Kinds = {
    "channels": ((int, type(None)), "a whole number, or null for the commonest"),
    "max_unreadable": ((int, float), "a number from 0 to 1"),
    "memory_bytes": ((int,), "a whole number, or null for half of the memory"),
    "image_column": ((str, type(None)), "a column's name, or null to look for it"),
    "label_column": (
        (str, tuple, type(None)),
        "a column's name, a list of several, or null to look for it",
    ),
    "limit": ((int, type(None)), "a whole number, or null for all"),
    "split": ((str,), "a name such as train or test"),
    "streaming": ((bool,), "true or false"),
}


def as_size(size: Any) -> tuple[int, int] | None:
    """Returns height and width, however they were stated: one number, or two in a row.

    Raises:
        ConfigError: It is neither, nor None.
    """
    if size is None:
        return None
    numbers = list(size) if isinstance(size, (list, tuple)) else [size, size]
    if len(numbers) != 2 or not all(type(number) is int for number in numbers):
        raise ConfigError(
            f"size is {size!r}, but must be one whole number, or two, height and width: 64 or "
            "[48, 64]."
        )
    return numbers[0], numbers[1]
