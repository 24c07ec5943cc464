"""The run directory: the few files through which everybody sees and steers a run.

    runs/0007-mnist/
      0007-mnist.multigan               marks the folder; JupyterLab opens the run by it
      recipe.json  environment.json     what was asked; versions, device, data
      metrics.jsonl                     one object per logged step
      curves.json                       the same, thinned to what a chart can show
      status.json                       how far it is, and how fast
      control.json                      what somebody asks of it
      health.json                       what is wrong with it, and what helps
      parent.json                       of a forked run: where it comes from
      samples/001000.png|.wav|.txt      previews: fixed latents, one file a step
      samples/real.png|.wav|.txt        real samples on the same kind of sheet
      checkpoints/step-001000/          everything needed to continue, exactly
      profiles/                         averages to choose a length from afterwards, if asked for
      pipeline/                         the exponential moving average (EMA) of the generator
      report.html                       all of it on one page

No program has another channel into a training run, so a button, a shell and another machine can do
the same things, and each leaves a trace.
"""

import json
import math
import os
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from multigan.errors import CheckpointError, RunError
from multigan.files import (
    POLL_SECONDS,
    alone,
    parse_json,
    plain_file,
    read_object,
    remove_tree,
    settle,
    sync_folder,
    write_atomic,
    write_json,
)
from multigan.runs.curves import CurvesFile, Points, points_of, thinned
from multigan.runs.records import (
    CONTROL,
    ENVIRONMENT,
    HEALTH,
    NEAREST,
    PARENT,
    STATUS,
    finding_of,
    read_record,
    sensible,
    sensible_curves,
    sensible_row,
)
from multigan.runs.rows import Rows
from multigan.sampling.gallery import PREFIX, gallery_folder, is_gallery_name

_NAME = re.compile(r"([0-9]{4,})-(.+)")
_CHECKPOINT = re.compile(r"step-([0-9]{6,})")
_PREVIEW = re.compile(r"([0-9]{6,})\.[a-z0-9]+")
REAL = "real"  # the name of the sheet of real samples beside the previews
DELETED = ".deleted.tmp"  # what the name of a folder ends in while it is being deleted
_LEFT = re.compile(rf"\.[0-9]{{4,}}(-.+\.tmp)?|\..+{re.escape(DELETED)}")
AT_WORK = frozenset({"running", "paused"})
LOCK = ".lock"
WAIT_SECONDS = 0.1  # between two looks at a run that is waited for
FILES = (
    *("recipe.json", "environment.json", "metrics.jsonl", "status.json", "control.json"),
    "health.json",
)
MARKER = ".multigan"  # what the name of the file ends in by which JupyterLab opens a run
ENTRIES = frozenset(
    (
        *FILES,
        "parent.json",
        "curves.json",
        "profiles",
        "samples",
        "checkpoints",
        "pipeline",
        "report.html",
        *("nearest.json", "nearest.png", "nearest.wav", "melody.wav"),
        *("real.png", "real.wav", "real.txt"),
    )
)


