"""The folder of a sweep: `sweep.json`, and the runs, each an ordinary one in a folder of its own.

runs/sweep-0001-digits/
  sweep.json                        what was asked, and of each run its values, folder and state
  sweep.html                        the table and the pictures of all of them
  logs/width-32-seed-0.log          what the process of a run has said
  0001-width-32-seed-0/             a run
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multigan.errors import MultiganError, RunError
from multigan.files import POLL_SECONDS, alone, atomic_folder, read_json, write_json
from multigan.runs.folder import LOCK, RunFolder, newest_called
from multigan.runs.sweep.sweep_plan import Member, SweepPlan

FILE = "sweep.json"
FORMAT = 1
LOCK_FILE = ".sweep-lock"  # not the one by which runs are numbered, which its processes take
_NAME = re.compile(r"sweep-([0-9]{4,})-.+")


@dataclass
class Entry:
    """How one run of a sweep stands.

    Attributes:
        member: The run.
        state: "waiting", "running", "finished", "failed", "left behind" by halving, or "stopped" by
            a person.
        step: How far it was trained and measured when its process last ended well.
        folder: Its name within the sweep's, once there is one.
        message: Why it is as it is, in a sentence.
        killed: How often its process was killed.
    """

    member: Member
    state: str = "waiting"
    step: int = 0
    folder: str = ""
    message: str = ""
    killed: int = 0

    def to_json(self) -> dict[str, Any]:
        """Returns plain values that `from_json` reads back."""
        rest = {name: value for name, value in vars(self).items() if name != "member"}
        member = self.member
        return {"title": member.title, "values": member.values, "seed": member.seed, **rest}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Entry":
        """Reads what `to_json` returns."""
        values = dict(found)
        member = Member(values.pop("title"), values.pop("values"), values.pop("seed"))
        return cls(member, **values)


@dataclass
class SweepFolder:
    """A sweep on the disk.

    Attributes:
        path: Its folder.
        plan: What was asked for.
        entries: How each run stands, in the order in which they begin.
        threads: Of each process, also of those that go on on another day: that keeps their numbers.
        decided: The steps at which it has been decided who goes on.
    """

    path: Path
    plan: SweepPlan
    entries: list[Entry] = field(default_factory=list)
    threads: int = 1
    decided: list[int] = field(default_factory=list)

    @property
    def page_file(self) -> Path:
        """The page of the sweep."""
        return self.path / "sweep.html"

    def log_file(self, member: Member) -> Path:
        """Returns the file of what a run's process says."""
        return self.path / "logs" / f"{member.title}.log"

    def run_of(self, member: Member) -> RunFolder | None:
        """Returns the run's folder, None if it has not begun."""
        return newest_called(member.title, self.path)

    def entry(self, title: str) -> Entry:
        """Returns how the run of that title stands.

        Raises:
            RunError: There is none.
        """
        for one in self.entries:
            if one.member.title == title:
                return one
        raise RunError(f"The sweep {self.path} has no run called {title!r}.")

    def refresh(self) -> None:
        """Reads anew how the runs stand, which another process may have changed.

        Raises:
            RunError: sweep.json is damaged.
        """
        now = open_sweep(self.path)
        self.entries, self.threads, self.decided = now.entries, now.threads, now.decided

    def save(self) -> None:
        """Writes sweep.json."""
        write_json(self.path / FILE, self._to_json())

    def _to_json(self) -> dict[str, Any]:
        entries = [entry.to_json() for entry in self.entries]
        facts = {"threads": self.threads, "decided": self.decided}
        return {"format": FORMAT, "plan": self.plan.to_json(), **facts, "runs": entries}

    def is_busy(self) -> bool:
        """Whether a process of this machine is at work on the sweep."""
        try:
            with self.lock(patience_seconds=0):
                return False
        except RunError:
            return True

    @contextmanager
    def lock(self, patience_seconds: float = 1.0) -> Iterator[None]:
        """Keeps other processes from working on the sweep; freed even by kill -9.

        Raises:
            RunError: Another process does.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.path / LOCK_FILE, timeout=patience_seconds, poll_interval=POLL_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise RunError(
                f"Another process is at work on the sweep {self.path}. To look at it: "
                f"multigan sweep --show {self.path}"
            ) from None
        try:
            yield
        finally:
            lock.release()


def make_sweep(root: Path, name: str, plan: SweepPlan, threads: int) -> SweepFolder:
    """Makes the next numbered folder of a sweep under `root`.

    Raises:
        RunError: It cannot be made.
    """
    entries = [Entry(member) for member in plan.members()]
    try:
        root.mkdir(parents=True, exist_ok=True)
        with alone(root / LOCK):
            number = 1 + max((_number(path) for path in root.glob("sweep-*")), default=0)
            made = SweepFolder(root / f"sweep-{number:04d}-{name}", plan, entries, threads)
            with atomic_folder(made.path) as building:
                write_json(building / FILE, made._to_json())
    except OSError as error:
        raise RunError(f"Cannot make a sweep's folder under {root}: {error}") from None
    return made


def open_sweep(path: str | Path) -> SweepFolder:
    """Returns the sweep of a folder.

    Raises:
        RunError: It is no sweep's, or its sweep.json is damaged.
    """
    path = Path(path)
    if not is_sweep(path):
        raise RunError(f"{path} is not the folder of a sweep: it has no {FILE}.")
    try:
        found = read_json(path / FILE)
        if found["format"] > FORMAT:
            raise RunError(f"{path / FILE} was written by a newer multigan.")
        entries = [Entry.from_json(one) for one in found["runs"]]
        plan = SweepPlan.from_json(found["plan"])
        return SweepFolder(path, plan, entries, found["threads"], found["decided"])
    except RunError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, MultiganError) as error:
        raise RunError(f"{path / FILE} cannot be read: {error}") from None


def is_sweep(path: Path) -> bool:
    """Whether a folder is a sweep's."""
    return (path / FILE).is_file()


def find_sweeps(root: str | Path) -> list[Path]:
    """Returns the folders of sweeps under `root`, oldest first."""
    found = [path for path in Path(root).glob("sweep-*") if _number(path) and is_sweep(path)]
    return sorted(found, key=_number)


def same_sweep(root: Path, plan: SweepPlan) -> SweepFolder | None:
    """Returns the newest sweep under `root` of which the same was asked, None if there is none."""
    asked = plan.to_json()
    for path in reversed(find_sweeps(root)):
        try:
            found = open_sweep(path)
        except RunError:  # of another version, or damaged: it is not gone on with by chance
            continue
        if found.plan.to_json() == asked:
            return found
    return None


def _number(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    return int(match[1]) if match else 0
