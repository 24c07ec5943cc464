"""Real samples on a sheet like those of the previews, for eyes to compare with."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from multigan.core.draws import seeded
from multigan.modalities.kind import kind_of
from multigan.runs.assemble import Parts

ROWS = 8
MOST_CLASSES = 4 * ROWS  # as many as a preview has
SEARCHED = 512  # samples, evenly spread, among which those of each class are looked for


@torch.no_grad()
def write_real_sheet(parts: Parts, stem: Path) -> Path:
    """Writes real samples as they are after the way through the modality, as networks see them.

    A row for each class, in the order of a preview's, or rows of anything.
    """
    columns = kind_of(parts.modality.name).columns
    source = parts.data.source
    count = min(len(source), SEARCHED)
    places = torch.linspace(0, len(source) - 1, count).long()
    raw, labels = source.read(places.to(source.device))
    spec = parts.condition
    if labels is not None and spec is not None and spec.kind == "class":
        chosen = _by_class(labels.cpu(), min(spec.size, MOST_CLASSES), columns)
    else:
        chosen = torch.arange(0, count, max(1, count // (ROWS * columns)))[: ROWS * columns]
    with seeded(0):  # some representations are inverted from random phases
        items = parts.modality.decode(parts.modality.encode(raw[chosen.to(raw.device)]))
    return parts.modality.write_sheet(items, stem, columns=columns)


def _by_class(labels: Tensor, size: int, columns: int) -> Tensor:
    """Returns places, `columns` of each class that there is; of a rare one some come again."""
    rows: Sequence[Tensor] = [(labels == number).nonzero().flatten() for number in range(size)]
    return torch.cat([found[torch.arange(columns) % len(found)] for found in rows if len(found)])
