"""Random draws that depend on (seed, step) and on nothing else.

Two ideas make a run repeatable to the bit, whatever it runs on:

- `seeded(seed, step, ...)` makes every draw of a block a function of those numbers, so a resumed
  run needs no stored random state, and the user's own draws are left alone.
- `normal` and `uniform` draw one row per sample *of the whole batch* and return the rows of the
  part being worked on; dropout does the same. A batch split over processes or over accumulation
  steps therefore sees the same latents and the same augmentations as the same batch in one piece.
"""

import hashlib
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

import torch
from torch import Tensor

from multigan.core.dropout import WholeBatchDropout

# torch has one random state a process: a notebook that samples while it trains must not mix both.
_one_at_a_time = threading.RLock()


def _free_in_child() -> None:
    global _one_at_a_time
    _one_at_a_time = threading.RLock()  # another thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_in_child)

_seeded_devices: set[torch.device] = set()  # besides the one that is current

_part: ContextVar[tuple[int, int]] = ContextVar("part", default=(0, 1))


def seed_from(*path: int | str) -> int:
    """Returns a 63-bit seed that depends on all of `path`, e.g. `seed_from(seed, "data", 3)`."""
    digest = hashlib.blake2b(repr(path).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def fresh_seed() -> int:
    """Returns a seed that nobody chose, another one each time; the user's draws are left alone."""
    return secrets.randbits(53)


@contextmanager
def seeded(*path: int | str) -> Iterator[None]:
    """Makes the block's random draws a function of `path` alone, e.g. `seeded(seed, step)`.

    The surrounding random state is put back afterwards, so a training step disturbs nothing
    that the user's own code draws. A block waits for those of other threads to end; what another
    thread draws outside of any block meanwhile is neither repeatable nor harmless.
    """
    devices = _devices()
    with _one_at_a_time, torch.random.fork_rng(devices=devices):
        _seed(seed_from(*path), devices)
        yield


def seed_also(device: torch.device) -> None:
    """Lets `seeded` blocks decide what is drawn on this device, too, from now on.

    Without it they decide the draws of the CPU and of the current CUDA device alone.
    """
    if device.type == "cuda":
        torch.cuda.init()  # type: ignore[no-untyped-call]  # draws before it would not be seeded
        _seeded_devices.add(device)


def _devices() -> list[int]:
    """Returns the numbers of the CUDA devices whose draws are seeded."""
    if not torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        return []
    current = torch.cuda.current_device()
    return sorted({current, *(d.index for d in _seeded_devices if d.index is not None)})


def _seed(seed: int, devices: list[int]) -> None:
    """Seeds the generators that are in use.

    `torch.manual_seed` would also leave a seed, with a formatted traceback, to every kind of device
    that is not in use (0.2 ms each time), and seed GPUs whose state nobody puts back.
    """
    torch.default_generator.manual_seed(seed)
    for device in devices:
        torch.cuda.default_generators[device].manual_seed(seed)
    if torch.backends.mps.is_available():
        torch.mps.manual_seed(seed)


@contextmanager
def part_of(index: int, parts: int) -> Iterator[None]:
    """Declares that the block works on part `index` of a batch that was split into `parts`."""
    token = _part.set((index, parts))
    try:
        with WholeBatchDropout(index, parts) if parts > 1 else nullcontext():
            yield
    finally:
        _part.reset(token)


def current_part() -> tuple[int, int]:
    """Returns which part of a split batch is worked on, and of how many: (0, 1) of a whole."""
    return _part.get()


def normal(count: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    """Returns standard normal draws (count, *shape): this part's rows of the whole batch's."""
    return _rows(torch.randn, count, shape, device)


def uniform(count: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    """Returns uniform draws in [0, 1), (count, *shape): this part's rows of the whole batch's."""
    return _rows(torch.rand, count, shape, device)


def _rows(draw, count: int, shape: tuple[int, ...], device: torch.device | str) -> Tensor:  # type: ignore[no-untyped-def]
    index, parts = _part.get()
    return draw(parts * count, *shape, device=device)[index * count : (index + 1) * count]
