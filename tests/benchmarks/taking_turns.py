"""Times several things in one process, turn by turn, and writes down where that was.

Two numbers from two runs cannot be compared on a machine that does other things as well. Here
every side does one unit of work per round, the order turns round in every other one, and what is
reported is the median of the ratios within the rounds, with their middle half.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from multigan.files import write_atomic

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
    ratios = [a / b for a, b in zip(times[over], times[under], strict=True)]
    low, median, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return {"median": round(median, 4), "low": round(low, 4), "high": round(high, 4)}


def show_ratio(value: Mapping[str, float]) -> str:
    """Returns e.g. "1.021 (1.010 to 1.034)"."""
    return f"{value['median']:.3f} ({value['low']:.3f} to {value['high']:.3f})"


def medians(times: Times) -> dict[str, float]:
    """Returns each side's median seconds."""
    return {name: round(statistics.median(spent), 7) for name, spent in times.items()}


def start(parser: argparse.ArgumentParser, module: str) -> tuple[argparse.Namespace, dict]:
    """Reads the options, sets the threads, and returns the options and what a result begins with.

    Adds `--threads`, `--clock`, `--json` and `--alone`; the last is for `peak_memory`.
    """
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument(
        "--clock",
        choices=CLOCKS,
        default="wall",
        help="processor: what this process computed, whoever else was at work",
    )
    parser.add_argument("--json", type=Path, help="also write the result to this file")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    place = {
        "command": " ".join(["python", "-m", module, *_without_json(sys.argv[1:])]),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{processors()}-core {platform.machine().replace('_', '-')} CPU",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": options.threads,
        "clock": options.clock,
        "load_before": load(),
    }
    return options, place


def finish(result: dict[str, Any], path: Path | None) -> None:
    """Adds the load at the end, warns if the machine was busy, and writes the result."""
    result["load_after"] = load()
    if result["load_before"] > 0.5:
        print(f"The machine was busy before (load {result['load_before']}): trust ratios only.")
    if path is not None:
        write_atomic(path, json.dumps(result, indent=1) + "\n")


def peak_memory(module: str, side: str, options: Sequence[str]) -> float:
    """Returns the MiB that one side takes at most, in the middle one of three processes."""
    return statistics.median(alone(module, side, options)[-1] for _ in range(3))


def alone(
    module: str,
    side: str,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> list[float]:
    """Returns the numbers that one side prints last, in a process and an environment of its own."""
    command = [sys.executable, "-m", module, "--alone", side, *options]
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


def processors() -> int:
    """Returns how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def load() -> float:
    """Returns how many processes wanted a processor in the last minute, on average."""
    return round(os.getloadavg()[0], 2)


def _without_json(arguments: list[str]) -> list[str]:
    if "--json" not in arguments:
        return arguments
    at = arguments.index("--json")
    return arguments[:at] + arguments[at + 2 :]
