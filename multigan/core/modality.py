"""The seam between the game, which sees tensors, and a kind of data, which people see."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor, nn

from multigan.typed import Component


class Modality(nn.Module, ABC):
    """Turns raw batches into sample tensors and sample tensors into things people can judge.

    A modality has no trained parameters; it is a module so that its buffers (a mel
    filterbank, say) move with `.to(device)`. `decode(encode(raw))` gives back the raw batch
    up to the losses the subclass documents.
    """

    name: ClassVar[str]

    @property
    @abstractmethod
    def sample_shape(self) -> tuple[int, ...]:
        """S: the shape of one sample, without the batch dimension."""

    @abstractmethod
    def encode(self, raw: Tensor) -> Tensor:
        """Turns a raw batch from the data loader, (B, ...), into samples (B, *S)."""

    @abstractmethod
    def decode(self, samples: Tensor) -> list[Any]:
        """Turns samples (B, *S) into B images, waveforms or strings."""

    def as_decoded(self, samples: Tensor) -> Tensor:
        """Returns samples (B, *S) as people get them: clipped and rounded as `decode` does.

        As they are, where decoding loses nothing, or where whatever measures them decodes anyway.
        """
        return samples

    @abstractmethod
    def write(self, item: Any, stem: Path) -> Path:
        """Writes one decoded item as `stem` plus the suffix of its kind; returns the path.

        The file appears whole or not at all.
        """

    @abstractmethod
    def write_sheet(self, items: Sequence[Any], stem: Path, *, columns: int) -> Path:
        """Writes many decoded items into one file, row by row, for a person to look at."""

    def save_parts(self, folder: Path) -> None:
        """Writes what a saved pipeline needs beyond the modality's options into its folder."""

    @classmethod
    def with_parts(cls, named: Component, folder: Path) -> Component:
        """Returns the component that a pipeline names, to be built with what `folder` holds."""
        return named
