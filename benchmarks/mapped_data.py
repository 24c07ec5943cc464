"""Reads shuffled batches from a set ten times larger than memory, and watches the process's memory.

    python -m benchmarks mapped-data --json benchmarks/results/mapped.json

The set is a sparse file, which takes no room on the disk: this measures the reading, not the disk.
Beside it stands the same reading with the system's own read-ahead, turn by turn.
"""

import mmap
import os
import tempfile
from pathlib import Path

import numpy as np
import torch

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import ratio, show_ratio, take_turns
from multigan.data.source import MappedSource

SHAPE = (3, 32, 32)
BATCH = 64


def make_sparse(path: Path, count: int) -> None:
    """Writes a `.npy` file of `count` black pictures that occupies only its header."""
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, *SHAPE)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + count * 3072)


def resident_mib() -> float:
    """Returns the memory that this process holds now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * mmap.PAGESIZE / 2**20


def main() -> None:
    """Measures, prints and, if asked to, writes the result."""
    parser = make_parser(__doc__)
    parser.add_argument("--times-memory", type=float, default=10)
    parser.add_argument("--batches", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=12)
    args, result = start(parser)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    count = int(args.times_memory * memory / 3072)
    draws = torch.Generator().manual_seed(0)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "huge.npy"
        make_sparse(path, count)
        ours, ahead = MappedSource(path), MappedSource(path)
        ahead._map.madvise(mmap.MADV_NORMAL)
        ahead._prefetch = lambda indices: None  # type: ignore[method-assign]

        def read(source: MappedSource, batches: int = 1) -> None:
            for _ in range(batches):
                source.read(torch.randint(count, (BATCH,), generator=draws))

        read(ours)
        before = resident_mib()
        read(ours, args.batches)
        after = resident_mib()
        times = take_turns(
            {"read-ahead": lambda: read(ahead, 2), "ours": lambda: read(ours, 2)},
            args.rounds,
            1,
            args.clock,
        )
    slower = ratio(times, "read-ahead", "ours")
    print(f"{count:,} pictures, {count * 3072 / 2**30:.0f} GiB, {args.times_memory:g} x memory")
    print(f"Memory after the first batch and {args.batches} later: {before:.0f}, {after:.0f} MiB")
    print(f"Read-ahead / ours: {show_ratio(slower)}")
    result |= {"gib": round(count * 3072 / 2**30), "batches": args.batches}
    result |= {"mib_before": round(before), "mib_after": round(after)}
    finish({**result, "read_ahead_over_ours": slower}, args.json)
