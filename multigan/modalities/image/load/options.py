"""How images are to be read."""

from dataclasses import dataclass
from typing import Annotated, Literal

from multigan.data.loader_options import StoredOptions
from multigan.modalities.image.load.decode import Fit
from multigan.typed import AtLeast, MultipleOf, Range, checked

# Generators double their resolution at least twice, from whole numbers.
SIZE_STEP = 4


@checked
@dataclass(frozen=True)
class ImageOptions(StoredOptions):
    """How images are read and brought to one form."""

    size: Annotated[int | tuple[int, int] | None, AtLeast(SIZE_STEP), MultipleOf(SIZE_STEP)] = None
    """Height and width to bring every image to, e.g. 32, 64 or [48, 64]; one number for both. Null
    requires that they share a size already."""

    channels: Literal[1, 3, 4] | None = None
    """1 (grey), 3 (RGB) or 4 (RGBA). Null takes the commonest among the images."""

    fit: Fit = "crop"
    """How an image of another shape gets to the size: crop scales its short side and cuts off the
    rest equally, pad scales its long side and adds black, stretch distorts it."""

    bits: Annotated[int | None, Range(1, 16)] = None
    """How many bits of 16-bit grey images or arrays are used: 12 make 4095 white. Null means all
    16, and 8 of arrays."""

    image_column: str | None = None
    """Of a table, where the images are; null looks for it."""

    @property
    def shape(self) -> tuple[int, int] | None:
        """Height and width, or None."""
        return (self.size, self.size) if isinstance(self.size, int) else self.size

    @property
    def content_column(self) -> str | None:
        """`image_column`."""
        return self.image_column
