"""What samples are as files, without writing any: pictures, sounds, texts."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from IPython.display import display
from PIL import Image

from multigan.errors import ConfigError
from multigan.modalities.shared.contact_sheet import draw_sheet
from multigan.notebook.stills import Bundle, bundle_of
from multigan.terminal import animation

COLUMNS = 8

Media = tuple[str, bytes]  # the suffix of such a file, and what would be in it


def media_of(item: Any) -> Media:
    """Returns one decoded sample of any modality as a file's suffix and content."""
    if isinstance(item, Image.Image):
        return ".png", _png(item)
    if hasattr(item, "_repr_png_"):  # anything that shows itself to Jupyter
        return ".png", item._repr_png_()
    if isinstance(item, str):
        return ".txt", item.encode()
    if hasattr(item, "encoded"):  # a sound
        return ".wav", item.encoded()
    content = io.BytesIO()
    np.save(content, np.asarray(item), allow_pickle=False)
    return ".npy", content.getvalue()


def film_of(frames: Sequence[Any]) -> Media:
    """Returns a walk as one file: a GIF, sounds one after the other, or texts line by line."""
    if all(isinstance(frame, Image.Image) for frame in frames):
        return ".gif", animation.film_of(frames)
    if all(isinstance(frame, str) for frame in frames):
        return ".txt", "".join(f"{frame}\n" for frame in frames).encode()
    if hasattr(frames[0], "joined_with"):
        return ".wav", frames[0].joined_with(frames[1:]).encoded()
    raise ConfigError("These samples cannot be put together in one file.")


def show_samples(samples: Sequence[Any], *, columns: int = COLUMNS) -> None:
    """Shows decoded samples of any kind in a cell: a sheet, players or texts.

    Args:
        samples: What a pipeline returned.
        columns: How many pictures are side by side.
    """
    display(still_of(samples, f"{len(samples)} samples", columns=columns), raw=True)


def still_of(items: Sequence[Any], text: str, *, columns: int = COLUMNS) -> Bundle:
    """Returns an ordinary output of samples: pictures on a sheet, sounds with players, texts."""
    if all(isinstance(item, Image.Image) for item in items):
        return bundle_of([(".png", _png(draw_sheet(items, columns=columns)))], text)
    return bundle_of([media_of(item) for item in items], text)


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", compress_level=1)  # the page is waiting, and is near
    return content.getvalue()
