"""Training in a process of its own, which outlives the kernel."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from multigan.errors import RunError
from multigan.runs.folder import RunFolder, find_runs

SECONDS_TO_BEGIN = 600.0  # large data may take long to read
LOOK_SECONDS = 0.1


def launch(words: Sequence[str], root: Path) -> RunFolder:
    """Starts the command line in a process of its own, and returns the run as soon as there is one.

    Args:
        words: A command that trains, e.g. `["train", "digits"]`.
        root: Where its run's folder is made.

    Raises:
        RunError: The process ended before it trained, with what it said last.
    """
    with tempfile.NamedTemporaryFile(prefix="multigan-", suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "multigan", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # an interrupt of the kernel is not meant for it
        )
    threading.Thread(target=process.wait, daemon=True).start()  # takes note of its end
    give_up = time.monotonic() + SECONDS_TO_BEGIN
    while time.monotonic() < give_up:
        run = _run_of(process.pid, root)
        if run is not None:
            Path(log.name).unlink(missing_ok=True)  # the run's own files say the rest
            return run
        if process.poll() is not None:
            raise RunError(_last_line(Path(log.name)))
        time.sleep(LOOK_SECONDS)
    raise RunError(f"Process {process.pid} has not begun to train; its output is in {log.name}.")


def _run_of(pid: int, root: Path) -> RunFolder | None:
    for run in reversed(find_runs(root)):
        status = run.status()
        if status.get("pid") == pid and (run.is_busy() or status["state"] == "finished"):
            return run
    return None


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    log.unlink()
    return lines[-1] if lines else "The process ended without a word."
