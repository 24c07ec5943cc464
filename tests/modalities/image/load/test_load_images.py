"""One size, one mode, one store: stated where it is asked for and where it is done."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from multigan.errors import ConfigError, DataError
from multigan.modalities.image.load.load import load_images
from multigan.modalities.image.load.loaded import ImageReport, ImageSet
from tests.data.pictures import encoded, folder_of, numbered, picture, png

ALL = torch.arange(7)


@pytest.fixture
def folder(tmp_path):
    return folder_of(tmp_path / "set", numbered())


def rows(images: ImageSet) -> torch.Tensor:
    return images.source.read(torch.arange(len(images)))[0]


def test_mixed_sizes_are_named_and_a_size_is_asked_for(tmp_path):
    sizes = {"a.png": (8, 8), "b.png": (8, 8), "c.png": (12, 8)}
    folder_of(tmp_path, {name: png(size=size) for name, size in sizes.items()})
    with pytest.raises(DataError, match=r"8x8 \(2 images\), 12x8 \(1 images\).*data\.size=64"):
        load_images(tmp_path)
    images = load_images(tmp_path, size=(8, 12), fit="pad")
    assert (images.height, images.width) == (8, 12)
    assert images.report.resized == {"padded": 2}
    assert images.report.fit == "pad"
    assert "Resized: 2 padded" in images.report.summary()


def test_a_size_that_cannot_be_built_up_is_refused(tmp_path):
    folder_of(tmp_path, {"a.png": png(size=(30, 30))})
    with pytest.raises(DataError, match=r"30x30 .* multiples of 4.*data\.size=32"):
        load_images(tmp_path)


def test_resizing_is_counted(folder):
    images = load_images(folder, size=4)
    assert rows(images).shape == (7, 3, 4, 4)
    assert images.report.resized == {"shrunk": 7}


def test_the_commonest_mode_wins_and_others_are_counted(tmp_path):
    files = {"a.png": png(), "b.png": png(1), "c.png": png(2, mode="L")}
    files["d.tif"] = encoded(Image.new("CMYK", (8, 8)), "TIFF")
    sixteen = Image.fromarray(np.full((8, 8), 65535, dtype=np.uint16))
    files["e.png"] = encoded(sixteen)
    images = load_images(folder_of(tmp_path, files))
    assert images.channels == 3
    assert images.report.converted == {"grey to RGB": 2, "CMYK to RGB": 1, "16-bit to 8-bit": 1}
    assert (rows(images)[-1] == 255).all()


def test_channels_can_be_asked_for(folder):
    images = load_images(folder, channels=1)
    assert rows(images).shape == (7, 1, 8, 8)
    assert images.report.converted == {"RGB to grey": 7}


def test_one_image_only_is_allowed_and_remarked_on(tmp_path):
    images = load_images(folder_of(tmp_path, {"a.png": png()}))
    assert len(images) == 1
    assert "memorize" in images.report.summary()


def test_what_does_not_fit_is_mapped_and_equal_and_reused(folder, tmp_path):
    cache = tmp_path / "cache"
    in_memory = load_images(folder, cache=cache)
    mapped = load_images(folder, cache=cache, memory_bytes=100)
    assert not in_memory.report.storage.startswith("memory-mapped")
    assert mapped.report.storage.startswith("memory-mapped at")
    assert mapped.fingerprint == in_memory.fingerprint
    for a, b in zip(mapped.source.read(ALL), in_memory.source.read(ALL), strict=True):
        assert torch.equal(a, b)
    (cached,) = cache.iterdir()
    written = (cached / "samples.npy").stat().st_mtime_ns
    again = load_images(folder, cache=cache, memory_bytes=100)
    assert (cached / "samples.npy").stat().st_mtime_ns == written
    assert torch.equal(rows(again), rows(mapped))
    assert torch.equal(rows(load_images(folder, cache=cache)), rows(mapped))  # room again


def test_a_changed_folder_is_read_again(folder, tmp_path):
    first = load_images(folder, memory_bytes=1)
    (folder / "cat" / "1.png").write_bytes(png(99))
    second = load_images(folder, memory_bytes=1)
    assert not torch.equal(rows(first), rows(second))
    assert first.fingerprint != second.fingerprint


@pytest.mark.parametrize("damage", ["samples.npy", "labels.npy", "report.json"])
@pytest.mark.parametrize("how", ["remove", "cut", "empty", "garbage"])
def test_a_damaged_cache_is_built_anew(folder, tmp_path, damage, how):
    cache = tmp_path / "cache"
    expected = rows(load_images(folder, cache=cache, memory_bytes=1))
    (cached,) = cache.iterdir()
    victim = cached / damage
    whole = victim.read_bytes()
    victim.rename(victim.with_suffix(".whole"))  # a file that is still mapped must not change
    if how != "remove":
        victim.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "garbage": b"x"}[how])
    again = load_images(folder, cache=cache, memory_bytes=1)
    assert torch.equal(rows(again), expected)
    assert victim.read_bytes()[:40] == whole[:40]


def test_unreadable_images_leave_no_gap_in_a_mapped_file(folder):
    (folder / "cat" / "2.png").write_bytes(b"bad")
    mapped = load_images(folder, memory_bytes=1, max_unreadable=0.5)
    held = load_images(folder, max_unreadable=0.5, size=8)
    assert len(mapped) == 6
    assert torch.equal(rows(mapped), rows(held))
    with pytest.raises(DataError, match="more than the 0"):  # the cached set does not excuse it
        load_images(folder, memory_bytes=1, max_unreadable=0.0)


def test_a_failed_build_leaves_nothing_behind(folder, tmp_path):
    (folder / "cat" / "2.png").write_bytes(png()[:-30])
    with pytest.raises(DataError):
        load_images(folder, cache=tmp_path / "cache", memory_bytes=1, size=8, channels=3)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_report_survives_json(folder):
    (folder / "cat" / "2.png").write_bytes(b"bad")
    report = load_images(folder, max_unreadable=0.5).report
    assert ImageReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_the_fingerprint_depends_on_content_and_options(folder):
    prints = [
        load_images(folder).fingerprint,
        load_images(folder, size=4).fingerprint,
        load_images(folder, channels=1).fingerprint,
        load_images(folder, limit=3).fingerprint,
    ]
    assert len(set(prints)) == 4
    assert load_images(folder).fingerprint == prints[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 30}, "divisible by 4"),
        ({"size": 0}, "divisible by 4"),
        ({"channels": 2}, "not 2"),
        ({"fit": "squeeze"}, "one of crop, pad, stretch"),
        ({"max_unreadable": 5}, "from 0 to 1.* The share of files"),
        ({"limit": 0}, "at least 1"),
    ],
)
def test_impossible_options_are_refused_before_anything_is_read(options, message):
    with pytest.raises(ConfigError, match=message):
        load_images("nowhere", **options)


def test_unknown_data_says_what_is_known(tmp_path):
    with pytest.raises(DataError, match=r"no file or folder 'nowhere'.*'digits'"):
        load_images("nowhere")
    with pytest.raises(DataError, match="from int"):
        load_images(3)
    (tmp_path / "a.png").write_bytes(png())
    with pytest.raises(DataError, match=r"from the file .*a\.png\. Expected a folder"):
        load_images(tmp_path / "a.png")


def test_digits_are_scaled_to_bytes():
    images = load_images("digits")
    assert rows(images).shape == (1797, 1, 8, 8)
    assert (rows(images).min(), rows(images).max()) == (0, 255)
    assert images.condition.names == tuple("0123456789")


def test_tensors_of_bytes_are_taken_as_they_are():
    tensor = torch.randint(0, 256, (5, 3, 8, 12), dtype=torch.uint8)
    images = load_images(tensor)
    assert torch.equal(rows(images), tensor)
    assert images.condition is None
    assert load_images(tensor[:, 0]).channels == 1
    assert load_images((tensor, torch.tensor([3, 5, 3, 5, 7]))).condition.names == ("3", "5", "7")
    assert rows(load_images(tensor, size=4, channels=1)).shape == (5, 1, 4, 4)
    assert rows(load_images(torch.zeros(2, 7, 8, 8))).shape == (2, 7, 8, 8)


@pytest.mark.parametrize(("low", "name"), [(0.0, r"[0, 1]"), (-1.0, r"[-1, 1]")])
def test_floats_are_scaled_by_their_stated_range(low, name):
    images = load_images(torch.tensor([low, 1.0, 1.0, low]).view(1, 1, 1, 4).expand(1, 1, 4, 4))
    assert rows(images)[0, 0, 0].tolist() == [0, 255, 255, 0]
    assert f"taken to be in {name}" in images.report.summary()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (torch.full((1, 1, 8, 8), 2.0), r"\[0, 1\] or \[-1, 1\]"),
        (torch.full((1, 1, 8, 8), float("nan")), r"\[0, 1\] or \[-1, 1\]"),
        (torch.full((1, 1, 8, 8), 300), "pixels are 0 to 255"),
        (torch.zeros(8, 8), "not images"),
        (torch.zeros(0, 1, 8, 8), "no images"),
        (torch.zeros(2, 8, 8, 3), "channels last"),
        (torch.zeros(2, 1, 7, 8), "multiples of 4"),
        ((torch.zeros(2, 1, 8, 8), torch.zeros(3)), "labels of shape"),
        ((torch.zeros(2, 1, 8, 8), torch.tensor([0.5, torch.nan])), "1 finite numbers"),
        ((torch.zeros(2, 1, 8, 8), torch.zeros(2, 0)), "0 finite numbers"),
    ],
)
def test_tensors_that_are_no_images_are_refused(data, message):
    with pytest.raises(DataError, match=message):
        load_images(data)


def test_channels_that_no_picture_has_cannot_be_resized():
    with pytest.raises(DataError, match="7 channels"):
        load_images(torch.zeros(2, 7, 8, 8), size=4)


@pytest.mark.parametrize("name", ["images", "x", "arr_0"])
def test_npz_files_hold_images_and_labels(tmp_path, name):
    values = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    np.savez(tmp_path / "a.npz", **{name: values, "y": np.arange(5) % 2})
    images = load_images(tmp_path / "a.npz")
    assert np.array_equal(rows(images).numpy(), values.transpose(0, 3, 1, 2))
    assert images.condition.size == 2


def test_npz_files_that_hold_something_else_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, images=np.array([{}], dtype=object))
    with pytest.raises(DataError, match="Python objects"):
        load_images(path)
    np.savez(path, pictures=np.zeros(3))
    with pytest.raises(DataError, match=r"no array called images.*it has pictures"):
        load_images(path)
    path.write_bytes(b"no zip")
    with pytest.raises(DataError, match=r"not an \.npz"):
        load_images(path)
    np.savez(path, images=np.zeros((2, 8, 8)))
    with pytest.raises(DataError, match="only uint8 images"):
        load_images(path, memory_bytes=1)


@pytest.mark.parametrize("shape", [(5, 8, 8), (5, 3, 8, 8), (5, 8, 8, 3)])
def test_an_npz_file_larger_than_memory_is_mapped_and_equal(tmp_path, shape):
    values = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    np.savez_compressed(tmp_path / "a.npz", images=values, labels=[4, 5, 4, 5, 4])
    held = load_images(tmp_path / "a.npz")
    mapped = load_images(tmp_path / "a.npz", memory_bytes=10)
    assert mapped.report.storage.startswith("memory-mapped")
    assert mapped.condition == held.condition
    assert torch.equal(rows(mapped), rows(held))


class Pairs(torch.utils.data.Dataset):
    """A torch data set that counts how often it is asked."""

    classes = ("even", "odd")

    def __init__(self, convert=lambda image: image) -> None:
        self.convert = convert
        self.asked = 0

    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: int):
        self.asked += 1
        return self.convert(picture(index)), index % 2


def channels_first(image: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)


@pytest.mark.parametrize(
    "convert",
    [
        lambda image: image,
        np.asarray,
        channels_first,
        lambda image: channels_first(image) / 255,
        lambda image: channels_first(image) / 127.5 - 1,
    ],
    ids=["PIL", "array", "bytes", "zero to one", "minus one to one"],
)
def test_torch_data_sets_are_read_once_whatever_they_give(convert):
    dataset = Pairs(convert)
    images = load_images(dataset)
    expected = torch.stack([channels_first(picture(index)) for index in range(6)])
    assert torch.equal(rows(images), expected)
    assert images.condition.names == ("even", "odd")
    assert images.source.read(torch.arange(3))[1].tolist() == [0, 1, 0]
    assert dataset.asked <= 7  # one of them again when the first float below 0 shows the range


def test_data_sets_of_pictures_alone_are_iterated_and_resized(tmp_path):
    pictures = [picture(size=(9, 7)), Image.new("CMYK", (5, 5)), Image.new("L", (4, 4))]
    images = load_images((image for image in pictures), size=8, memory_bytes=1, cache=tmp_path)
    assert rows(images).shape == (3, 3, 8, 8)
    assert images.report.converted == {"CMYK to RGB": 1, "grey to RGB": 1}
    assert [path.name for path in tmp_path.iterdir()] == [
        path.name for path in tmp_path.glob("images-*")
    ]


def test_data_sets_of_other_things_are_refused():
    with pytest.raises(DataError, match="gives str; expected a PIL image"):
        load_images(["a", "b"])
    with pytest.raises(DataError, match=r"sample of shape \(2, 8, 8\)"):
        load_images([torch.zeros(2, 8, 8)])
    with pytest.raises(DataError, match="no images"):
        load_images([])
    with pytest.raises(DataError, match="2 images but 1 labels"):
        load_images([(picture(), 0), picture()])


MEASURE = """
import resource, sys, torch
from itertools import islice
from multigan.modalities.image.load.load import load_images
from multigan.data.stream import Stream

def peak_kib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def train(**options):
    images = load_images(sys.argv[1], size=256, cache=sys.argv[2], memory_bytes=1, **options)
    for _ in islice(Stream(images.source, torch.Tensor.float, 8).batches(), len(images) // 8):
        pass

train(limit=200)
before = peak_kib()
train()
print(peak_kib() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts resident pages as Linux does")
def test_memory_stays_flat_however_much_is_read(tmp_path):
    folder_of(tmp_path / "set", {f"{number}.png": png(number % 9) for number in range(800)})
    decoded_kib = 800 * 3 * 256 * 256 / 1024
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "set"), str(tmp_path / "cache")]
    grown_kib = int(subprocess.run(command, capture_output=True, check=True).stdout)
    assert grown_kib < decoded_kib / 4  # noise of the allocator, and not the set
