"""Sound files for tests, written with soundfile."""

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile


def tone(seconds: float = 0.5, rate: int = 8000, hertz: float = 440.0, level: float = 0.5):
    """A sine, (L,) float64."""
    time = np.arange(round(seconds * rate)) / rate
    return level * np.sin(2 * np.pi * hertz * time)


def write(path: Path, values=None, rate: int = 8000, **options) -> Path:
    """Writes samples (L,) or (L, C), by default a tone, as the suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone(rate=rate) if values is None else values, rate, **options)
    return path


def encoded(values=None, rate: int = 8000, kind: str = "WAV", **options) -> bytes:
    """Returns the bytes of a sound file."""
    content = BytesIO()
    soundfile.write(content, tone() if values is None else values, rate, format=kind, **options)
    return content.getvalue()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
