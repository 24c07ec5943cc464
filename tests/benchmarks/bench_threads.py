"""Measures what it costs and gains that CPU threads sleep, not spin, while they wait.

    python -m tests.benchmarks.bench_threads --steps 30

Trains the recipe `image` on random 28x28 pictures with two threads, in processes of their own that
take turns, alone and beside a process that keeps one core busy. Prints medians and the ratio
spin / sleep: above 1, sleeping is faster.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

POLICIES = {"spin": "ACTIVE", "sleep": "PASSIVE"}


def measure(steps: int) -> None:
    """What each process does: prints the median of its steps' seconds."""
    import torch

    from multigan.assemble import build_parts, build_trainer, load_data
    from multigan.core.engine import Engine
    from multigan.recipes import recipe

    torch.set_num_threads(2)
    images = torch.randint(256, (512, 1, 28, 28), dtype=torch.uint8)
    image, engine = recipe("image"), Engine("cpu")
    trainer = build_trainer(image, build_parts(image, load_data(image, images), engine), engine)
    seconds = []
    for _ in range(steps + 5):
        start = time.perf_counter()
        trainer.step()
        seconds.append(time.perf_counter() - start)
    print(statistics.median(seconds[5:]))


def in_process(policy: str, steps: int) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.bench_threads", "--measure"]
    environment = {**os.environ, "OMP_WAIT_POLICY": POLICIES[policy], "OMP_NUM_THREADS": "2"}
    done = subprocess.run(
        [*command, "--steps", str(steps)], env=environment, capture_output=True, check=True
    )
    return float(done.stdout)


def ratios(steps: int, rounds: int) -> dict[str, float | list[float]]:
    times = {policy: [] for policy in POLICIES}
    for _ in range(rounds):
        for policy, seconds in times.items():
            seconds.append(in_process(policy, steps))
    pairs = [a / b for a, b in zip(times["spin"], times["sleep"], strict=True)]
    medians = {f"{policy}_ms": 1e3 * statistics.median(v) for policy, v in times.items()}
    return {**medians, "spin_over_sleep": statistics.median(pairs), "pairs": pairs}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures waiting policies of CPU threads.")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="where to write the result")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        measure(args.steps)
        return
    result = {"alone": ratios(args.steps, args.rounds)}
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        result["beside one busy process"] = ratios(args.steps, args.rounds)
        busy.kill()
    for name, found in result.items():
        print(
            f"{name:>24}: spin {found['spin_ms']:.0f} ms, sleep {found['sleep_ms']:.0f} ms, "
            f"spin / sleep {found['spin_over_sleep']:.2f}"
        )
    if args.json:
        args.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
