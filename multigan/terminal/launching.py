"""Several processes that train one run on this machine: started, listened to, and ended together.

torchrun does as much, but ends a run that was asked to stop with a traceback of its own.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from multigan.core.processes import Place, find_place
from multigan.errors import ConfigError, RunError
from multigan.runs.interrupts import heeding

POLL_SECONDS = 0.1
# The others of a dead process notice by themselves, or are asked to end, or are ended.
NOTICE_SECONDS, END_SECONDS = 3.0, 10.0

Child = subprocess.Popen[bytes]


def wanted_processes(args: Namespace) -> int:
    """Returns how many processes are to be started; 0 for none, as in one of those.

    Raises:
        ConfigError: This machine has fewer GPUs.
    """
    if find_place() is not None or not (args.gpus or args.processes):
        return 0
    if args.gpus:
        _check_gpus(args.gpus)
        args.words = [*args.words, "--device", "cuda"]
    count: int = args.gpus or args.processes
    return count


def _check_gpus(count: int) -> None:
    import torch

    found = torch.cuda.device_count()
    if found < count:
        raise ConfigError(
            f"This machine's torch {torch.__version__} sees {found} GPUs, not {count}. Several "
            f"processes on the CPU: --processes {count} --device cpu"
        )


def launch(words: Sequence[str], count: int) -> int:
    """Runs multigan's command line in `count` processes and returns its exit code.

    Signals are passed on to all of them. If one dies, the others end within seconds.

    Args:
        words: What follows `multigan`.
        count: How many processes.

    Raises:
        RunError: A process was killed, with what to do.
    """
    port = _free_port()
    children = [_start(words, Place(rank, count, rank, "127.0.0.1", port)) for rank in range(count)]
    with _passing_signals_on(children):
        first = _wait_for_first_failure(children)
        if first is None:
            return 0
        _end(children)
    code = children[first].returncode
    if code > 0:
        return code  # it has said why
    raise RunError(
        f"Process {first + 1} of {count} was killed by {signal.Signals(-code).name}, as systems do "
        "that have no memory left, and the others have ended, too. The run goes on from its latest "
        "checkpoint with: multigan resume"
    )


def _start(words: Sequence[str], place: Place) -> Child:
    threads = max((os.cpu_count() or 1) // place.world_size, 1)
    environment = {"OMP_NUM_THREADS": str(threads), **os.environ, **place.environment()}
    return subprocess.Popen([sys.executable, "-m", "multigan", *words], env=environment)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def _passing_signals_on(children: Sequence[Child]) -> Iterator[None]:
    def pass_on(number: int, frame: Any) -> None:
        for child in children:
            if child.poll() is None:
                child.send_signal(number)

    with heeding(pass_on):
        yield


def _wait_for_first_failure(children: Sequence[Child]) -> int | None:
    """Returns which process failed first, None once all have ended well."""
    while True:
        codes = [child.poll() for child in children]
        failed = [rank for rank, code in enumerate(codes) if code]
        if failed:
            killed = [rank for rank in failed if (codes[rank] or 0) < 0]
            return (killed or failed)[0]
        if None not in codes:
            return None
        time.sleep(POLL_SECONDS)


def _end(children: Sequence[Child]) -> None:
    """Waits for the others of a dead process, a little, and ends them if need be."""
    for seconds, ending in ((NOTICE_SECONDS, "terminate"), (END_SECONDS, "kill")):
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(child.poll() is None for child in children):
            time.sleep(POLL_SECONDS)
        for child in children:
            if child.poll() is None:
                getattr(child, ending)()
    for child in children:
        child.wait()
