"""Every exception multigan raises on purpose.

MultiganError
├── ConfigError             a recipe, an option or a pair of components cannot be built
│   ├── UnknownNameError    a registry has no component of that name
│   └── MeasureError        the samples, or their features, do not allow a metric
├── DataError               the data cannot be read as asked
├── ShapeError              two components disagree about a tensor's shape
├── CheckpointError         a saved file is missing, damaged, or does not fit
├── RunError                a run directory is missing, busy, or not in a state for the request
├── DivergedError           a loss term stopped being finite
└── MissingDependencyError  an optional package is needed for what was asked
"""

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

OUT_OF_MEMORY = re.compile(
    r"out of memory|not enough memory|(can't|cannot|could not|unable to) allocate"
    r"|Storage size calculation overflowed|bad_alloc|failed to map segment|can't start new thread"
    # oneDNN's words; of what it cannot do it says "primitive descriptor"
    r"|could not (create|execute) a (memory|primitive)(?! descriptor)",
    re.IGNORECASE,
)
REMEDY = (
    "Make it smaller: batch_size, the networks' width, or the number of samples. In training, "
    "accumulate=2 cuts a batch into two pieces, and learns the same."
)
_ALLOCATOR = re.compile(r"^(\[enforce fail[^\]]*\].*?)?DefaultCPUAllocator: ")


class MultiganError(Exception):
    """Base class, so that callers can catch everything multigan raises on purpose."""


class ConfigError(MultiganError, ValueError):
    """A recipe, an option or a pair of components cannot be built."""


class UnknownNameError(ConfigError, KeyError):
    """A registry has no component of that name."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        guess = get_close_matches(name, known, n=1)
        hint = f" Did you mean {guess[0]!r}?" if guess else ""
        super().__init__(f"There is no {kind} called {name!r}.{hint} Known: {', '.join(known)}.")

    __str__ = Exception.__str__  # KeyError would show the message as a quoted repr


class MeasureError(ConfigError):
    """The samples, or their features, do not allow a metric; others can still be measured."""


def known(kind: str, name: str, names: Collection[str]) -> str:
    """Returns a name, if it is one of those that there are.

    Raises:
        UnknownNameError: It is not.
    """
    if name not in names:
        raise UnknownNameError(kind, name, names)
    return name


class DataError(MultiganError, ValueError):
    """The data cannot be read as asked."""


class ShapeError(MultiganError, ValueError):
    """Two components disagree about a tensor's shape."""


class CheckpointError(MultiganError):
    """A saved file is missing, damaged, or does not fit what is being loaded into."""


class RunError(MultiganError):
    """A run directory is missing, busy, or not in a state for what was asked."""


class DivergedError(MultiganError, ArithmeticError):
    """A loss term stopped being finite."""


class MissingDependencyError(MultiganError, ImportError):
    """An optional package is needed for what was asked."""

    def __init__(self, package: str, *, purpose: str, extra: str = "", pip: str = "") -> None:
        """Says how to install it: with one of multigan's extras, or with pip's own words."""
        install = pip or f"'multigan[{extra}]'"
        super().__init__(
            f"{purpose} needs the package {package!r}, which is not installed. "
            f"Install it with: pip install {install}"
        )


def first_line(error: BaseException) -> str:
    """Returns the first line that says anything, of an error of a library that writes many."""
    return next((line.strip() for line in str(error).split("\n") if line.strip()), repr(error))


def refusal(error: Exception) -> str | None:
    """Returns what to tell a person of what the machine refuses: memory, disk, permission.

    None if the program is to blame. torch has no exception of its own for a CPU's memory.

    Example:
        >>> refusal(PermissionError(13, "Permission denied", "/proc/x"))
        'Permission denied: /proc/x'
    """
    if isinstance(error, OSError):
        return _of_a_file(error)
    first = next(iter(str(error).splitlines()), "")
    if isinstance(error, MemoryError):
        return f"Out of memory{f': {first}' if first else ''}. {REMEDY}"
    if isinstance(error, RuntimeError | ImportError) and OUT_OF_MEMORY.search(first):
        return f"Out of memory: {_ALLOCATOR.sub('', first).rstrip('.')}. {REMEDY}"
    return None


def out_of_memory(error: BaseException) -> bool:
    """Whether an error of torch's says that there is no memory left."""
    return OUT_OF_MEMORY.search(str(error)) is not None


def _of_a_file(error: OSError) -> str:
    if error.strerror is None:
        return str(error) or type(error).__name__
    return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
