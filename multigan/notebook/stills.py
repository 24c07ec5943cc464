"""What stays of a widget in a saved notebook: ordinary outputs, a picture, a sound or a text."""

from base64 import b64encode
from pathlib import Path
from typing import Any

from multigan.cli.output import main_losses
from multigan.core.run import RunFolder
from multigan.report.tables import duration

KINDS = {".png": "image/png", ".gif": "image/gif"}

Bundle = dict[str, Any]


def of_file(path: Path, text: str) -> Bundle:
    """Returns what Jupyter shows for a file of samples, with a text for where it cannot."""
    content = path.read_bytes()
    match path.suffix:
        case ".png" | ".gif":
            return {KINDS[path.suffix]: b64encode(content).decode(), "text/plain": text}
        case ".wav":
            return {"text/html": audio(content), "text/plain": text}
        case ".txt":
            return {"text/plain": f"{text}\n{content.decode()}"}
    return {"text/plain": f"{text}\n{path}"}


def audio(wav: bytes) -> str:
    """Returns a player for a sound, as HTML that needs nothing else."""
    source = f"data:audio/wav;base64,{b64encode(wav).decode()}"
    return f'<audio controls preload="metadata" src="{source}"></audio>'


def of_run(run: RunFolder) -> Bundle:
    """Returns a run as it stands: its newest look, and a line about it."""
    text = headline(run)
    looks = run.sample_files()
    return of_file(looks[-1], text) if looks else {"text/plain": text}


def headline(run: RunFolder) -> str:
    """Returns a line like "0007-mnist: finished, step 2000 of 2000, 7 min 3 s"."""
    status, rows = run.status(), run.metrics()
    seconds = next((row["seconds"] for row in reversed(rows) if "seconds" in row), None)
    facts = [
        str(status["state"]),
        f"step {status['step']} of {status.get('of', '?')}",
        "" if seconds is None else duration(seconds),
        main_losses(status.get("losses", {})),
    ]
    line = f"{run.name}: {', '.join(fact for fact in facts if fact)}"
    return f"{line}\n{status['message']}" if "message" in status else line
