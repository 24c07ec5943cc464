"""Keeps memory that a training step frees, for the next step to use again.

Unless told otherwise, glibc gives large blocks back to the kernel as soon as they are free. A
training step on a CPU allocates and frees the same tensors of megabytes again and again, and the
kernel zeroes every page of every one of them. Steps on text are faster by a fifth to a half without
(benchmarks/kept_heap.py), steps on small pictures as fast as before.

It concerns the whole process, so it is left to who owns it, the command line, and to who is about
to train a recipe on a CPU: importing multigan changes nothing.
"""

import os

MMAP_THRESHOLD = 32 << 20  # the most that glibc takes; larger blocks still go to the kernel
TRIM_THRESHOLD = 1 << 30  # this much may lie unused at the end of the heap
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of malloc.h
SETTINGS = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")


def keep_freed_memory() -> bool:
    """Sets both thresholds of this process, and returns whether it did.

    It does not where the C library is another, nor where the environment already says what is
    wanted, in any of `SETTINGS`. Calling it again changes nothing.
    """
    if not _is_glibc() or any(name in os.environ for name in SETTINGS):
        return False
    import ctypes

    mallopt = ctypes.CDLL(None).mallopt
    return bool(
        mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD) and mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD)
    )


def _is_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (AttributeError, ValueError, OSError):  # Windows, macOS, musl
        return False
