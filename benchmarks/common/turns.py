"""Times several things in one process, turn by turn; and each alone, in processes of its own.

Two numbers from two runs cannot be compared on a machine that does other things as well. Here
every side does one unit of work per round, the order turns round in every other one, and what is
reported is the median of the ratios within the rounds, with their middle half.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from multigan.cli.bench.timing import spread

Times = dict[str, list[float]]

CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}


def take_turns(
    sides: Mapping[str, Callable[[], object]], rounds: int, warm_up: int, clock: str = "wall"
) -> Times:
    """Returns the seconds that each side took in each round, after `warm_up` rounds."""
    times: Times = {name: [] for name in sides}
    for index in range(-warm_up, rounds):
        names = list(sides)[:: 1 if index % 2 else -1]
        for name in names:
            spent = seconds(sides[name], CLOCKS[clock])
            if index >= 0:
                times[name].append(spent)
    return times


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Returns how long `work` takes."""
    begun = clock()
    work()
    return clock() - begun


def ratio(times: Times, over: str, under: str) -> dict[str, float]:
    """Returns the median of `over`'s time through `under`'s in the same round, and quartiles."""
    found = spread([a / b for a, b in zip(times[over], times[under], strict=True)])
    return {name: round(value, 4) for name, value in found.items()}


def show_ratio(value: Mapping[str, float]) -> str:
    """Returns e.g. "1.021 (1.010 to 1.034)"."""
    return f"{value['median']:.3f} ({value['low']:.3f} to {value['high']:.3f})"


def medians(times: Times) -> dict[str, float]:
    """Returns each side's median seconds."""
    return {name: round(statistics.median(spent), 7) for name, spent in times.items()}


def peak_memory(bench: str, side: str, options: Sequence[str]) -> float:
    """Returns the MiB that one side takes at most, in the middle one of three processes."""
    return statistics.median(alone(bench, side, options)[-1] for _ in range(3))


def alone(
    bench: str,
    side: str,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> list[float]:
    """Returns the numbers that one side prints last, in a process and an environment of its own."""
    command = [sys.executable, "-m", "benchmarks", bench, "--alone", side, *options]
    done = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    return [float(number) for number in done.stdout.splitlines()[-1].split()]


def median_step(trainer: Any, steps: int, clock: str) -> float:
    """Returns the median milliseconds of a trainer's steps, after the first five."""
    return 1e3 * statistics.median(
        [seconds(trainer.step, CLOCKS[clock]) for _ in range(5 + steps)][5:]
    )


def image_trainer() -> Any:
    """Returns a trainer of the recipe `image` on random pictures of 28 x 28."""
    from multigan.core.engine import Engine
    from multigan.modalities.recipes import recipe
    from multigan.runs.assemble import build_parts, build_trainer, load_data

    image, engine = recipe("image"), Engine("cpu")
    pictures = torch.randint(256, (512, 1, 28, 28), dtype=torch.uint8)
    return build_trainer(image, build_parts(image, load_data(image, pictures), engine), engine)


def say_own_peak() -> None:
    """Prints what `peak_memory` waits for, in the process it started."""
    print(own_peak())


def own_peak() -> float:
    """Returns the MiB that this process has taken at most."""
    if sys.platform == "linux":
        # Not getrusage's ru_maxrss, which a new process takes over from the one that started it.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        kibibytes = int(status.split("VmHWM:")[1].split()[0])
    else:
        kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10  # macOS: in bytes
    return round(kibibytes / 2**10, 1)
