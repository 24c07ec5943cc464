"""Measures what it costs and gains that CPU threads sleep, not spin, while they wait.

    python -m benchmarks waiting-threads --threads 2 --steps 30

Trains the recipe `image` on random 28x28 pictures with two threads, in processes of their own that
take turns, alone and beside a process that keeps one core busy. Prints medians and the ratio
spin / sleep: above 1, sleeping is faster.
"""

import statistics
import subprocess
import sys
from typing import Any

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import alone, image_trainer, median_step

NAME = "waiting-threads"
POLICIES = {"spin": "ACTIVE", "sleep": "PASSIVE"}


def ratios(rounds: int, threads: int, options: list[str]) -> dict[str, Any]:
    times: dict[str, list[float]] = {policy: [] for policy in POLICIES}
    for _ in range(rounds):
        for policy, spent in times.items():
            environment = {"OMP_WAIT_POLICY": POLICIES[policy], "OMP_NUM_THREADS": str(threads)}
            spent += alone(NAME, policy, options, environment)
    pairs = [a / b for a, b in zip(times["spin"], times["sleep"], strict=True)]
    medians = {f"{policy}_ms": statistics.median(spent) for policy, spent in times.items()}
    return {**medians, "spin_over_sleep": statistics.median(pairs), "pairs": pairs}


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    args, result = start(parser)
    if args.alone:
        print(median_step(image_trainer(), args.steps, args.clock))
        return
    options = ["--steps", str(args.steps), "--threads", str(args.threads), "--clock", args.clock]
    result["alone"] = ratios(args.rounds, args.threads, options)
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        result["beside one busy process"] = ratios(args.rounds, args.threads, options)
        busy.kill()
    for name in ("alone", "beside one busy process"):
        found = result[name]
        print(
            f"{name:>24}: spin {found['spin_ms']:.0f} ms, sleep {found['sleep_ms']:.0f} ms, "
            f"spin / sleep {found['spin_over_sleep']:.2f}"
        )
    finish(result, args.json)
