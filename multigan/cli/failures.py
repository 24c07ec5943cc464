"""What the machine refuses, in one line: memory, disk, permission."""

import re

OUT_OF_MEMORY = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "Storage size calculation overflowed",
)
REMEDY = "Make it smaller: batch_size, the networks' width, or the number of samples."
_ALLOCATOR = re.compile(r"^(\[enforce fail[^\]]*\].*?)?DefaultCPUAllocator: ")


def sentence(error: Exception) -> str | None:
    """Returns what to tell a person of a failure of the machine; None if the program is to blame.

    Example:
        >>> sentence(PermissionError(13, "Permission denied", "/proc/x"))
        'Permission denied: /proc/x'
    """
    if isinstance(error, OSError):
        return _of_a_file(error)
    first = next(iter(str(error).splitlines()), "")
    if isinstance(error, MemoryError):
        return f"Out of memory{f': {first}' if first else ''}. {REMEDY}"
    if isinstance(error, RuntimeError) and any(text in first for text in OUT_OF_MEMORY):
        return f"Out of memory: {_ALLOCATOR.sub('', first).rstrip('.')}. {REMEDY}"
    return None


def _of_a_file(error: OSError) -> str:
    if error.strerror is None:
        return str(error) or type(error).__name__
    return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
