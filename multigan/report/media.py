"""Previews of a run's samples, as a page holds them."""

import wave
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from multigan.files import parse_json, plain_file
from multigan.report.rendering import data_address

THUMBNAIL = 220  # pixels, of the longer side
NUM_EARLIER = 8
NUM_PLAYERS = 80


@dataclass(frozen=True)
class Media:
    """A picture, sounds or a text in a page.

    Attributes:
        caption: What it shows.
        picture: An address that holds it.
        sounds: Likewise, of each.
        columns: How many players stand side by side.
        text: Shown as it is.
    """

    caption: str
    picture: str = ""
    sounds: Sequence[str] = ()
    columns: int = 1
    text: str = ""


def preview_of(file: Path) -> Media:
    """Returns a preview `<step>.png|.wav|.txt` as large as it is, with a player for each sound."""
    caption = _caption(file)
    match file.suffix:
        case ".png":
            return picture_with_players(file, caption)
        case ".wav":
            return Media(caption, sounds=[_sound(file.read_bytes())])
        case ".txt":
            return Media(caption, text=file.read_text(encoding="utf-8", errors="replace"))
    return Media(caption, text=file.name)


def real_texts(examples: Sequence[str]) -> Media:
    """Returns texts of the data, one a line, to be read beside what was generated."""
    return Media("real", text="\n".join(" ⏎ ".join(str(one).split("\n")) for one in examples))


def earlier_previews(files: Sequence[Path]) -> list[Media]:
    """Returns at most eight previews before the latest, evenly over the run; pictures small."""
    return [_small(file) for file in evenly(files[:-1], NUM_EARLIER)]


def evenly(files: Sequence[Path], count: int) -> list[Path]:
    """Returns at most `count` of the files at equal distances, with the first and the last."""
    if len(files) <= count:
        return list(files)
    return [files[index * (len(files) - 1) // (count - 1)] for index in range(count)]


def picture_with_players(picture: Path, caption: str) -> Media:
    """Returns a `.png`, and a player for each sound of such a sheet, in its order.

    The sounds are in a `.wav` beside the picture, whose text says where each of them begins.
    """
    address = data_address("image/png", picture.read_bytes())
    try:
        with Image.open(picture) as image:
            layout = parse_json(getattr(image, "text", {})["sounds"].encode())
        with wave.open(str(plain_file(picture.with_suffix(".wav"))), "rb") as file:
            settings, frames = file.getparams(), file.readframes(file.getnframes())
        width = settings.nchannels * settings.sampwidth * int(layout["spacing"])
        count, columns = min(int(layout["count"]), NUM_PLAYERS), int(layout["columns"])
    except (OSError, EOFError, KeyError, TypeError, ValueError, wave.Error):
        return Media(caption, address)  # there is no sound, or it is damaged
    parts = (frames[width * index : width * (index + 1)] for index in range(count))
    return Media(caption, address, [_sound(_wav(part, settings)) for part in parts], columns)


def _sound(wav: bytes) -> str:
    return data_address("audio/wav", wav)


def _wav(frames: bytes, settings: Any) -> bytes:
    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams(settings)
        file.writeframes(frames)
    return content.getvalue()


def _small(file: Path) -> Media:
    if file.suffix != ".png":
        return preview_of(file)
    content = BytesIO()
    try:
        with Image.open(file) as image:
            image.thumbnail((THUMBNAIL, THUMBNAIL))
            image.save(content, "PNG")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return Media(_caption(file), text=f"{file.name} is damaged.")
    return Media(_caption(file), data_address("image/png", content.getvalue()))


def _caption(file: Path) -> str:
    return f"step {int(file.stem)}"
