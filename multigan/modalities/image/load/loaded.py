"""Images of one size, and what is said of how they came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from multigan.data.loaded import Loaded, LoadReport, counted
from multigan.modalities.image.load.decode import DARK

MODES = {1: "grey", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True, kw_only=True)
class ImageReport(LoadReport):
    """How a set of images was read.

    Attributes:
        width: Of every image now, in pixels.
        height: Of every image now, in pixels.
        channels: 1 for grey, 3 for RGB, 4 for RGBA.
        converted: How many images each conversion was applied to, e.g. `{"CMYK to RGB": 2}`.
        resized: The same for changes of size, e.g. `{"shrunk": 40, "cropped": 38}`.
        fit: How images of another shape were made to fit: "crop", "pad" or "stretch".
    """

    width: int
    height: int
    channels: int
    converted: Mapping[str, int] = field(default_factory=dict)
    resized: Mapping[str, int] = field(default_factory=dict)
    fit: str = "crop"

    samples: ClassVar[str] = "images"
    files: ClassVar[str] = "images"

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.channels, self.height, self.width

    def form(self) -> str:
        """Returns size and colors."""
        colors = MODES.get(self.channels, f"{self.channels} channels")
        return f"{self.width}x{self.height} {colors}"

    def changes(self) -> list[str]:
        """Returns what was done to sizes and colors."""
        return [
            *counted("Resized", self.resized),
            *counted("Converted", self.converted),
            *self._dark(),
        ]

    def _dark(self) -> list[str]:
        """Returns what to do about 16-bit images of which none uses all bits."""
        used = [int(name.split()[0]) for name in self.converted if name.endswith(DARK)]
        if not used or "16-bit to 8-bit" in self.converted:
            return []
        return [
            f"These 16-bit images use at most {max(used)} of their bits, so they come out dark. If "
            f"that many are all they have: --set data.bits={max(used)}"
        ]


@dataclass(frozen=True)
class ImageSet(Loaded):
    """Images of one size, (C, H, W) uint8 each; see `Loaded`."""

    report: ImageReport

    @property
    def channels(self) -> int:
        """1 for grey, 3 for RGB, 4 for RGBA."""
        return self.report.channels

    @property
    def height(self) -> int:
        """In pixels."""
        return self.report.height

    @property
    def width(self) -> int:
        """In pixels."""
        return self.report.width
