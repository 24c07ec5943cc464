"""Whatever a picture file holds becomes uint8 (C, H, W), and what was changed is named."""

import numpy as np
import pytest
from PIL import Image

from multigan.modalities.image.load.decode import PICTURES, Canvas, decode, quiet, read_header
from tests.data.pictures import encoded, picture, png


def reopened(image: Image.Image, kind: str = "PNG", **options) -> Image.Image:
    return PICTURES.open_bytes(encoded(image, kind, **options))


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("RGB", 3), ("RGBA", 4)])
def test_plain_pictures_are_left_alone(mode, channels):
    image = picture(size=(6, 4), mode=mode)
    decoded, changes = decode(reopened(image), None)
    assert decoded.shape == (channels, 4, 6)
    assert changes == []
    assert np.array_equal(decoded, np.atleast_3d(np.asarray(image)).transpose(2, 0, 1))


def test_sixteen_bits_are_scaled_and_not_clipped():
    values = np.array([[0, 256, 257 * 100, 65535]], dtype=np.uint16)
    decoded, changes = decode(reopened(Image.fromarray(values)), None)
    assert decoded.tolist() == [[[0, 1, 100, 255]]]
    assert changes == ["16-bit to 8-bit"]


def test_cmyk_becomes_rgb():
    decoded, changes = decode(reopened(Image.new("CMYK", (4, 4)), "TIFF"), None)
    assert (decoded == 255).all()  # no ink is white paper
    assert decoded.shape == (3, 4, 4)
    assert changes == ["CMYK to RGB"]


@pytest.mark.parametrize(
    ("image", "options", "channels", "change"),
    [
        (Image.new("P", (4, 4)), {}, 3, "palette to RGB"),
        (Image.new("P", (4, 4)), {"transparency": 0}, 4, "palette to RGBA"),
        (Image.new("LA", (4, 4)), {}, 4, "grey with alpha to RGBA"),
        (Image.new("L", (4, 4)), {"transparency": 0}, 4, "grey to RGBA"),
        (Image.new("1", (4, 4)), {}, 1, "black and white to grey"),
    ],
)
def test_other_modes_keep_their_colors_and_their_transparency(image, options, channels, change):
    image = reopened(image, **options)
    assert read_header(image).channels == channels
    decoded, changes = decode(image, None)
    assert len(decoded) == channels
    assert changes == [change]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_and_foreseen(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = reopened(Image.new("L", (12, 8), 255).convert("RGB"), kind, exif=exif)
    header = read_header(image)
    assert (header.height, header.width) == ((12, 8) if orientation >= 5 else (8, 12))
    assert decode(image, None)[0].shape == (3, header.height, header.width)


def test_a_turned_picture_is_turned_back():
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn me a quarter clockwise"
    image = picture(size=(12, 8))
    decoded, _ = decode(reopened(image, exif=exif), None)
    assert np.array_equal(decoded, np.rot90(np.asarray(image), -1).transpose(2, 0, 1))


def test_the_first_frame_of_an_animation_is_taken():
    frames = [Image.new("L", (4, 4), 10), Image.new("L", (4, 4), 200)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    decoded, changes = decode(PICTURES.open_bytes(content), Canvas(4, 4, 1))
    assert (decoded == 10).all()
    assert "first frame taken" in changes


def test_cropping_keeps_the_middle():
    image = Image.new("L", (20, 8), 0)
    image.paste(255, (6, 0, 14, 8))
    decoded, changes = decode(reopened(image), Canvas(8, 8, 1, "crop"))
    assert (decoded == 255).all()
    assert changes == ["cropped"]


def test_padding_keeps_everything_on_black():
    decoded, changes = decode(reopened(Image.new("L", (16, 8), 255)), Canvas(8, 8, 1, "pad"))
    assert (decoded[0, 2:6] == 255).all()
    assert (decoded[0, [0, 1, 6, 7]] == 0).all()
    assert changes == ["shrunk", "padded"]


def test_stretching_keeps_everything_and_fills_all():
    image = Image.new("L", (16, 8), 255)
    decoded, changes = decode(reopened(image), Canvas(8, 8, 1, "stretch"))
    assert (decoded == 255).all()
    assert "stretched" in changes


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (7, 5), (33, 31), (64, 64)])
def test_every_size_fits(fit, size):
    assert decode(picture(size=size), Canvas(12, 8, 3, fit))[0].shape == (3, 12, 8)


def test_same_shape_is_only_scaled():
    assert decode(picture(size=(16, 16)), Canvas(8, 8, 3))[1] == ["shrunk"]
    assert decode(picture(size=(4, 4)), Canvas(8, 8, 3))[1] == ["enlarged"]


def test_what_is_hidden_by_transparency_does_not_come_out():
    decoded, changes = decode(Image.new("RGBA", (4, 4), (255, 0, 0, 0)), Canvas(4, 4, 3))
    assert (decoded == 255).all()
    assert changes == ["RGBA to RGB on white"]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (Image.new("F", (4, 4)), "floats"),
        (Image.new("I", (4, 4), 70000), "more than 16 bits"),
    ],
)
def test_unknown_ranges_are_not_guessed(image, message):
    with pytest.raises(ValueError, match=message):
        decode(reopened(image, "TIFF"), None)


def test_a_picture_too_large_to_be_one_is_not_decoded(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 60)
    with quiet(), pytest.raises(ValueError, match=r"bomb\? It would have 8x8 pixels"):
        PICTURES.open_bytes(png(size=(8, 8)))


def test_postscript_is_never_run():
    with pytest.raises(OSError, match="cannot identify"):
        PICTURES.open_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n")
