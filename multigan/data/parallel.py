"""Work in threads, handed back in order, with a bounded amount under way."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")


def num_threads() -> int:
    """Returns how many threads decoding is worth: one for each processor of this process."""
    affinity = getattr(os, "sched_getaffinity", None)  # absent on macOS and Windows
    return min(8, len(affinity(0)) if affinity else os.cpu_count() or 1)


def chunks(items: Iterable[A], size: int) -> Iterator[list[A]]:
    """Cuts `items` into lists of `size`; the last may be shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def map_in_order(function: Callable[[A], R], inputs: Iterable[A]) -> Generator[R, None, None]:
    """Yields `function(x)` for every input, in order, computed in threads.

    Only a few inputs are taken ahead. Closing the generator, or an exception in it, waits for what
    is running and starts nothing more.
    """
    threads = num_threads()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="multigan-decode")
    pending: deque[Future[R]] = deque()
    try:
        for value in inputs:
            pending.append(pool.submit(function, value))
            if len(pending) > 2 * threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
