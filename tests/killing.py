"""Kills a process before any chosen one of the file operations by which it writes.

A process is forked from this one, which has torch imported already, and counts with an audit hook:
files opened for writing, renames, removals, folders made, modes changed. POSIX only.
"""

import os
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch

OPERATIONS = {
    *("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "shutil.copyfile", "shutil.rmtree", "shutil.move"),
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
EXCHANGE = ("ctypes.dlsym", "renameat2")  # the system call is seen by nobody, its look-up is


class Ended(NamedTuple):
    """How a forked process ended.

    Attributes:
        code: Its exit code, or less a signal's number.
        said: What it printed.
    """

    code: int
    said: str


def forked(work: Callable[[], Any], *, output: int | None = None) -> Ended:
    """Runs `work` in a process of its own, which exits with its number or 0, or 70 if it raises.

    Args:
        work: What it does.
        output: Its stdout, a file descriptor; None takes what it prints back, with stderr.
    """
    with tempfile.TemporaryFile() as said:
        with warnings.catch_warnings(action="ignore"):  # of Python 3.12: threads are not forked
            child = os.fork()
        if child == 0:
            os.dup2(said.fileno() if output is None else output, 1)
            os.dup2(said.fileno(), 2)
            os._exit(_done(work))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        return Ended(code, said.read().decode(errors="replace"))


def _done(work: Callable[[], Any]) -> int:
    sys.stdout, sys.stderr = (os.fdopen(os.dup(number), "w") for number in (1, 2))
    torch.set_num_threads(1)
    try:
        code = work() or 0
    except BaseException:
        traceback.print_exc()
        code = 70
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or 120  # as Python itself ends
    return code if isinstance(code, int) else 0


def killed_before(number: int, work: Callable[[], Any], root: Path) -> Ended:
    """Runs `work` in a process that kills itself before its `number`-th writing file operation.

    Files that are opened outside `root` do not count.
    """

    def run() -> Any:
        _count(root, lambda done: done == number and os.kill(os.getpid(), signal.SIGKILL))
        return work()

    return forked(run)


def count_of(work: Callable[[], Any], root: Path) -> int:
    """Runs `work` to its end and returns how many writing file operations it took."""
    done: list[int] = []

    def run() -> int:
        _count(root, done.append)
        work()
        print(f"\n{len(done)}")
        return 0

    ended = forked(run)
    assert ended.code == 0, ended.said
    return int(ended.said.split()[-1])


def _count(root: Path, on_operation: Callable[[int], Any]) -> None:
    count = 0
    place = os.fspath(root)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal count
        if event in OPERATIONS or (event == EXCHANGE[0] and args[1] == EXCHANGE[1]):
            counts = True
        else:
            counts = event == "open" and _writes(place, *args)
        if counts:
            count += 1
            on_operation(count)

    sys.addaudithook(hook)


def _writes(place: str, path: Any, mode: Any, flags: Any) -> bool:
    if not isinstance(path, str | bytes | os.PathLike) or not isinstance(flags, int):
        return False
    return bool(flags & WRITING) and os.fsdecode(path).startswith(place)
