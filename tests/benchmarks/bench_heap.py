"""Measures what it gains and costs to keep freed memory for the next step.

    python -m tests.benchmarks.bench_heap --json FILE

Trains in processes of their own that take turns, with glibc's own rule and with ours. Prints the
median processor time of a step and the largest peak memory of each.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LEAVE_ALONE = {"GLIBC_TUNABLES": ""}  # any of heap.SETTINGS makes multigan change nothing
WARM_UP = 5


def trainer_of(kind: str) -> Any:
    import torch

    from multigan.assemble import build_parts, build_trainer, load_data
    from multigan.core.engine import Engine
    from multigan.recipes import recipe

    if kind == "image":
        asked, data = recipe("image"), torch.randint(256, (512, 1, 28, 28), dtype=torch.uint8)
    else:
        warm_up = 1 if kind == "text, game" else 1000
        changes = {"data.limit": 512, "objective.discriminator_warmup": 0}
        asked = recipe("text").changed(changes | {"objective.warmup_steps": warm_up})
        data, asked = None, asked.with_data("oracle")
    engine = Engine("cpu")
    loaded = load_data(asked) if data is None else load_data(asked, data)
    return build_trainer(asked, build_parts(asked, loaded, engine), engine)


def measure(kind: str, steps: int) -> None:
    """What each process does: prints the median milliseconds of a step, and its peak in MiB."""
    trainer, times = trainer_of(kind), []
    for _ in range(steps + WARM_UP):
        begun = time.process_time()
        trainer.step()
        times.append(time.process_time() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(1e3 * statistics.median(times[WARM_UP:]), peak)


def in_process(kind: str, steps: int, extra: dict[str, str]) -> list[float]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_heap", "--measure", kind]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **extra}
    done = subprocess.run(
        [*command, "--steps", str(steps)], env=environment, stdout=subprocess.PIPE, check=True
    )
    return [float(value) for value in done.stdout.split()]


def compare(kind: str, steps: int, rounds: int) -> dict[str, Any]:
    rules: dict[str, dict[str, str]] = {"glibc": LEAVE_ALONE, "kept": {}}
    found: dict[str, list[list[float]]] = {name: [] for name in rules}
    for _ in range(rounds):
        for name, extra in rules.items():
            found[name].append(in_process(kind, steps, extra))
    times = {name: statistics.median(each[0] for each in rows) for name, rows in found.items()}
    peaks = {name: max(each[1] for each in rows) for name, rows in found.items()}
    return {"ms": times, "peak_mib": peaks, "glibc_over_kept": times["glibc"] / times["kept"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="where to write the result")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        measure(args.measure, args.steps)
        return
    result = {}
    for kind in ("image", "text, likelihood", "text, game"):
        result[kind] = found = compare(kind, args.steps, args.rounds)
        print(
            f"{kind:>16}: {found['ms']['glibc']:.0f} ms, kept {found['ms']['kept']:.0f} ms, ratio "
            f"{found['glibc_over_kept']:.2f}; peak {found['peak_mib']['glibc']:.0f} MiB, "
            f"kept {found['peak_mib']['kept']:.0f} MiB"
        )
    if args.json:
        args.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
