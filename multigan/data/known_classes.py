"""New classes beside those that a generator knows, so that old and new have numbers of their own.

Shapes: N samples, B of them at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.data.loaded import Loaded
from multigan.data.readers import digest
from multigan.data.source import Source, TensorSource
from multigan.errors import DataError

NEW = "new"  # the class of data that have none

L = TypeVar("L", bound=Loaded)


@dataclass(frozen=True)
class Renumbered:
    """A source's samples under other labels.

    Attributes:
        whole: The source.
        labels: (N,) int64.
        condition: What they mean.
    """

    whole: Source
    labels: Tensor
    condition: ConditionSpec

    @property
    def device(self) -> torch.device:
        """The source's."""
        return self.whole.device

    def __len__(self) -> int:
        return len(self.whole)

    def read(self, indices: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the raw samples (B, *S) and classes (B,) at `indices` (B,) int64."""
        return self.whole.read(indices)[0], self.labels[indices.cpu()]


def beside_known(loaded: L, known: Sequence[str]) -> L:
    """Returns data whose classes are numbered after the known ones; of known names, as those.

    Raises:
        DataError: The data are labelled by attributes or numbers.
    """
    spec, count = loaded.condition, len(loaded.source)
    if spec is not None and spec.kind != "class":
        raise DataError("Only classes stand beside known classes, not attributes or numbers.")
    own = (NEW,) if spec is None else spec.names or tuple(map(str, range(spec.size)))
    names = (*known, *(name for name in own if name not in known))
    numbers = torch.tensor([names.index(name) for name in own])
    labels = getattr(loaded.source, "labels", None)
    labelled = numbers[torch.zeros(count, dtype=torch.long) if labels is None else labels.cpu()]
    condition, source = ConditionSpec("class", len(names), names), loaded.source
    numbered: Source = (
        TensorSource(source.raw, labelled.to(source.device), condition)
        if isinstance(source, TensorSource)
        else Renumbered(source, labelled, condition)
    )
    report = replace(loaded.report, classes=names)
    fingerprint = digest(loaded.fingerprint, *names)[:16]
    return replace(loaded, source=numbered, report=report, fingerprint=fingerprint)
