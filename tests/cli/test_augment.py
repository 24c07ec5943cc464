"""`multigan augment`."""

import json

import pytest
from PIL import Image


@pytest.fixture
def pictures(tmp_path):
    """Nine black pictures of two digits."""
    for index in range(9):
        path = tmp_path / "pictures" / str(index % 2) / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8)).save(path)
    return tmp_path / "pictures"


def test_augment_writes_a_folder_and_counts_what_is_in_it(multigan, trained, pictures, tmp_path):
    out = tmp_path / "mixed"
    said = multigan(
        *("augment", trained, "--data", pictures, "--out", out),
        *("--ratio", 0.25, "--filter", "discriminator", "--json"),
    )
    told = json.loads(said.out)
    assert told["folder"] == str(out)
    assert told["classes"] == [
        {"class": "0", "real": 5, "generated": 2},
        {"class": "1", "real": 4, "generated": 1},
    ]
    assert len(list(out.rglob("*.png"))) == 12


def test_augment_says_what_is_wrong_in_a_line(multigan, trained, pictures, tmp_path):
    said = multigan("augment", trained, "--data", pictures, "--out", tmp_path, "--ratio", 2)
    assert said.code == 1
    assert "ratio is the share" in said.err
