"""Where the runs of a sweep are trained: each in a process of its own, so that one ends alone."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from multigan.errors import ConfigError
from multigan.runs.sweep.sweep_folder import Entry, SweepFolder

GPUS = "CUDA_VISIBLE_DEVICES"


class Work(Protocol):
    """A run in training."""

    def poll(self) -> int | None:
        """Returns its exit code, or less a signal's number; None as long as it goes on."""
        ...

    def send_signal(self, number: int, /) -> None:
        """Passes a signal on; asked to stop, it saves and ends."""
        ...


class Place(Protocol):
    """Where one run at a time can be trained."""

    def begin(self, sweep: SweepFolder, entry: Entry, step: int) -> Work:
        """Begins to train a run to a step, or goes on with it."""
        ...


class OwnProcess:
    """A process that this one has started, and that reads its input until there is no writer."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def poll(self) -> int | None:
        """Returns its exit code, or less a signal's number; None as long as it goes on."""
        code = self._process.poll()
        if code is not None and self._process.stdin is not None:
            self._process.stdin.close()
        return code

    def send_signal(self, number: int) -> None:
        """Sends a signal."""
        self._process.send_signal(number)


@dataclass(frozen=True)
class Here:
    """This machine, or one of its GPUs.

    Attributes:
        device: As in `multigan train`.
        gpu: What the process sees of all GPUs; "" for all.
    """

    device: str = "auto"
    gpu: str = field(default="")

    def begin(self, sweep: SweepFolder, entry: Entry, step: int) -> Work:
        """Starts a process; should this one be killed, it saves and ends by itself."""
        log = sweep.log_file(entry.member)
        log.parent.mkdir(exist_ok=True)
        threads = {"OMP_NUM_THREADS": str(sweep.threads)}
        seen = {GPUS: self.gpu} if self.gpu else {}
        with log.open("ab") as said:
            process = subprocess.Popen(
                worker_command(sweep, entry, step, self.device),
                stdin=subprocess.PIPE,  # nothing is written: it ends when this process does
                stdout=said,
                stderr=said,
                env={**os.environ, **threads, **seen},
            )
        return OwnProcess(process)


def worker_command(sweep: SweepFolder, entry: Entry, step: int, device: str) -> list[str]:
    """Returns what trains a run of a sweep to a step."""
    title = entry.member.title
    module = "multigan.runs.sweep.worker"
    return [sys.executable, "-m", module, str(sweep.path), title, str(step), device]


def on_this_machine(jobs: int, device: str = "auto") -> list[Place]:
    """Returns places for several runs at a time.

    Raises:
        ConfigError: There are none.
    """
    if jobs < 1:
        raise ConfigError(f"At least one run is trained at a time, not {jobs}.")
    return [Here(device)] * jobs


def on_gpus(gpus: Sequence[int], jobs: int = 0) -> list[Place]:
    """Returns a place on each of some GPUs, or `jobs` places that share them evenly.

    Raises:
        ConfigError: This machine's torch does not see them all.
    """
    import torch

    count = torch.cuda.device_count()
    missing = [number for number in gpus if not 0 <= number < count]
    if missing:
        raise ConfigError(
            f"This machine's torch {torch.__version__} sees {count} GPUs, so there is none "
            f"numbered {missing[0]}. Several runs at a time on the CPU: --jobs 2"
        )
    visible = os.environ.get(GPUS, "")
    names = visible.split(",") if visible else [str(number) for number in range(count)]
    chosen = [names[number] for number in gpus]
    return [Here("cuda", chosen[index % len(chosen)]) for index in range(jobs or len(chosen))]


def threads_each(places: Sequence[Place]) -> int:
    """Returns how many threads a process gets so that all together have one for each core."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return max((os.cpu_count() or 1) // len(places), 1)
