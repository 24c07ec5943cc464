"""A kind of data that multigan does not know is read by the same flow, given what differs."""

import csv
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch

from multigan.data.file_kind import FileKind
from multigan.data.loaded import Loaded, LoadReport
from multigan.data.loader_options import StoredOptions
from multigan.data.origins import Origins
from multigan.data.readers import Reader
from multigan.data.reading import Decoded, Format, load, scan
from multigan.data.source import TensorSource
from multigan.errors import DataError


@dataclass(frozen=True)
class Numbers:
    """What every curve is brought to."""

    length: int

    @property
    def shape(self) -> tuple[int]:
        return (self.length,)


@dataclass(frozen=True, kw_only=True)
class CurveReport(LoadReport):
    length: int

    samples: ClassVar[str] = "curves"
    files: ClassVar[str] = "curves"

    @property
    def sample_shape(self) -> tuple[int]:
        return (self.length,)


class Curve:
    """An open file: a row of numbers."""

    def __init__(self, file: Path | BytesIO) -> None:
        content = file.read_bytes() if isinstance(file, Path) else file.read()
        self.values = [float(cell) for cell in next(csv.reader([content.decode()]))]

    def __enter__(self) -> "Curve":
        return self

    def __exit__(self, *_: object) -> None: ...


def tensors(values, labels, options) -> Reader:
    raise DataError("Curves are files.")


def plan(reader: Reader, options: StoredOptions) -> tuple[Numbers, int]:
    lengths, _ = scan(reader, lambda curve: len(curve.values), str)
    return Numbers(max(lengths)), reader.count


def decode(curve: Curve, target: Numbers) -> Decoded:
    missing = target.length - len(curve.values)
    row = np.array([curve.values + missing * [0.0]], dtype=np.float32)
    return Decoded(row, ["padded"] if missing else [])


CURVES = FileKind(
    plural="curves",
    examples=".csv",
    suffixes=frozenset({".csv"}),
    columns=(),
    feature="Value",
    largest_bytes=1 << 20,
    opener=Curve,
)
FORMAT = Format(
    name="curves",
    origins=Origins(files=CURVES, known="a folder of .csv files", tensors=tensors),
    loaded=Loaded,
    report=CurveReport,
    dtype="<f4",
    settings=lambda options: (),
    plan=plan,
    decode=decode,
    reason=str,
    facts=lambda target, tally: {"length": target.length},
)


@pytest.fixture
def folder(tmp_path):
    for kind in ("even", "odd"):
        (tmp_path / "set" / kind).mkdir(parents=True)
    for number in range(10):
        path = tmp_path / "set" / ("odd" if number % 2 else "even") / f"{number}.csv"
        path.write_text(",".join(str(number + step) for step in range(3 + number % 2)))
    return tmp_path / "set"


@pytest.mark.parametrize("memory_bytes", [None, 1])
def test_curves_are_scanned_decoded_and_reported(folder, tmp_path, memory_bytes):
    options = StoredOptions(memory_bytes=memory_bytes, cache=tmp_path / "cache")
    curves = [load(folder, options, FORMAT) for _ in range(2)]
    for one in curves:
        raw, labels = one.source.read(torch.arange(10))
        assert raw[0].tolist() == [0, 1, 2, 0]  # padded to the longest
        assert labels.tolist() == 5 * [0] + 5 * [1]
        assert one.condition.names == ("even", "odd")
        assert "10 curves of 2 classes" in one.report.summary()
    assert curves[0].fingerprint == curves[1].fingerprint
    assert curves[0].report.storage.startswith("memory-mapped") == (memory_bytes == 1)


def test_what_is_no_curve_is_counted_and_refused(folder):
    (folder / "odd" / "11.csv").write_text("a,b")
    with pytest.raises(DataError, match=r"At least 1 of 11 curves in .* cannot be read"):
        load(folder, StoredOptions(), FORMAT)
    curves = load(folder, StoredOptions(max_unreadable=0.2), FORMAT)
    assert (curves.report.found, curves.report.used, len(curves)) == (11, 10, 10)
    assert "could not convert" in curves.report.summary()


def test_samples_in_memory_need_no_flow():
    report = LoadReport("a sine", found=5, used=5)
    curves = Loaded(TensorSource(torch.zeros(5, 24)), report, "sine")
    assert (len(curves), curves.condition) == (5, None)
    assert curves.report.summary() == "5 samples from a sine, in memory (0.0 s)."
