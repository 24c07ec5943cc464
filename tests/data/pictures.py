"""Small pictures and folders of them, made and never mocked."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from PIL import Image

SEVEN = [f"cat/{number}.png" for number in (1, 2, 10)] + [f"dog/{n}.png" for n in range(1, 5)]


def picture(number: int = 0, *, size: tuple[int, int] = (8, 8), mode: str = "RGB") -> Image.Image:
    """Returns noise that differs for every number; size is (width, height)."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    noise = np.random.default_rng(number).integers(0, 256, (size[1], size[0], channels))
    return Image.frombytes(mode, size, noise.astype(np.uint8).tobytes())


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png(number: int = 0, *, size: tuple[int, int] = (8, 8), mode: str = "RGB") -> bytes:
    return encoded(picture(number, size=size, mode=mode))


def pixels(number: int = 0, *, size: tuple[int, int] = (8, 8)) -> np.ndarray:
    """Returns what `png(number)` decodes to, (C, H, W)."""
    return np.asarray(picture(number, size=size)).transpose(2, 0, 1)


def folder_of(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def zip_of(path: Path, files: dict[str, bytes]) -> Path:
    with ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def numbered(names: Iterable[str] = SEVEN) -> dict[str, bytes]:
    """Returns a different picture for each name."""
    return {name: png(number) for number, name in enumerate(names)}
