"""Measures what it gains and costs to keep freed memory for the next step.

    python -m benchmarks kept-heap --clock processor --json FILE

Trains in processes of their own that take turns, with glibc's own rule and with ours. Prints the
median time of a step and the largest peak memory of each.
"""

import statistics
from typing import Any

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import alone, image_trainer, median_step, own_peak

NAME = "kept-heap"
RULES = {"glibc": {"GLIBC_TUNABLES": ""}, "kept": {}}  # any of heap.SETTINGS: multigan does nothing
KINDS = ("image", "text, likelihood", "text, game")


def trainer_of(kind: str) -> Any:
    from multigan.core.engine import Engine
    from multigan.modalities.recipes import recipe
    from multigan.runs.assemble import build_parts, build_trainer, load_data

    if kind == "image":
        return image_trainer()
    warm_up = 1 if kind == "text, game" else 1000
    changes = {"data.limit": 512, "objective.discriminator_warmup": 0}
    asked = recipe("text").changed(changes | {"objective.warmup_steps": warm_up})
    asked, engine = asked.with_data("oracle"), Engine("cpu")
    return build_trainer(asked, build_parts(asked, load_data(asked), engine), engine)


def compare(kind: str, rounds: int, options: list[str]) -> dict[str, Any]:
    found: dict[str, list[list[float]]] = {name: [] for name in RULES}
    for _ in range(rounds):
        for name, environment in RULES.items():
            found[name].append(alone(NAME, kind, options, environment))
    times = {name: statistics.median(each[0] for each in rows) for name, rows in found.items()}
    peaks = {name: max(each[1] for each in rows) for name, rows in found.items()}
    return {"ms": times, "peak_mib": peaks, "glibc_over_kept": times["glibc"] / times["kept"]}


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    args, result = start(parser)
    if args.alone:
        print(median_step(trainer_of(args.alone), args.steps, args.clock), own_peak())
        return
    options = ["--steps", str(args.steps), "--threads", str(args.threads), "--clock", args.clock]
    for kind in KINDS:
        result[kind] = found = compare(kind, args.rounds, options)
        print(
            f"{kind:>16}: {found['ms']['glibc']:.0f} ms, kept {found['ms']['kept']:.0f} ms, ratio "
            f"{found['glibc_over_kept']:.2f}; peak {found['peak_mib']['glibc']:.0f} MiB, "
            f"kept {found['peak_mib']['kept']:.0f} MiB"
        )
    finish(result, args.json)
