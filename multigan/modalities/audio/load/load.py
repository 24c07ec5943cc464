"""Sounds from wherever they are: read once, brought to one form, and a report of all of it.

Shapes: N clips, C channels, T samples.
"""

import time
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.data.building import built_once
from multigan.data.fingerprint import content_fingerprint
from multigan.data.labels import condition_spec, label_tensor
from multigan.data.readers import Reader, digest
from multigan.data.source import MappedSource, Source, TensorSource
from multigan.data.store import (
    FileStore,
    MemoryStore,
    read_cached,
    rows_file,
    write_cached,
)
from multigan.errors import DataError
from multigan.files import atomic_folder
from multigan.modalities.audio.load.collect import Tally, collect, refuse_unreadable
from multigan.modalities.audio.load.decode import DECODING, Target
from multigan.modalities.audio.load.opening import open_data
from multigan.modalities.audio.load.options import AudioOptions
from multigan.modalities.audio.load.report import AudioReport
from multigan.modalities.audio.load.survey import plan, take
from multigan.typed import chosen

NAMES_KEPT = 100  # of ignored files; their number is reported in any case
BYTES = 2  # of a sample


@dataclass(frozen=True)
class AudioSet:
    """Clips of one rate, channels and length, ready for a `Stream`, and how they came about.

    Attributes:
        source: The samples, (C, T) int16 each with full scale at 32768, and their labels, if any:
            class numbers, or rows of numbers.
        sample_rate: In Hz.
        channels: 1 or 2.
        length: T, in samples.
        report: What was found, changed and left out.
        fingerprint: Hexadecimal digits that change when the clips, their order or their classes do,
            and not when the data is moved, copied or packed; see `ImageSet`.
    """

    source: Source
    sample_rate: int
    channels: int
    length: int
    report: AudioReport
    fingerprint: str

    @property
    def condition(self) -> ConditionSpec | None:
        """What every clip is labelled with: classes, attributes or numbers; or None."""
        return self.source.condition

    def __len__(self) -> int:
        return len(self.source)


def load_audio(data: Any, options: AudioOptions | None = None, **fields: Any) -> AudioSet:
    """Reads sounds, decodes each of them once, and keeps them as int16.

    Each file, in this order: is left out and counted if it cannot be decoded, holds no samples, is
    silent (never above -70 dB of full scale), or holds samples that are not finite; has its
    channels averaged, doubled or the first two taken; is resampled; loses the silence at both ends;
    is brought to a level (and in any case turned down where it goes beyond full scale); is cut or
    padded with zeros to the length.

    Args:
        data: A folder or zip (a class per subfolder, a pattern of file names, or the layout of
            NSynth, Speech Commands or the Free Spoken Digit Dataset), a Parquet file or folder of
            those, the name of a data set on the Hugging Face Hub ("owner/name" or "hf:..."), a
            tensor or array (N, T) or (N, C, T) of int16 or of floats in [-1, 1], or a pair of one
            and of labels: classes (N,), or floats (N,) or (N, K).
        options: How to read them.
        fields: The same by name: any of those of `AudioOptions`, which documents them.

    Raises:
        ConfigError: An option is unknown, or cannot have its value.
        DataError: The data cannot be read as asked; the message says what to do.

    Example:
        >>> tone = torch.sin(torch.arange(4096) * 0.3)
        >>> clips = load_audio(tone.repeat(8, 1), sample_rate=8000, trim_db=None)
        >>> clips.sample_rate, clips.channels, clips.length, len(clips)
        (8000, 1, 4096, 8)
    """
    started = time.perf_counter()
    options = chosen(AudioOptions, options, fields)
    with open_data(data, options) as reader:
        loaded = _from_reader(reader, options)
    seconds = round(time.perf_counter() - started, 3)
    return replace(loaded, report=replace(loaded.report, seconds=seconds))


def _from_reader(reader: Reader, options: AudioOptions) -> AudioSet:
    if reader.count == 0:
        raise DataError(f"There are no sounds in {reader.where}. Check how it was made.")
    wanted = (options.sample_rate, options.channels, options.length)
    shaping = (options.fit, options.trim_db, options.normalize)
    # The same files can have other labels: another field of their names, or new annotations.
    labelled = digest(*map(str, reader.labels), *reader.classes, *reader.numbers)
    key = digest(reader.identity, repr((wanted, shaping)), labelled, f"decoding {DECODING}")
    folder = options.folder / f"audio-{key}"
    stored = _from_cache(folder, reader, options)
    if stored is not None:
        return stored
    survey = take(reader)
    target = plan(survey, options, reader.where)
    most = survey.clips(target)
    if most * prod(target.shape) * BYTES > options.room:
        return built_once(
            folder,
            partial(_from_cache, folder, reader, options),
            partial(_build_cache, folder, reader, target, most, options),
            "sounds",
        )
    store = MemoryStore(most, target.shape, torch.int16)
    tally = collect(reader, target, store, options)
    labels = label_tensor(_labels(reader, tally), reader.numbers)
    condition = condition_spec(reader.classes, reader.numbers, labels)
    source = TensorSource(store.rows, labels, condition)
    return _audio_set(source, _report(reader, target, tally), labels, reader.files)


def _build_cache(
    folder: Path, reader: Reader, target: Target, most: int, options: AudioOptions
) -> None:
    with atomic_folder(folder) as building:
        with closing(FileStore(rows_file(building), most, target.shape, "<i2")) as store:
            tally = collect(reader, target, store, options)
        report = _report(reader, target, tally)
        report = replace(report, storage=f"memory-mapped at {folder}")
        write_cached(building, _labels(reader, tally), report)


def _from_cache(folder: Path, reader: Reader, options: AudioOptions) -> AudioSet | None:
    stored = read_cached(folder, AudioReport)
    if stored is None:
        return None
    mapped, labels, report = stored
    refuse_unreadable(list(report.unreadable), reader, options)
    condition = condition_spec(report.classes, report.numbers, labels)
    source: Source = MappedSource(mapped.path, labels, condition)
    if len(mapped) * prod(mapped.sample_shape) * BYTES <= options.room:
        clips, _ = mapped.read(torch.arange(len(mapped)))  # there is more room now
        source = TensorSource(clips, labels, condition)
        report = replace(report, storage="memory")
    return _audio_set(source, report, labels, reader.files)


def _audio_set(source: Source, report: AudioReport, labels: Tensor | None, files: str) -> AudioSet:
    shape = (report.channels, report.length)
    content = content_fingerprint(source, shape, labels, report.classes + report.numbers, files)
    fingerprint = digest(content, str(report.sample_rate))[:16]
    return AudioSet(source, report.sample_rate, *shape, report, fingerprint)


def _report(reader: Reader, target: Target, tally: Tally) -> AudioReport:
    if not tally.used:
        raise DataError(f"No sound in {reader.where} could be used.")
    return AudioReport(
        where=reader.where,
        found=reader.count,
        used=len(tally.used),
        sample_rate=target.sample_rate,
        channels=target.channels,
        length=target.length,
        fit=target.fit,
        changed=dict(tally.changes),
        left_out_seconds=round(tally.left_out / target.sample_rate, 3),
        unreadable=tuple(tally.unreadable),
        ignored=reader.ignored[:NAMES_KEPT],
        num_ignored=len(reader.ignored),
        classes=reader.classes,
        numbers=reader.numbers,
        notes=reader.notes,
    )


def _labels(reader: Reader, tally: Tally) -> list[Any]:
    return [reader.labels[index] for index in tally.used] if reader.labels else []
