"""The frame of a bench: its options, where it was run, and its result as JSON."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from benchmarks.common.turns import CLOCKS
from multigan.files import write_json

RESULTS = Path(__file__).parents[1] / "results"


def make_parser(doc: str | None) -> argparse.ArgumentParser:
    """Returns a parser that says a module's docstring as it is."""
    return argparse.ArgumentParser(
        prog=sys.argv[0], description=doc, formatter_class=argparse.RawTextHelpFormatter
    )


def start(parser: argparse.ArgumentParser) -> tuple[argparse.Namespace, dict[str, Any]]:
    """Reads the options, sets the threads, and returns the options and what a result begins with.

    Adds `--threads`, `--clock`, `--json` and `--alone`; the last is for `turns.alone`.
    """
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument(
        "--clock",
        choices=CLOCKS,
        default="wall",
        help="processor: what this process computed, whoever else was at work",
    )
    own = RESULTS / f"{sys.argv[0].split()[-1]}.json"
    parser.add_argument(
        "--json",
        type=Path,
        nargs="?",
        const=own,
        help=f"also write the result to this file (without a name: {own.name} of results/)",
    )
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    place = {
        "command": " ".join([sys.argv[0], *_without_json(sys.argv[1:])]),
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
        write_json(path, result)


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
    after = arguments[at + 1 :]
    return arguments[:at] + (after[1:] if after and not after[0].startswith("-") else after)
