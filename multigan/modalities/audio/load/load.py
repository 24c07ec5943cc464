"""Sounds from wherever they are: read once, brought to one form, and a report of all of it.

Shapes: N clips, C channels, T samples.
"""

import time
from collections.abc import Sequence
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
from multigan.data.columns import as_columns
from multigan.data.fingerprint import content_fingerprint
from multigan.data.labels import condition_spec, label_tensor
from multigan.data.readers import Reader, digest
from multigan.data.source import MappedSource, Source, TensorSource
from multigan.data.store import (
    FileStore,
    MemoryStore,
    available_memory,
    cache_root,
    read_cached,
    rows_file,
    write_cached,
)
from multigan.errors import DataError
from multigan.files import atomic_folder
from multigan.modalities.audio.load.collect import Tally, collect, refuse_unreadable
from multigan.modalities.audio.load.decode import DECODING, Target
from multigan.modalities.audio.load.opening import open_data
from multigan.modalities.audio.load.options import AudioOptions, Fit, Normalize
from multigan.modalities.audio.load.report import AudioReport
from multigan.modalities.audio.load.survey import plan, take

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


def load_audio(
    data: Any,
    *,
    sample_rate: int | None = None,
    channels: int = 1,
    length: int | None = None,
    fit: Fit = "start",
    trim_db: float | None = 60.0,
    normalize: Normalize = "none",
    pattern: str | None = None,
    label: str | None = None,
    test: str | None = None,
    classes: Sequence[str] = (),
    split: str = "train",
    max_unreadable: float = 0.01,
    memory_bytes: int | None = None,
    cache: Path | str | None = None,
    audio_column: str | None = None,
    label_column: str | Sequence[str] | None = None,
    limit: int | None = None,
    streaming: bool = False,
) -> AudioSet:
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
        sample_rate: In Hz. None takes the commonest among the files; tensors must state it.
        channels: 1 (mono) or 2 (stereo).
        length: Of every clip, in samples. None takes the smallest power of two that 95 % of the
            sounds fit into, from 1024 to 65536.
        fit: What becomes of a longer sound: "start" keeps its beginning, "center" its middle, and
            "slice" cuts it into windows, which are all used, but for silent ones and a rest of less
            than half.
        trim_db: Silence is what stays this far below the clip's own peak; it is cut off at both
            ends. None leaves it.
        normalize: "none", "peak" (to 0.95 of full scale) or "rms" (to -20 dB of full scale).
        pattern: How files are named, e.g. "{label}_{speaker}_{index}"; with slashes, how the ends
            of their paths are. None looks at the folders.
        label: The field, of the pattern or of NSynth's annotations, that is the class.
        test: Which files are the split "test", by a condition on a field: "index<5". The split
            "train" is then all others.
        classes: Use these classes only, in this order. Empty for all.
        split: "train", "test", "validation" or "all", as far as the data has them.
        max_unreadable: The share of files that may be unreadable; they are left out and listed.
        memory_bytes: How much the clips may take in memory; more than that goes to a memory-mapped
            file in `cache`. None means half of the memory that is available.
        cache: The folder for such files. None means $MULTIGAN_CACHE, or ~/.cache/multigan.
        audio_column: Of a table, where the sounds are. None looks for it.
        label_column: Of a table, where the classes are. None looks for it. A column of floats or
            of lists of numbers holds numbers instead; several columns hold one each.
        limit: Use this many files, spread evenly over all of them (of a stream, the first).
        streaming: Read from the Hub without storing the whole data set first.

    Raises:
        DataError: The data cannot be read as asked; the message says what to do.

    Example:
        >>> tone = torch.sin(torch.arange(4096) * 0.3)
        >>> clips = load_audio(tone.repeat(8, 1), sample_rate=8000, trim_db=None)
        >>> clips.sample_rate, clips.channels, clips.length, len(clips)
        (8000, 1, 4096, 8)
    """
    started = time.perf_counter()
    options = AudioOptions(
        sample_rate=sample_rate,
        channels=channels,
        length=length,
        fit=fit,
        trim_db=trim_db,
        normalize=normalize,
        pattern=pattern,
        label=label,
        test=test,
        classes=tuple(classes),
        split=split,
        max_unreadable=max_unreadable,
        memory_bytes=available_memory() // 2 if memory_bytes is None else memory_bytes,
        cache=cache_root(cache),
        audio_column=audio_column,
        label_column=as_columns(label_column),
        limit=limit,
        streaming=streaming,
    )
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
    folder = options.cache / f"audio-{key}"
    stored = _from_cache(folder, reader, options)
    if stored is not None:
        return stored
    survey = take(reader)
    target = plan(survey, options, reader.where)
    most = survey.clips(target)
    if most * prod(target.shape) * BYTES > options.memory_bytes:
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
    if len(mapped) * prod(mapped.sample_shape) * BYTES <= options.memory_bytes:
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
