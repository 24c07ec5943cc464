"""Looks at a run's samples, held inside the page itself."""

import json
import wave
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

THUMBNAIL = 220  # pixels, of the longer side
NUM_EARLIER = 8
NUM_PLAYERS = 80


def newest_look(files: Sequence[Path]) -> str:
    """Returns the newest look, as large as it is."""
    if not files:
        return "<p>No samples yet.</p>"
    return f"<figure>{_full(files[-1])}<figcaption>{_caption(files[-1])}</figcaption></figure>"


def beside(look: str, examples: Sequence[str] | None) -> str:
    """Returns a look with real texts beside it, where the data has some to show."""
    if not examples:
        return look
    lines = escape("\n".join(" ⏎ ".join(str(one).split("\n")) for one in examples))
    real = f"<figure><pre>{lines}</pre><figcaption>real</figcaption></figure>"
    return f"<div class=pair>{look}{real}</div>"


def earlier_looks(files: Sequence[Path]) -> str:
    """Returns at most eight looks before the newest, evenly over the run, as a strip."""
    looks = (
        f"<figure>{_small(file)}<figcaption>{_caption(file)}</figcaption></figure>"
        for file in evenly(files[:-1], NUM_EARLIER)
    )
    return "".join(looks)


def evenly(files: Sequence[Path], count: int) -> list[Path]:
    """Returns at most `count` of the files at equal distances, with the first and the last."""
    if len(files) <= count:
        return list(files)
    return [files[index * (len(files) - 1) // (count - 1)] for index in range(count)]


def players(picture: Path) -> str:
    """Returns a player for each sound of a sheet, in its order; "" for pictures without sounds.

    The sounds are in a `.wav` beside the picture, whose text says where each of them begins.
    """
    sounds = picture.with_suffix(".wav")
    try:
        with Image.open(picture) as image:
            layout = json.loads(getattr(image, "text", {})["sounds"])
        with wave.open(str(sounds), "rb") as file:
            settings, frames = file.getparams(), file.readframes(file.getnframes())
        width = settings.nchannels * settings.sampwidth * int(layout["spacing"])
        count, columns = min(int(layout["count"]), NUM_PLAYERS), int(layout["columns"])
    except (OSError, EOFError, KeyError, TypeError, ValueError, wave.Error):
        return ""  # there is no sound, or it is damaged: the picture is still worth having
    parts = (frames[width * index : width * (index + 1)] for index in range(count))
    each = "".join(_player(_wav(part, settings)) for part in parts)
    return f'<div class=players style="--columns:{columns}">{each}</div>'


def picture_with_players(file: Path, text: str) -> str:
    """Returns a `.png` as large as it is, and a player for each of its sounds, if it has any."""
    return _image(file.read_bytes(), text) + players(file)


def _player(content: bytes) -> str:
    return f'<audio controls preload=none src="{_data("audio/wav", content)}"></audio>'


def _wav(frames: bytes, settings: Any) -> bytes:
    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams(settings)
        file.writeframes(frames)
    return content.getvalue()


def _full(file: Path) -> str:
    match file.suffix:
        case ".png":
            return picture_with_players(file, f"samples at {_caption(file)}")
        case ".wav":
            return _player(file.read_bytes())
        case ".txt":
            return f"<pre>{escape(file.read_text(encoding='utf-8'))}</pre>"
    return f"<p>{escape(file.name)}</p>"


def _small(file: Path) -> str:
    if file.suffix != ".png":
        return _full(file)
    content = BytesIO()
    with Image.open(file) as image:
        image.thumbnail((THUMBNAIL, THUMBNAIL))
        image.save(content, "PNG")
    return _image(content.getvalue(), f"samples at {_caption(file)}")


def _image(content: bytes, text: str) -> str:
    return f'<img alt="{text}" src="{_data("image/png", content)}">'


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def _caption(file: Path) -> str:
    return f"step {int(file.stem)}"
