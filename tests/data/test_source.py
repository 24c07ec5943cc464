"""Every source returns the rows that were asked for, in the order they were asked for."""

import numpy as np
import pytest
import torch

from multigan.core.condition import ConditionSpec
from multigan.data.source import MappedSource, TensorSource, resident
from multigan.errors import DataError

CLASSES = ConditionSpec("class", 3, ("a", "b", "c"))


@pytest.fixture
def rows() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (20, 3, 4, 4), dtype=np.uint8)


def test_mapped_and_resident_rows_are_the_same(rows, tmp_path):
    np.save(tmp_path / "rows.npy", rows)
    labels = torch.arange(20) % 3
    mapped = MappedSource(tmp_path / "rows.npy", labels, CLASSES)
    held = TensorSource(torch.from_numpy(rows), labels, CLASSES)
    assert len(mapped) == len(held) == 20
    indices = torch.tensor([7, 0, 19, 7, 3])  # out of order, and one of them twice
    for a, b in zip(mapped.read(indices), held.read(indices), strict=True):
        assert torch.equal(a, b)


def test_labels_must_match():
    with pytest.raises(DataError, match="3 samples but 2 labels"):
        TensorSource(torch.zeros(3, 1), torch.zeros(2))


def test_a_cut_file_is_refused(rows, tmp_path):
    path = tmp_path / "rows.npy"
    np.save(path, rows)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="not as it was written"):
        MappedSource(path)


def test_sources_stay_where_they_are_on_a_cpu(rows):
    source = TensorSource(torch.from_numpy(rows))
    assert resident(source, "cpu") is source
    assert source.to("cpu").device.type == "cpu"
