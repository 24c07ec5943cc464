"""What kind of data somebody named: a path, a name on the Hub, or something given in Python.

Shapes: N sounds, C channels, T samples.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from multigan.data.hub import HUB_NAME, HUB_PREFIX, TableOptions, read_hub, read_loaded
from multigan.data.labels import WHOLE, Labels, read_labels, require_split
from multigan.data.readers import Item, Reader, digest, read_folder, read_zip
from multigan.data.source import to_tensor
from multigan.data.tables import read_parquet
from multigan.errors import DataError
from multigan.modalities.audio.load.decode import SOUNDS
from multigan.modalities.audio.load.layouts import by_layout
from multigan.modalities.audio.load.notes import carried_melody, carried_notes
from multigan.modalities.audio.load.options import AudioOptions
from multigan.modalities.audio.sound import FULL_SCALE

KNOWN = (
    "a folder of sounds, a .zip or .parquet file, 'notes', 'melody', a name on the Hugging Face "
    "Hub such as 'owner/name', or a tensor (N, T) or (N, C, T)"
)


def open_data(data: Any, options: AudioOptions) -> Reader:
    """Returns what reads `data`; hardly anything is read yet, except of what can be read once."""
    if isinstance(data, (str, Path)):
        return _open_named(data, options).limited(options.limit)
    require_split(options.split, WHOLE, "Data given in Python")
    if isinstance(data, (Tensor, np.ndarray)):
        found = read_tensor(to_tensor(data), None, options)
    elif isinstance(data, tuple) and len(data) == 2:
        found = read_tensor(to_tensor(data[0]), to_tensor(data[1]), options)
    elif hasattr(data, "cast_column"):  # a data set of the package `datasets`
        found = read_loaded(data, "a data set given in Python", _table(options))
    else:
        raise DataError(f"Cannot read sounds from {type(data).__name__}. Expected {KNOWN}.")
    return found.limited(options.limit)


def read_tensor(values: Tensor, labels: Tensor | None, options: AudioOptions) -> Reader:
    """Takes waveforms (N, T) or (N, C, T), int16 or floats with full scale at 1."""
    where = f"a tensor of shape {tuple(values.shape)}"
    if options.sample_rate is None:
        raise DataError(f"{where} has no rate of its own. State it: sample_rate=16000.")
    waveforms = _waveforms(values.detach().cpu(), where)
    told = Labels([])
    if labels is not None:
        if labels.ndim not in (1, 2) or len(labels) != len(waveforms):
            raise DataError(
                f"{where} has labels of shape {tuple(labels.shape)}. Give one class number for "
                f"each sound, of shape ({len(waveforms)},), or rows of numbers."
            )
        told = read_labels(labels.tolist(), (), where)
    content = blake2b(waveforms.contiguous().numpy().data, digest_size=12).hexdigest()
    identity = digest(content, str(waveforms.shape), *map(str, told.values))
    return Reader(
        where=where,
        identity=identity,
        items=partial(_items, waveforms, options.sample_rate),
        count=len(waveforms),
        labels=told.values,
        classes=told.classes,
        numbers=told.numbers,
        files=identity,
        plural=SOUNDS.plural,
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


def _read_notes(options: AudioOptions) -> Reader:
    notes, labels, names = carried_notes(options)
    options = replace(options, sample_rate=notes.sample_rate)
    reader = read_tensor(notes.waveforms, labels, options)
    return replace(reader, where=f"notes ({', '.join(notes.instruments)})", classes=names)


def _open_named(data: str | Path, options: AudioOptions) -> Reader:
    name = str(data)
    if name == "notes":
        return _read_notes(options)
    if name == "melody":
        waveform, rate = carried_melody(options)
        reader = read_tensor(waveform, None, replace(options, sample_rate=rate))
        return replace(reader, where="melody (improvised on a harp)")
    if name.startswith(HUB_PREFIX):
        return read_hub(name.removeprefix(HUB_PREFIX), _table(options))
    path = Path(data).expanduser()
    if path.is_dir():
        if any(next(path.glob(pattern), None) for pattern in ("*.parquet", "*/*.parquet")):
            return _open_parquet(path, options)
        return read_folder(path, options.split, kind=SOUNDS, classify=by_layout(options))
    match path.suffix.lower() if path.is_file() else "":
        case ".zip":
            return read_zip(path, options.split, kind=SOUNDS, classify=by_layout(options))
        case ".parquet":
            return _open_parquet(path, options)
    if path.is_file():
        raise DataError(f"Cannot read a set of sounds from the file {path}. Expected {KNOWN}.")
    if isinstance(data, str) and HUB_NAME.fullmatch(name):
        return read_hub(name, _table(options))
    raise DataError(f"There is no file or folder {name!r}. Expected {KNOWN}.")


def _open_parquet(path: Path, options: AudioOptions) -> Reader:
    return read_parquet(
        path,
        options.split,
        content_column=options.audio_column,
        label_column=options.label_column,
        kind=SOUNDS,
    )


def _table(options: AudioOptions) -> TableOptions:
    return TableOptions(
        content_column=options.audio_column,
        label_column=options.one_label_column,
        split=options.split,
        streaming=options.streaming,
        limit=options.limit,
        cache=options.folder,
        kind=SOUNDS,
        feature="Audio",
    )
