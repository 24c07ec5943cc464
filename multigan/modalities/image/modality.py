"""Images: bytes outside, floats in [-1, 1] inside.

Shapes: B images, C channels, H height, W width.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from multigan.core.modality import Modality
from multigan.errors import ShapeError
from multigan.files import write_atomic
from multigan.modalities.shared.contact_sheet import draw_sheet
from multigan.modalities.shared.image_shapes import ImageShape, check_image_shape
from multigan.typed import checked

MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


@checked
class ImageModality(Modality):
    """Images of one size with 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels.

    Decoding gives `PIL.Image`s. Any other number of channels (a satellite's bands, say) trains
    as well: those images decode to (H, W, C) uint8 arrays and are written as `.npy`.

    Raises:
        ShapeError: The height or width is not a multiple of 4, which the networks need.

    Example:
        >>> modality = ImageModality(channels=1, height=4, width=4)
        >>> raw = torch.full((1, 1, 4, 4), 255, dtype=torch.uint8)
        >>> modality.encode(raw).max().item()
        1.0
        >>> modality.decode(modality.encode(raw))[0].getpixel((0, 0))
        255
    """

    name: ClassVar[str] = "image"

    def __init__(self, channels: int, height: int, width: int) -> None:
        super().__init__()
        self._shape = check_image_shape((channels, height, width), who="ImageModality")

    @property
    def sample_shape(self) -> ImageShape:
        """(C, H, W)."""
        return self._shape

    def encode(self, raw: Tensor) -> Tensor:
        """Turns bytes, uint8 (B, C, H, W), into samples (B, C, H, W) in [-1, 1]."""
        self._check(raw, what="raw images")
        if raw.dtype != torch.uint8:
            raise ShapeError(
                f"ImageModality encodes bytes (torch.uint8), but got {raw.dtype}. Images that are "
                "already floats in [-1, 1] are samples: they need no encoding."
            )
        return raw.to(torch.get_default_dtype()) / 127.5 - 1

    def decode(self, samples: Tensor) -> list[Any]:
        """Turns samples (B, C, H, W) into B images, rounded; encoded bytes come back exactly.

        Values outside [-1, 1] are clamped.
        """
        self._check(samples, what="samples")
        arrays = _bytes(samples).permute(0, 2, 3, 1).contiguous().cpu().numpy()
        mode = MODES.get(self._shape[0])
        if mode is None:
            return list(arrays)
        size = arrays.shape[2], arrays.shape[1]
        return [Image.frombytes(mode, size, array.tobytes()) for array in arrays]

    def as_decoded(self, samples: Tensor) -> Tensor:
        """Returns samples (B, C, H, W) as their 256 levels in [-1, 1]."""
        return self.encode(_bytes(samples))

    def write(self, item: Any, stem: Path) -> Path:
        """Writes one decoded image as `.png`, or an array of unusual channels as `.npy`."""
        content = BytesIO()
        if isinstance(item, Image.Image):
            item.save(content, "PNG")
        else:
            np.save(content, item, allow_pickle=False)
        suffix = ".png" if isinstance(item, Image.Image) else ".npy"
        return write_atomic(stem.with_name(stem.name + suffix), content.getvalue())

    def write_sheet(self, items: Sequence[Any], stem: Path, *, columns: int) -> Path:
        """Writes many decoded images as one `.png`, row by row; tiny ones are enlarged.

        Of images with five or more channels the first three are shown, as red, green and blue.
        """
        images = [_visible(item) for item in items]
        return self.write(draw_sheet(images, columns=columns), stem)

    def _check(self, images: Tensor, *, what: str) -> None:
        if tuple(images.shape[1:]) != self._shape:
            channels, height, width = self._shape
            raise ShapeError(
                f"ImageModality(channels={channels}, height={height}, width={width}) got {what} "
                f"of shape {tuple(images.shape)}, but expects (B, {channels}, {height}, {width}). "
                "Resize or convert the data set's images, or change the recipe's image size."
            )


def _bytes(samples: Tensor) -> Tensor:
    levels = (samples.detach().float().add(1) * 127.5).nan_to_num(0).round().clamp(0, 255)
    return levels.to(torch.uint8)


def _visible(item: Any) -> Image.Image:
    return item if isinstance(item, Image.Image) else Image.fromarray(item[:, :, :3].copy())
