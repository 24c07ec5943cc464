"""Looks at a run's samples, held inside the page itself."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image

THUMBNAIL = 220  # pixels, of the longer side
NUM_EARLIER = 8


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


def _full(file: Path) -> str:
    match file.suffix:
        case ".png":
            return _image(file.read_bytes(), _caption(file))
        case ".wav":
            return f'<audio controls src="{_data("audio/wav", file.read_bytes())}"></audio>'
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
    return _image(content.getvalue(), _caption(file))


def _image(content: bytes, text: str) -> str:
    return f'<img alt="samples at {text}" src="{_data("image/png", content)}">'


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def _caption(file: Path) -> str:
    return f"step {int(file.stem)}"
