"""Bytes become floats and come back as the same bytes, as pictures people can open."""

import numpy as np
import pytest
import torch
from PIL import Image

from multigan.core.registries import build_modality
from multigan.errors import DataError, ShapeError
from multigan.modalities.shared.contact_sheet import BACKGROUND, CHECKS, GAP
from multigan.typed import Component

PIL_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def modality(channels: int, height: int = 16, width: int = 16):
    options = {"channels": channels, "height": height, "width": width}
    return build_modality(Component("image", options))


def all_bytes(channels: int) -> torch.Tensor:
    """Two images that together hold all 256 values in every channel, (2, C, 8, 16)."""
    values = torch.arange(256, dtype=torch.uint8).view(2, 1, 8, 16)
    return torch.cat([values.roll(i, 3) for i in range(channels)], 1)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5])
def test_all_256_values_come_back_exactly(channels):
    raw = all_bytes(channels)
    adapter = modality(channels, 8, 16)
    samples = adapter.encode(raw)
    assert samples.shape == (2, *adapter.sample_shape)
    assert samples.min() == -1
    assert samples.max() == 1
    back = np.stack([np.asarray(image) for image in adapter.decode(samples)])
    back = torch.from_numpy(back.reshape(2, 8, 16, channels)).permute(0, 3, 1, 2)
    assert torch.equal(back, raw)


@pytest.mark.parametrize("channels", PIL_MODES)
def test_decodes_to_pictures_of_the_right_kind(channels):
    (image,) = modality(channels, 8, 12).decode(torch.zeros(1, channels, 8, 12))
    assert image.mode == PIL_MODES[channels]
    assert image.size == (12, 8)


def test_decode_rounds_and_clamps():
    samples = torch.tensor([-9.0, 9.0, torch.nan, 0.999, 0.0, -0.999]).view(1, 1, 1, 6)
    samples = torch.nn.functional.pad(samples, (0, 2, 0, 3))
    (image,) = modality(1, 4, 8).decode(samples)
    assert [image.getpixel((x, 0)) for x in range(6)] == [0, 255, 0, 255, 128, 0]


@pytest.mark.parametrize("channels", PIL_MODES)
def test_written_picture_is_the_decoded_one(channels, tmp_path):
    raw = all_bytes(channels)
    adapter = modality(channels, 8, 16)
    image = adapter.decode(adapter.encode(raw))[0]
    path = adapter.write(image, tmp_path / "step.000100")
    assert path == tmp_path / "step.000100.png"
    with Image.open(path) as read:
        assert read.mode == image.mode
        assert read.tobytes() == image.tobytes()
    assert list(tmp_path.iterdir()) == [path], "a temporary file is left"


def test_unusual_channels_are_written_as_arrays(tmp_path):
    raw = all_bytes(5)
    adapter = modality(5, 8, 16)
    items = adapter.decode(adapter.encode(raw))
    path = adapter.write(items[0], tmp_path / "bands")
    assert path.suffix == ".npy"
    assert np.array_equal(np.load(path), raw[0].permute(1, 2, 0).numpy())
    assert adapter.write_sheet(items, tmp_path / "sheet", columns=2).suffix == ".png"


def test_sheet_enlarges_tiny_images_row_by_row(tmp_path):
    adapter = modality(1, 8, 8)
    items = adapter.decode(torch.linspace(-1, 1, 5).view(5, 1, 1, 1).expand(5, 1, 8, 8))
    with Image.open(adapter.write_sheet(items, tmp_path / "sheet", columns=3)) as sheet:
        assert sheet.size == (GAP + 3 * (64 + GAP), GAP + 2 * (64 + GAP))
        assert sheet.getpixel((0, 0)) == BACKGROUND
        grays = [items[index].getpixel((0, 0)) for index in range(5)]
        for index, gray in enumerate(grays):
            row, column = divmod(index, 3)
            corner = GAP + column * (64 + GAP), GAP + row * (64 + GAP)
            assert sheet.getpixel(corner) == (gray,) * 3
        assert sheet.getpixel((sheet.width - GAP - 1, sheet.height - GAP - 1)) == BACKGROUND


def test_sheet_keeps_large_images_as_they_are(tmp_path):
    adapter = modality(3, 96, 64)
    items = adapter.decode(torch.zeros(2, 3, 96, 64))
    with Image.open(adapter.write_sheet(items, tmp_path / "sheet", columns=8)) as sheet:
        assert sheet.size == (GAP + 2 * (64 + GAP), GAP + 96 + GAP)


@pytest.mark.parametrize("channels", [2, 4])
def test_sheet_shows_holes_as_a_checkerboard(channels, tmp_path):
    samples = torch.ones(1, channels, 8, 8)
    samples[:, -1] = -1  # transparent
    adapter = modality(channels, 8, 8)
    path = adapter.write_sheet(adapter.decode(samples), tmp_path / "sheet", columns=1)
    with Image.open(path) as sheet:
        seen = {sheet.getpixel((x, GAP)) for x in range(GAP, GAP + 64)}
    assert seen == {(gray,) * 3 for gray in CHECKS}


def test_empty_sheet_is_an_error(tmp_path):
    with pytest.raises(DataError, match="at least one"):
        modality(1).write_sheet([], tmp_path / "sheet", columns=3)


@pytest.mark.parametrize("shape", [(2, 3, 16, 16), (2, 1, 16, 12), (1, 16, 16)])
def test_wrong_shapes_are_named(shape):
    with pytest.raises(ShapeError, match=r"expects \(B, 1, 16, 16\)"):
        modality(1).encode(torch.zeros(shape, dtype=torch.uint8))
    with pytest.raises(ShapeError, match=r"expects \(B, 1, 16, 16\)"):
        modality(1).decode(torch.zeros(shape))


def test_floats_are_not_bytes():
    with pytest.raises(ShapeError, match="uint8"):
        modality(1).encode(torch.zeros(2, 1, 16, 16))


def test_sizes_must_be_multiples_of_four():
    with pytest.raises(ShapeError, match="28 x 32"):
        modality(1, 26, 30)
