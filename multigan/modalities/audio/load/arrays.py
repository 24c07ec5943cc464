"""Sounds that are arrays already.

Shapes: N sounds, C channels, T samples.
"""

from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from typing import Self

import numpy as np
import torch
from torch import Tensor

from multigan.data.labels import NO_LABELS, read_labels
from multigan.data.readers import Item, Reader, digest
from multigan.errors import DataError
from multigan.modalities.audio.load.options import AudioOptions
from multigan.modalities.audio.sound import FULL_SCALE


def read_tensor(values: Tensor, labels: Tensor | None, options: AudioOptions) -> Reader:
    """Takes waveforms (N, T) or (N, C, T), int16 or floats with full scale at 1."""
    where = f"a tensor of shape {tuple(values.shape)}"
    if options.sample_rate is None:
        raise DataError(f"{where} has no rate of its own. State it: sample_rate=16000.")
    waveforms = _waveforms(values.detach().cpu(), where)
    found = NO_LABELS
    if labels is not None:
        if labels.ndim not in (1, 2) or len(labels) != len(waveforms):
            raise DataError(
                f"{where} has labels of shape {tuple(labels.shape)}. Give one class number for "
                f"each sound, of shape ({len(waveforms)},), or rows of numbers."
            )
        found = read_labels(labels.tolist(), (), where)
    content = blake2b(waveforms.contiguous().numpy().data, digest_size=12).hexdigest()
    identity = digest(content, str(waveforms.shape), *map(str, found.values))
    return Reader(
        where=where,
        identity=identity,
        items=partial(_items, waveforms, options.sample_rate),
        count=len(waveforms),
        labels=found,
        files=identity,
    )


class TensorSound:
    """A waveform (C, T) behind as much of soundfile's interface as decoding needs."""

    def __init__(self, waveform: Tensor, sample_rate: int) -> None:
        self.waveform = waveform
        self.samplerate = sample_rate
        self.channels, self.frames = waveform.shape

    def read(self, *, dtype: str, always_2d: bool) -> np.ndarray:
        """Returns the samples (T, C) as floats with full scale at 1."""
        return self.waveform.T.float().numpy().astype(dtype)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


def _items(waveforms: Tensor, sample_rate: int) -> Iterator[Item]:
    for index, waveform in enumerate(waveforms):
        yield f"waveform {index}", partial(TensorSound, waveform, sample_rate)


def _waveforms(values: Tensor, where: str) -> Tensor:
    """Returns waveforms (N, C, T) as floats with full scale at 1."""
    values = values[:, None] if values.ndim == 2 else values
    if values.ndim != 3 or values.shape[1] > values.shape[2]:
        raise DataError(
            f"{where} is not sounds. Expected (N, T), or (N, C, T) with channels before time."
        )
    if values.dtype == torch.int16:
        return values.float() / FULL_SCALE
    if not values.is_floating_point():
        raise DataError(f"{where} holds {values.dtype}. Expected int16, or floats in [-1, 1].")
    return values.float()
