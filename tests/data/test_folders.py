"""Folders and zips: classes from folders, and a clear error for each thing that can be wrong."""

import os
import struct
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
import torch

from multigan.data import readers
from multigan.data.labels import class_folders, natural
from multigan.errors import DataError
from multigan.modalities.image.load.load import load_images
from tests.data.pictures import SEVEN, folder_of, numbered, pixels, png, zip_of


def paths(*names: str) -> list[PurePosixPath]:
    return [PurePosixPath(name) for name in names]


def with_unsafe_size(path: Path, size: int) -> Path:
    """Returns a zip whose directory claims that its pictures have `size` bytes each."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.png", png(number))
        for entry in archive.infolist():
            entry.file_size = size  # written into the directory when the zip is closed
    return path


@pytest.fixture(params=["folder", "zip"])
def make(request, tmp_path):
    """Makes a folder or a zip of the same files: both are read alike."""

    def made(files: dict[str, bytes]) -> Path:
        if request.param == "zip":
            return zip_of(tmp_path / "set.zip", files)
        (tmp_path / "set").mkdir()
        return folder_of(tmp_path / "set", files)

    return made


def test_numbers_sort_as_people_do():
    names = ["b", "10", "a10", "2", "a2", "1"]
    assert sorted(names, key=natural) == ["1", "2", "10", "a2", "a10", "b"]


def test_classes_are_folders(make):
    images = load_images(make(numbered()))
    assert images.condition.names == ("cat", "dog")
    raw, labels = images.source.read(torch.arange(7))
    assert sorted(labels.tolist()) == [0, 0, 0, 1, 1, 1, 1]
    assert (images.channels, images.height, images.width) == (3, 8, 8)
    expected = {pixels(number).tobytes() for number in range(7)}
    assert {row.numpy().tobytes() for row in raw} == expected


def test_pictures_keep_their_labels(make):
    images = load_images(make(numbered()))
    class_of = {pixels(n).tobytes(): name.split("/")[0] for n, name in enumerate(SEVEN)}
    raw, labels = images.source.read(torch.tensor([6, 2, 0]))
    for row, label in zip(raw, labels, strict=True):
        assert images.condition.names[label] == class_of[row.numpy().tobytes()]


def test_class_folders_are_in_natural_order(make):
    files = {f"{number}/a.png": png(number) for number in (10, 9, 1)}
    assert load_images(make(files)).condition.names == ("1", "9", "10")


def test_pictures_without_folders_have_no_classes(make):
    images = load_images(make({"a.png": png(0), "b.png": png(1)}))
    assert images.condition is None
    assert images.source.read(torch.arange(2))[1] is None


@pytest.mark.parametrize(
    ("found", "classes", "used"),
    [
        (["root/cat/1.png", "root/dog/1.png"], ("cat", "dog"), 2),  # one folder around all
        (["cat/x/1.png", "cat/y/1.png", "dog/1.png"], ("cat", "dog"), 3),  # deeper is fine
        (["root/1.png", "root/2.png"], (), 2),  # one class is none
        (["train/cat/1.png", "train/dog/1.png", "test/cat/1.png"], ("cat", "dog"), 2),
        (["set/train/1.png", "set/test/1.png"], (), 1),
    ],
)
def test_classes_are_the_first_folders_that_tell_images_apart(found, classes, used):
    labels, names, kept = class_folders(paths(*found), "train", "here")
    assert names == classes
    assert len(kept) == used
    assert len(labels) == (used if classes else 0)


def test_a_missing_split_is_not_taken_for_classes():
    with pytest.raises(DataError, match=r"no folder 'train', only test, val"):
        class_folders(paths("val/1.png", "test/1.png"), "train", "here")


def test_a_split_has_several_names_and_other_data_does_not_go_under_one():
    found = paths("train/a/1.png", "train/b/1.png", "valid/a/1.png", "valid/b/1.png")
    assert len(class_folders(found, "validation", "here")[2]) == 2
    with pytest.raises(DataError, match="no split 'test', only train, all"):
        class_folders(paths("a/1.png", "b/1.png"), "test", "here")
    with pytest.raises(DataError, match="no folder 'test', only train"):
        class_folders(paths("train/a/1.png", "train/b/1.png"), "test", "here")


def test_images_beside_class_folders_are_refused(make):
    files = {"cat/1.png": png(), "dog/1.png": png(), "stray.png": png()}
    with pytest.raises(DataError, match=r"both beside and inside.*stray\.png beside cat/"):
        load_images(make(files))


def test_an_empty_folder_says_what_it_expects(tmp_path):
    with pytest.raises(DataError, match=r"no images in .*it is empty\. Expected files such as"):
        load_images(tmp_path)


def test_a_set_without_images_counts_what_it_has_instead(make):
    with pytest.raises(DataError, match=r"no images in .* but 2 other files"):
        load_images(make({"a.txt": b"a", "b.csv": b"b"}))


def test_other_files_are_ignored_and_named(make):
    others = ["Thumbs.db", "notes.txt", ".hidden.png", "__MACOSX/cat/1.png", ".git/x.png"]
    images = load_images(make(numbered() | dict.fromkeys(others, b"?")))
    assert len(images) == 7
    assert set(images.report.ignored) == set(others)
    assert images.report.num_ignored == 5
    assert images.report.unreadable == ()
    assert "Ignored 5 files" in images.report.summary()


def test_unreadable_images_are_left_out_counted_and_listed(make):
    bad = {"cat/cut.png": png(size=(64, 64))[:-400], "dog/no.png": b"no picture", "dog/0.png": b""}
    images = load_images(make(numbered() | bad), size=8, max_unreadable=0.5)
    assert (images.report.found, images.report.used, len(images)) == (10, 7, 7)
    reasons = {entry.name: entry.reason for entry in images.report.unreadable}
    assert set(reasons) == set(bad)
    assert "truncated" in reasons["cat/cut.png"]
    assert reasons["dog/no.png"] == "not a picture in a known format"
    assert reasons["dog/0.png"] == "it is empty"
    assert sorted(images.source.read(torch.arange(7))[1].tolist()) == [0, 0, 0, 1, 1, 1, 1]
    assert "Left out 3 unreadable" in images.report.summary()


def test_too_many_unreadable_images_are_fatal(make):
    with pytest.raises(
        DataError, match=r"1 of 8 .* more than the 1\.00%.*bad\.png \(not a.*max_unreadable="
    ):
        load_images(make(numbered() | {"dog/bad.png": b"bad"}))


def test_a_set_of_nothing_but_unreadable_images_is_fatal_at_any_share(make):
    with pytest.raises(DataError, match="None of the 2 images"):
        load_images(make({"a.png": b"a", "b.png": b"b"}), max_unreadable=1.0)


def test_a_truncated_jpeg_is_found_out(make):
    from tests.data.pictures import encoded, picture

    whole = encoded(picture(size=(64, 64)), "JPEG")
    with pytest.raises(DataError, match=r"a\.jpg \(.*truncated"):
        load_images(make({"a.jpg": whole[: len(whole) // 2], "b.jpg": whole}))


def test_a_decompression_bomb_is_unreadable(make, monkeypatch):
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 100)
    images = load_images(make({"a.png": png(), "b.png": png(size=(12, 12))}), max_unreadable=0.5)
    assert "bomb" in images.report.unreadable[0].reason


def test_folders_that_loop_are_read_once(tmp_path):
    folder_of(tmp_path, numbered())
    os.symlink(tmp_path, tmp_path / "cat" / "again", target_is_directory=True)
    assert len(load_images(tmp_path)) == 7


@pytest.mark.parametrize("name", ["../evil.png", "a/../../evil.png", "/etc/evil.png", "C:\\e.png"])
def test_a_zip_that_points_outside_is_refused(name, tmp_path):
    path = zip_of(tmp_path / "set.zip", {"ok.png": png(), name: png()})
    with pytest.raises(DataError, match=r"points outside of it: .*e"):
        load_images(path)


def test_a_zip_bomb_is_refused(tmp_path):
    path = with_unsafe_size(tmp_path / "bomb.zip", 250 << 20)
    with pytest.raises(DataError, match=r"grow \d+ times when read, to 1 GiB: that is a zip bomb"):
        load_images(path)


def test_a_giant_entry_is_refused(tmp_path):
    path = with_unsafe_size(tmp_path / "bomb.zip", 300 << 20)
    with pytest.raises(DataError, match=r"an entry of 300 MiB, '0\.png'"):
        load_images(path)


def test_an_entry_that_declares_less_than_it_holds_gives_no_more(tmp_path):
    path = with_unsafe_size(tmp_path / "liar.zip", 50)
    with pytest.raises(DataError, match="None of the 5 images"):
        load_images(path)


def test_an_encrypted_zip_is_refused(tmp_path):
    path = zip_of(tmp_path / "set.zip", {"a.png": png()})
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, directory + 8, 1)  # the flag for encryption
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"encrypted \(its entry 'a\.png'\)"):
        load_images(path)


def test_a_broken_zip_is_refused(tmp_path):
    path = zip_of(tmp_path / "set.zip", numbered())
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match="not a whole zip file"):
        load_images(path)


def test_a_limit_is_spread_over_all_classes(make):
    images = load_images(make(numbered()), limit=4)
    assert len(images) == 4
    assert images.source.read(torch.arange(4))[1].unique().tolist() == [0, 1]
    assert "Only 4 of 7 images" in images.report.summary()


def test_a_limit_chooses_exactly_that_many_in_order():
    for count in range(1, 12):
        reader = readers.Reader(
            "", "", lambda count=count: ((str(n), lambda: None) for n in range(count)), count
        )
        for limit in range(1, count + 1):
            limited = reader.limited(limit)
            names = [int(name) for name, _ in limited.items()]
            assert len(names) == limited.count == limit
            assert names == sorted(set(names))
            assert np.ptp(np.diff(names)) <= 1 if limit > 1 else True
