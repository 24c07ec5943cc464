"""Euclidean distances between large sets, a bounded block at a time.

Shapes: N and M samples, F features.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from multigan.errors import MeasureError, ShapeError

# 8 M float64 entries are 64 MB: with the products and masks made from it, a block stays far below
# 512 MB, and it is large enough that the matrix product, not Python, takes the time.
BLOCK_ENTRIES = 8_000_000


def as_matrix(features: Tensor, what: str, *, at_least: int = 1) -> Tensor:
    """Returns features (N, F) in float64, or says why they cannot be measured."""
    if features.ndim != 2:
        raise ShapeError(
            f"The {what} features have shape {tuple(features.shape)}, expected (N, F): one row per "
            "sample. Flatten each sample's features first."
        )
    if len(features) < at_least:
        raise MeasureError(
            f"There are {len(features)} {what} samples, but this metric needs at least {at_least}. "
            "Use more samples."
        )
    if not features.isfinite().all():
        raise MeasureError(
            f"Some {what} features are not finite, so no metric of them is. "
            "Look at the samples they came from."
        )
    return features.detach().double()


def check_same_space(real: Tensor, fake: Tensor) -> None:
    """Raises unless features (N, F) and (M, F) agree about F."""
    if real.shape[1] != fake.shape[1]:
        raise ShapeError(
            f"The real samples have {real.shape[1]} features and the fake ones {fake.shape[1]}. "
            "Take both from the same extractor."
        )


def squared_distances(rows: Tensor, columns: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Yields `(part, block)`: squared distances of `rows[part]` to every column, (part, M).

    Args:
        rows: (N, F) float64.
        columns: (M, F) float64.
    """
    # |a - b|^2 = |a|^2 - 2 ab + |b|^2 is a matrix product, ten times faster than differences. It
    # cancels badly far from the origin, hence the shift, which changes no distance, and float64.
    origin = columns.mean(0)
    rows, columns = rows - origin, columns - origin
    row_norms, column_norms = rows.square().sum(1), columns.square().sum(1)
    step = max(1, BLOCK_ENTRIES // len(columns))
    for start in range(0, len(rows), step):
        part = slice(start, min(start + step, len(rows)))
        block = torch.addmm(column_norms, rows[part], columns.T, alpha=-2)
        yield part, block.add_(row_norms[part, None]).clamp_(min=0)


def squared_distances_within(features: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Yields `(part, block)` as above for one set, a sample's distance to itself being infinite."""
    for part, block in squared_distances(features, features):
        block[:, part].fill_diagonal_(torch.inf)
        yield part, block


def rounding_slack(*sets: Tensor) -> float:
    """Returns how far a squared distance may be off: equal points may seem this far apart."""
    pooled = torch.cat(sets)
    return 1e-12 * (pooled - pooled.mean(0)).square().sum(1).mean().item()
