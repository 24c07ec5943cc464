"""Real files, where they are: MNIST as PNGs and CIFAR-10 as JPEGs, in Parquet."""

import os
from pathlib import Path

import pytest
import torch

from multigan.modalities.image.load.load import load_images

FOLDER = Path(
    os.environ.get("MULTIGAN_TEST_DATA", Path(__file__).parents[2] / ".." / "shared" / "data")
)


@pytest.mark.parametrize(
    ("name", "channels", "side"), [("mnist-test", 1, 28), ("cifar10-test", 3, 32)]
)
def test_ten_thousand_pictures(name, channels, side):
    pytest.importorskip("pyarrow", reason="Parquet needs the extra 'data'")
    path = FOLDER / f"{name}.parquet"
    if not path.exists():
        pytest.skip(f"{path.name} is not in {FOLDER}; set MULTIGAN_TEST_DATA to where it is")
    images = load_images(path)
    assert len(images) == 10_000
    assert (images.channels, images.height, images.width) == (channels, side, side)
    assert images.condition.size == 10
    assert images.report.unreadable == ()
    raw, labels = images.source.read(torch.arange(1000))
    assert labels.unique().tolist() == list(range(10))
    assert raw.float().std() > 50