class RunFolder:
    """The files of one run.

    Args:
        path: The run's folder, which exists.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.recipe_file = self.path / "recipe.json"
        self.environment_file = self.path / "environment.json"
        self.metrics_file = self.path / "metrics.jsonl"
        self.curves = CurvesFile(self.path / "curves.json")
        self.status_file = self.path / "status.json"
        self.control_file = self.path / "control.json"
        self.health_file = self.path / "health.json"
        self.samples = self.path / "samples"
        self.checkpoints = self.path / "checkpoints"
        self.profiles = self.path / "profiles"
        self.pipeline_folder = self.path / "pipeline"
        self.parent_file = self.path / "parent.json"
        self.report_file = self.path / "report.html"
        self.nearest_file = self.path / "nearest.json"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    @property
    def name(self) -> str:
        """The folder's name, e.g. "0007-mnist"."""
        return self.path.name

    @property
    def number(self) -> int:
        """The run's number, 0 if its folder was renamed to something without one."""
        match = _NAME.fullmatch(self.name)
        return int(match[1]) if match else 0

    @property
    def title(self) -> str:
        """What follows the number in the folder's name, e.g. "mnist"."""
        match = _NAME.fullmatch(self.name)
        return match[2] if match else self.name

    # What happened

    def metrics(self) -> Rows:
        """Returns the logged rows, oldest first; a half-written last row is left out.

        `metrics().to_pandas()` is a table of one row a step.
        """
        rows = Rows()
        if not self.metrics_file.is_file():
            return rows
        for line in self.metrics_file.read_bytes().splitlines():
            try:
                row = sensible_row(parse_json(line))
            except ValueError:  # the line that a crash cut off
                continue
            if row is not None:
                rows.append(row)
        return rows

    def append_metrics(self, row: Mapping[str, Any]) -> None:
        """Adds one row to metrics.jsonl in a single write, and soon to curves.json."""
        if not self.curves.is_loaded:
            self.curves.load(self.metrics())
        line = json.dumps(row, allow_nan=False) + "\n"
        handle = os.open(
            plain_file(self.metrics_file), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666
        )
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)
        self.curves.add(row)

    def read_curves(self) -> dict[str, Points]:
        """Returns the points (step, value) of each loss and metric, as many as a chart can show.

        Those of curves.json, which is a second or so behind the log of a run at work. A run of an
        earlier multigan has none, and is thinned now.
        """
        return points_of(sensible_curves(read_object(self.curves.path)) or thinned(self.metrics()))

    def forget_after(self, step: int) -> None:
        """Drops metrics and samples of later steps, which a resumed run will make again."""
        rows = [row for row in self.metrics() if row["step"] <= step]
        write_atomic(self.metrics_file, "".join(json.dumps(row) + "\n" for row in rows))
        self.curves.load(rows)
        self.curves.flush()
        for sample in self._preview_files():
            if int(sample.stem) > step:
                sample.unlink()

    def parent(self) -> dict[str, Any]:
        """Returns where a forked run comes from: `run`, `path`, `step`; empty for any other run."""
        return read_record(self.parent_file, PARENT)[0]

    def environment(self) -> dict[str, Any]:
        """Returns what the run ran on, and its data, as far as environment.json says."""
        return {"data": {}} | read_record(self.environment_file, ENVIRONMENT)[0]

    def health(self) -> dict[str, Any]:
        """Returns what the doctor found last: `step` and `findings`; empty if he never looked."""
        found = read_record(self.health_file, HEALTH)[0]
        findings = [finding_of(value) for value in found.get("findings", ())]
        return {"step": 0, **found, "findings": findings} if found else {}

    def nearest(self) -> dict[str, Any]:
        """Returns how far generated sounds are from training clips, if that was looked for."""
        return read_record(self.nearest_file, NEAREST)[0]

    def damage(self) -> list[str]:
        """Returns a sentence for everything in the run's JSON files that makes no sense."""
        records = {
            self.status_file: STATUS,
            self.control_file: CONTROL,
            self.health_file: HEALTH,
            self.parent_file: PARENT,
            self.environment_file: ENVIRONMENT,
            self.nearest_file: NEAREST,
        }
        return [text for path, hints in records.items() for text in read_record(path, hints)[1]]

    # How it is

    def write_status(
        self,
        state: str,
        *,
        before: Callable[[dict[str, Any]], None] = lambda status: None,
        **details: Any,
    ) -> None:
        """Replaces status.json; whatever ends or halts the run, its curves are then complete.

        Args:
            state: What the run does.
            before: What must be done before anybody can read it, e.g. a report; told the status.
            details: What else it says.
        """
        if state != "running":
            self.curves.flush()
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        owner = {"pid": os.getpid(), "host": socket.gethostname()}
        status = {"state": state, "at": now, **owner, **details}
        before(status)
        write_json(self.status_file, status)

    def status(self) -> dict[str, Any]:
        """Returns status.json; a run that says it works while nobody does is "interrupted"."""
        status = {"state": "created", "step": 0} | read_record(self.status_file, STATUS)[0]
        here = status.get("host") in (None, socket.gethostname())
        if status["state"] in AT_WORK and here and not self.is_busy():
            status["state"] = "interrupted"
        return status

    def is_busy(self) -> bool:
        """Whether a process of this machine is training this run now."""
        if not self.path.is_dir():  # deleted; looking must not make it again
            return False
        try:
            with self.lock(patience_seconds=0):
                return False
        except RunError:
            return True

    @contextmanager
    def lock(self, *, patience_seconds: float = 1.0) -> Iterator[None]:
        """Keeps every other process from training this run; freed even by kill -9.

        Args:
            patience_seconds: How long to wait for a lock that somebody holds only to look.

        Raises:
            RunError: Another process holds it.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.path / LOCK, timeout=patience_seconds, poll_interval=POLL_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise RunError(
                f"Run {self.name} is being trained by another process. Wait for it, or "
                f"stop it: multigan runs stop {self.path}"
            ) from None
        try:
            yield
        finally:
            lock.release()

    # What is asked of it

    def control(self) -> dict[str, Any]:
        """Returns what somebody asks: `want` (run, pause, stop), `checkpoint` (a count), `set`.

        Anybody may write control.json; what makes no sense in it is left out.
        """
        return parse_control(read_object(self.control_file))

    def request(
        self,
        *,
        want: str | None = None,
        checkpoint: bool = False,
        set: Mapping[str, float | None] | None = None,
    ) -> None:
        """Asks something of the run; what was asked before and not contradicted still holds.

        Args:
            want: "run", "pause" or "stop".
            checkpoint: Save one now.
            set: Knobs and their new values; None gives a knob back to its schedule.
        """
        from filelock import FileLock

        with FileLock(self.path / ".control-lock"):  # for the moment of one small write
            asked = self.control()
            asked["want"] = want or asked["want"]
            asked["checkpoint"] += checkpoint
            asked["set"] = {**asked["set"], **(set or {})}
            write_json(self.control_file, asked)

    def stop(self) -> None:
        """Asks the run to stop after the step in progress and a checkpoint."""
        self.request(want="stop")

    def wait(self, timeout_seconds: float | None = None) -> dict[str, Any]:
        """Returns the status as soon as nobody is training the run, or when the time is up.

        The run may be at work in this process, in another, or in none.
        """
        give_up = math.inf if timeout_seconds is None else time.monotonic() + timeout_seconds
        while self.is_busy() and time.monotonic() < give_up:
            time.sleep(WAIT_SECONDS)
        return self.status()

    # What it left

    def checkpoint_folders(self) -> list[Path]:
        """Returns the checkpoints, oldest first."""
        return checkpoints_in(self.checkpoints)

    def checkpoint_at(self, step: int) -> Path:
        """Returns the checkpoint of a step.

        Raises:
            CheckpointError: It is not kept, with those that are.
        """
        folders = {checkpoint_step(folder): folder for folder in self.checkpoint_folders()}
        if step not in folders:
            kept = ", ".join(map(str, folders)) or "none"
            raise CheckpointError(
                f"Run {self.name} keeps no checkpoint of step {step}. Kept: {kept}."
            )
        return folders[step]

    def sample_files(self) -> list[Path]:
        """Returns the sample previews, oldest first; of pictures with sounds, those."""
        files = sorted(self._preview_files(), key=lambda p: (int(p.stem), p.suffix))
        pictures = {file.stem for file in files if file.suffix == ".png"}
        return [file for file in files if file.suffix != ".wav" or file.stem not in pictures]

    def real_files(self) -> list[Path]:
        """Returns the sheet of real samples: none of an earlier multigan's run."""
        return sorted(self.samples.glob(f"{REAL}.*"))

    def _preview_files(self) -> list[Path]:
        found = self.samples.glob("[0-9]*")
        return [path for path in found if path.is_file() and look_step(path.name) is not None]

    def delete(self) -> None:
        """Removes the folder and all in it; a killed deletion leaves no run behind.

        Raises:
            RunError: It is being trained, or is no folder that a run made, or holds anything else.
        """
        path = self.path.absolute()
        marked = self.status_file.is_file() or any(self.path.glob(f"*{MARKER}"))
        if path.is_symlink() or not marked:
            raise RunError(f"{self.path} is not the folder of a run: not deleted.")
        strange = [p.name for p in path.iterdir() if p.name not in ENTRIES]
        strange = [n for n in strange if not n.startswith(".") and not n.endswith(MARKER)]
        if strange:
            raise RunError(
                f"{self.path} holds what no run makes ({', '.join(sorted(strange)[:5])}): not "
                "deleted. Move it elsewhere first."
            )
        doomed = path.with_name(f".{path.name}{DELETED}")
        remove_tree(doomed)  # of a killed deletion
        with self.lock(), suppress(PermissionError):
            path.rename(doomed)
        if path.exists():  # Windows renames no folder in which a file is locked
            path.rename(doomed)
        remove_tree(doomed)


