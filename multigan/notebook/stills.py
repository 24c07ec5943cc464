"""What stays of a widget in a saved notebook: ordinary outputs, a picture, a sound or a text."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from multigan.notebook.logged import latest_rows
from multigan.report.formatting import duration, main_losses
from multigan.runs.folder import RunFolder

PICTURES = {".png": "image/png", ".gif": "image/gif"}

CARD_WIDTH = 900  # pixels

Bundle = dict[str, Any]


def bundle_of(files: Sequence[tuple[str, bytes]], text: str) -> Bundle:
    """Returns what Jupyter shows for files of samples.

    Args:
        files: Suffix and content of each.
        text: Stands for them where they cannot be shown.
    """
    if not files:
        return {"text/plain": text}
    suffixes = {suffix for suffix, _ in files}
    if len(files) == 1 and suffixes <= set(PICTURES):
        (suffix, content) = files[0]
        return {PICTURES[suffix]: b64encode(content).decode(), "text/plain": text}
    if suffixes == {".txt"}:
        texts = [content.decode(errors="replace") for _, content in files]
        return {"text/plain": "\n".join([text, *texts])}
    parts = [_html(suffix, content) for suffix, content in files]
    return {"text/html": "".join(parts) + f"<p>{escape(text)}</p>", "text/plain": text}


def of_file(path: Path, text: str) -> Bundle:
    """Returns what Jupyter shows for one file of samples."""
    return bundle_of([(path.suffix, path.read_bytes())], text)


def of_run(run: RunFolder) -> tuple[Bundle, Bundle]:
    """Returns a run as it stands, a picture with words, and the metadata that has its alt text."""
    from multigan.notebook.still_card import card_of  # Pillow, where nothing is left to be shown

    line = headline(run)
    picture, words = card_of(run, line)
    bundle = {"image/png": b64encode(picture).decode(), "text/plain": line}
    return bundle, {"image/png": {"alt": words, "width": CARD_WIDTH}}


def audio(wav: bytes) -> str:
    """Returns a player for a sound, as HTML that needs nothing else: FLAC, half as long as WAV."""
    kind, content = _compact(wav)
    source = f"data:audio/{kind};base64,{b64encode(content).decode()}"
    return f'<audio controls preload="metadata" src="{source}"></audio>'


def _compact(wav: bytes) -> tuple[str, bytes]:
    try:
        import soundfile

        samples, rate = soundfile.read(BytesIO(wav), dtype="int16")
        content = BytesIO()
        soundfile.write(content, samples, rate, "PCM_16", format="FLAC")
    except (ImportError, RuntimeError):  # no soundfile, or no sound that it knows
        return "wav", wav
    return "flac", content.getvalue()


def headline(run: RunFolder) -> str:
    """Returns a line like "0007-mnist: finished, step 2000 of 2000, 7 min 3 s"."""
    status, rows = run.status(), latest_rows(run.metrics_file)
    seconds = next((row["seconds"] for row in rows if "seconds" in row), None)
    facts = [
        str(status["state"]),
        f"step {status['step']} of {status.get('of', '?')}",
        "" if seconds is None else duration(seconds),
        main_losses(status.get("losses", {})),
    ]
    line = f"{run.name}: {', '.join(fact for fact in facts if fact)}"
    return f"{line}\n{status['message']}" if "message" in status else line


def _html(suffix: str, content: bytes) -> str:
    if suffix in PICTURES:
        source = f"data:{PICTURES[suffix]};base64,{b64encode(content).decode()}"
        return f'<p><img alt="samples" src="{source}"></p>'
    if suffix == ".wav":
        return f"<p>{audio(content)}</p>"
    if suffix == ".txt":
        return f"<pre>{escape(content.decode(errors='replace'))}</pre>"
    return f"<p>{len(content)} bytes of {escape(suffix)}</p>"
