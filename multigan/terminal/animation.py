"""A walk through the latent space as a film."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from multigan.files import write_atomic
from multigan.modalities.shared.contact_sheet import opaque

VISIBLE = 128  # pixels: smaller pictures are enlarged to about this
FRAME_MILLISECONDS = 80


def write_animation(frames: Sequence[Any], path: Path) -> list[Path]:
    """Writes pictures as a film that runs there and back; anything else is not written."""
    if not all(isinstance(frame, Image.Image) for frame in frames):
        return []
    return [write_atomic(path, film_of(frames))]


def film_of(frames: Sequence[Image.Image]) -> bytes:
    """Returns a GIF of pictures that runs there and back."""
    large = [_enlarged(frame) for frame in frames]
    content = BytesIO()
    large[0].save(
        content,
        "GIF",
        save_all=True,
        append_images=[*large[1:], *large[-2:0:-1]],
        duration=FRAME_MILLISECONDS,
        loop=0,
    )
    return content.getvalue()


def _enlarged(frame: Image.Image) -> Image.Image:
    scale = max(1, VISIBLE // max(frame.size))
    size = scale * frame.width, scale * frame.height
    return opaque(frame).resize(size, Image.Resampling.NEAREST)