def parse_control(found: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a control.json asks, without what makes no sense in it."""
    asked = sensible({name: found[name] for name in CONTROL if name in found}, CONTROL)[0]
    return {"want": "run", "checkpoint": 0, "set": {}} | asked


def create_run(
    root: str | Path, name: str, fill: Callable[[RunFolder], None] = lambda run: None
) -> RunFolder:
    """Makes the next numbered folder under `root`; two processes never get the same one.

    Args:
        root: Where runs are. What killed processes left there is removed.
        name: What follows the number.
        fill: Writes what the run begins with. Nobody sees its folder before that is there.

    Raises:
        RunError: The folder cannot be made.
    """
    root = Path(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with alone(root / LOCK):
            for left in [p for p in root.glob(".*") if _LEFT.fullmatch(p.name) and p.is_dir()]:
                remove_tree(left)
            number = 1 + max((run.number for run in find_runs(root)), default=0)
            return _published(root / f"{number:04d}-{name}", fill)
    except OSError as error:
        raise RunError(f"Cannot make a run folder under {root}: {error}") from None


def _published(path: Path, fill: Callable[[RunFolder], None]) -> RunFolder:
    building = path.with_name(f".{path.name}.tmp")
    try:
        building.mkdir()
        write_json(building / f"{path.name}{MARKER}", {"format": 1})
        fill(RunFolder(building))
        settle(building)
        building.rename(path)
    except BaseException:
        remove_tree(building)
        raise
    sync_folder(path.parent)
    return RunFolder(path)


def find_runs(root: str | Path) -> list[RunFolder]:
    """Returns the runs under `root`, by number."""
    root = Path(root)
    if not root.is_dir():
        return []
    folders = [p for p in root.iterdir() if p.is_dir() and _NAME.fullmatch(p.name)]
    return sorted((RunFolder(p) for p in folders), key=lambda run: (run.number, run.name))


def newest_called(name: str, root: str | Path) -> RunFolder | None:
    """Returns the newest run under `root` with a name behind its number, None if there is none."""
    return next((run for run in reversed(find_runs(root)) if run.title == name), None)


def find_run(reference: str | Path, root: str | Path = "runs") -> RunFolder:
    """Returns a run by path, by name or by number.

    Raises:
        RunError: There is none, with those that there are.
    """
    path = Path(reference)
    if (path / "recipe.json").is_file():
        return RunFolder(path)
    known = find_runs(root)
    text = str(reference)
    for run in known:
        if text == run.name or (text.isdecimal() and int(text) == run.number):
            return run
    if path.is_dir():
        raise RunError(f"{path} is a folder but not a run: it has no recipe.json.")
    if is_gallery_name(reference):
        raise RunError(
            f"{PREFIX}{gallery_folder(reference).name} is a saved pipeline, to be sampled and "
            "explored. This needs a run, with its data and its discriminator."
        )
    names = ", ".join(run.name for run in known[-5:]) or "none"
    raise RunError(f"There is no run {text!r} under {root}. The newest there: {names}.")


def checkpoint_step(folder: Path) -> int:
    """Returns the step in a checkpoint folder's name."""
    match = _CHECKPOINT.fullmatch(folder.name)
    if match is None:
        raise CheckpointError(f"{folder} is not named like a checkpoint, step-001000.")
    return int(match[1])


def look_step(name: str) -> int | None:
    """Returns the step in the name of a look, None if it is not named like one."""
    match = _PREVIEW.fullmatch(name)
    return int(match[1]) if match else None


def checkpoints_in(folder: Path) -> list[Path]:
    """Returns the checkpoints in `folder`, oldest first, without looking inside them."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if _CHECKPOINT.fullmatch(path.name)]
    return sorted(found, key=checkpoint_step)
