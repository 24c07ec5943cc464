"""The same pixels have the same fingerprint wherever they lie; others have another."""

import os
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from multigan.data import fingerprint
from multigan.modalities.image.load.load import load_images
from tests.data.pictures import encoded, folder_of, numbered, picture, zip_of


@pytest.fixture(params=[64 << 20, 400], ids=["all rows", "a sample of rows"])
def folder(request, tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint, "BYTES_HASHED", request.param)  # one picture is 192 bytes
    return folder_of(tmp_path / "set", numbered())


def test_it_survives_another_place_and_another_time(folder, tmp_path):
    before = load_images(folder).fingerprint
    moved = shutil.copytree(folder, tmp_path / "elsewhere")
    for path in moved.rglob("*.png"):
        os.utime(path, (1, 1))
    assert load_images(moved).fingerprint == before
    assert load_images(folder, memory_bytes=1).fingerprint == before  # mapped
    assert load_images(folder, memory_bytes=1).fingerprint == before  # from the cache


def test_it_notices_a_changed_pixel(folder):
    before = load_images(folder).fingerprint
    image = picture(0)
    image.putpixel((3, 3), tuple(255 - value for value in image.getpixel((3, 3))))
    (folder / "cat" / "1.png").write_bytes(encoded(image))  # the first row is in every sample
    assert load_images(folder).fingerprint != before


def test_it_notices_a_file_of_another_size_outside_the_sample(folder):
    before = load_images(folder).fingerprint
    black = encoded(Image.new("RGB", (8, 8)))
    assert len(black) != (folder / "cat" / "2.png").stat().st_size
    (folder / "cat" / "2.png").write_bytes(black)
    assert load_images(folder).fingerprint != before


def test_it_notices_missing_pictures_other_labels_names_and_sizes(folder):
    prints = [load_images(folder).fingerprint, load_images(folder, size=4).fingerprint]
    (folder / "dog" / "4.png").rename(folder / "cat" / "44.png")
    prints.append(load_images(folder).fingerprint)
    (folder / "cat" / "44.png").unlink()
    prints.append(load_images(folder).fingerprint)
    (folder / "cat").rename(folder / "bat")
    prints.append(load_images(folder).fingerprint)
    assert len(set(prints)) == 5


def test_a_small_set_has_the_same_one_in_a_zip_and_as_a_tensor(tmp_path):
    files = numbered()
    in_folder = load_images(folder_of(tmp_path / "set", files))
    in_zip = load_images(zip_of(tmp_path / "set.zip", files))
    assert in_zip.fingerprint == in_folder.fingerprint
    assert len(in_zip.fingerprint) == 16


def test_a_large_zip_is_told_apart_by_its_checksums(tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint, "BYTES_HASHED", 1)
    files = numbered()
    first = load_images(zip_of(tmp_path / "a.zip", files)).fingerprint
    assert load_images(zip_of(tmp_path / "b.zip", files)).fingerprint == first
    image = picture(1)
    image.putpixel((0, 0), (1, 2, 3))
    files["cat/2.png"] = encoded(image)
    assert load_images(zip_of(tmp_path / "c.zip", files)).fingerprint != first


def test_a_moved_npz_file_keeps_it(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "a.npz", images=images)
    before = load_images(tmp_path / "a.npz").fingerprint
    (tmp_path / "a.npz").rename(tmp_path / "b.npz")
    assert load_images(tmp_path / "b.npz").fingerprint == before
    assert load_images(torch.from_numpy(images)).fingerprint == before
