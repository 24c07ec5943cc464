"""What data is not divided into is refused, whatever kind of data it is."""

import numpy as np
import pyarrow as pa
import pytest
import torch
from pyarrow.parquet import write_table

from multigan.errors import DataError
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.image.load.load import load_images
from multigan.modalities.text.load.load import load_text

PICTURES = torch.zeros(4, 1, 8, 8, dtype=torch.uint8)
TONES = torch.sin(torch.arange(4096) * torch.linspace(0.1, 0.4, 4)[:, None])
LINES = ["a b", "b c", "c a"]


def write_all(root):
    np.savez(root / "x.npz", images=PICTURES[:, 0].numpy())
    (root / "lines.txt").write_text("\n".join(LINES))
    write_table(pa.table({"text": LINES}), root / "lines.parquet")
    (root / "texts/inside").mkdir(parents=True)
    (root / "texts/inside/lines.txt").write_text("\n".join(LINES))


WHOLE = [
    (load_images, "digits", {}),
    (load_images, "stacked:digits", {}),
    (load_images, "x.npz", {}),
    (load_images, PICTURES, {}),
    (load_images, (PICTURES, torch.arange(4)), {}),
    (load_images, list(PICTURES), {}),
    (load_audio, TONES, {"sample_rate": 8000}),
    (load_text, "prose", {}),
    (load_text, "oracle", {"limit": 4}),
    (load_text, "lines.txt", {}),
    (load_text, "lines.parquet", {}),
    (load_text, "texts", {}),
    (load_text, LINES, {}),
]


@pytest.mark.parametrize(("load", "data", "options"), WHOLE)
def test_what_has_no_splits_is_not_served_as_one(tmp_path, monkeypatch, load, data, options):
    monkeypatch.chdir(tmp_path)
    write_all(tmp_path)
    assert len({load(data, **options, split=name).fingerprint for name in ("train", "all")}) == 1
    with pytest.raises(DataError, match="no split 'test', only train, all"):
        load(data, **options, split="test")


def test_a_file_of_texts_is_the_split_that_its_name_states(tmp_path):
    for name in ("captions-test.txt", "valid.txt"):
        (tmp_path / name).write_text("\n".join(LINES))
    assert load_text(tmp_path / "captions-test.txt", split="test").texts == tuple(LINES)
    assert load_text(tmp_path / "valid.txt", split="validation").texts == tuple(LINES)
    assert load_text(tmp_path / "valid.txt").texts == tuple(LINES)  # it was asked for by name
    with pytest.raises(DataError, match=r"valid.txt has no split 'test'"):
        load_text(tmp_path / "valid.txt", split="test")
