"""What tells one data set from another, wherever it lies and however it is stored.

Shapes: N samples, S the shape of one.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from math import prod

import torch
from torch import Tensor

from multigan.data.source import Source

BYTES_HASHED = 64 << 20  # a tenth of a second
BYTES_AT_ONCE = 4 << 20


def content_fingerprint(
    source: Source,
    shape: Sequence[int],
    labels: Tensor | None,
    classes: Sequence[str],
    files: str,
) -> str:
    """Returns 16 hexadecimal digits that depend on the samples and on nothing around them.

    Up to 64 MiB of samples are hashed whole. Of more, as many are hashed as fit into that, spread
    evenly, together with `files`: a change to the others shows if it changes their files' sizes or
    the checksums that an archive has, and is overlooked if it changes neither.

    Args:
        source: N samples, uint8.
        shape: S.
        labels: (N,) or (N, C), or None.
        classes: The classes' or the numbers' names.
        files: Depends on the contents of the files, as far as that is cheap to know.
    """
    rows = _rows(len(source), prod(shape))
    whole = len(rows) == len(source)
    facts = (len(source), tuple(shape), tuple(classes), "" if whole else files)
    hashed = blake2b(repr(facts).encode(errors="surrogateescape"), digest_size=8)
    for part in _parts(rows, prod(shape)):
        raw, _ = source.read(part)
        hashed.update(raw.contiguous().numpy().data)
    if labels is not None:
        exact = labels.float() if labels.is_floating_point() else labels.long()
        hashed.update(exact.contiguous().numpy().data)
    return hashed.hexdigest()


def _rows(count: int, row_bytes: int) -> Tensor:
    kept = min(count, max(1, BYTES_HASHED // row_bytes))
    return torch.arange(kept) * count // kept


def _parts(rows: Tensor, row_bytes: int) -> Iterator[Tensor]:
    return iter(torch.split(rows, max(1, BYTES_AT_ONCE // row_bytes)))
