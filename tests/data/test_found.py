"""Data as people find it: what is odd about it is said, and what is wrong is refused."""

import json
import os
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from multigan.cli import main
from multigan.errors import DataError
from multigan.files import parse_json
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.image.load.load import load_images
from multigan.modalities.text.load.load import load_text
from tests.data.pictures import encoded, folder_of, png
from tests.data.sounds import encoded as sound
from tests.data.sounds import tone, write

WORDS = ["ba", "lo", "mi", "ne", "ru", "sa", "to"]
NAMES = [first + second + third for first in WORDS for second in WORDS for third in WORDS]


def grey16(highest: int) -> bytes:
    values = np.linspace(0, highest, 64).astype(np.uint16).reshape(8, 8)
    return encoded(Image.fromarray(values))


def test_12_bits_in_16_are_said_and_an_option_brightens_them(tmp_path):
    folder = folder_of(tmp_path, {f"{n}.png": grey16(4095 - n) for n in range(4)})
    dark = load_images(folder)
    assert "use at most 12 of their bits" in dark.report.summary()
    assert "--set data.bits=12" in dark.report.summary()
    assert dark.source.raw.max() == 16
    bright = load_images(folder, bits=12)
    assert bright.source.raw.max() == 255
    assert "dark" not in bright.report.summary()
    with pytest.raises(DataError, match=r"beyond the 10 bits of data\.bits"):
        load_images(folder, bits=10)


def test_12_bits_of_arrays_want_the_option(tmp_path):
    values = np.linspace(0, 4095, 4 * 64).astype(np.uint16).reshape(4, 8, 8)
    np.savez(tmp_path / "a.npz", images=values)
    for given in (tmp_path / "a.npz", values):
        with pytest.raises(DataError, match=r"If they have 12 bits: --set data\.bits=12"):
            load_images(given)
        bright = load_images(given, bits=12)
        assert bright.source.raw.max() == 255
        assert "12 bits were brought to 8" in bright.report.summary()
        with pytest.raises(DataError, match="pixels are 0 to 1023"):
            load_images(given, bits=10)


def test_16_bits_that_are_all_used_are_nothing_to_speak_of(tmp_path):
    folder = folder_of(tmp_path, {"a.png": grey16(65535), "b.png": grey16(3000)})
    assert "dark" not in load_images(folder).report.summary()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": np.array(["a", "b"])}, "It holds <U1"),
        ({"images": np.zeros(4, [("r", "u1"), ("g", "u1")])}, "It holds .*'r'"),
        ({"images": np.zeros((4, 8, 8), np.complex64)}, "It holds complex64"),
        ({"images": np.zeros((4, 8, 8), np.uint8), "labels": np.array(["a"] * 4)}, "It holds <U1"),
    ],
)
def test_arrays_of_no_numbers_are_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match=message):
        load_images(tmp_path / "a.npz")


@pytest.mark.parametrize("dtype", [">f4", "<u2", ">u2", "<u4", "bool", "float16"])
def test_numbers_of_any_kind_are_read(tmp_path, dtype):
    values = np.ones((4, 8, 8), dtype)
    np.savez(tmp_path / "a.npz", images=values, labels=np.arange(4).astype(dtype))
    assert len(load_images(tmp_path / "a.npz")) == 4


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (-4, 8, 8), }", "claims the shape"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (400000, 8, 8), }", "but holds 256"),
        ("(" * 5000, "not an array"),
    ],
)
def test_impossible_headers_are_refused(tmp_path, header, message):
    header = header.encode() + b"\n"
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(256)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("images.npy", content)
    with pytest.raises(DataError, match=message):
        load_images(tmp_path / "a.npz")


def parquet(path, columns):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"image": [png(n) for n in range(4)], **columns}), path)
    return path


def test_which_of_two_columns_of_labels_is_used_is_said(tmp_path):
    columns = {"fine_label": [0, 1, 2, 3], "coarse_label": [0, 0, 1, 1]}
    said = load_images(parquet(tmp_path / "a.parquet", columns)).report.summary()
    assert "Labels are those of the column 'fine_label'; there is 'coarse_label' too" in said


def test_a_column_of_floats_with_gaps_is_called_what_it_is(tmp_path):
    path = parquet(tmp_path / "a.parquet", {"label": [0.0, 1.0, float("nan"), 1.0]})
    said = load_images(path).report.summary()
    assert "the column 'label' holds double" in said
    assert "1 of its 4 values are missing (NaN)" in said


def test_a_list_of_names_takes_characters_and_says_so(tmp_path):
    path = tmp_path / "names.txt"
    path.write_text("\n".join(NAMES))
    names = load_text(path, min_count=2)
    assert names.report.tokenizer == "char"
    assert "characters are learned" in names.report.summary()
    assert load_text(path, tokenizer="word").report.tokenizer == "word"
    assert load_text(["yes", "no"] * 20).report.tokenizer == "word"


def test_a_vocabulary_of_nothing_is_refused():
    with pytest.raises(DataError, match=r"vocabulary of .* is empty"):
        load_text([f"{a} {b}" for a, b in zip(NAMES, NAMES[::-1], strict=True)][:99], min_count=9)


def test_many_unknown_words_are_said_with_a_remedy():
    texts = [f"the {name}" for name in NAMES]
    said = load_text(texts, vocab_size=10).report.summary()
    assert "of the tokens are outside of the vocabulary. A generator learns" in said
    assert "tokenizer=bpe" in said


def test_what_is_no_plain_file_in_a_folder_of_texts_is_counted(tmp_path):
    (tmp_path / "good.txt").write_text("one\ntwo\nthree")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    texts = load_text(tmp_path, max_unreadable=0.8)
    reasons = {one.name: one.reason for one in texts.report.unreadable}
    assert reasons["pipe.txt"] == "it is a pipe"
    assert reasons["zero.txt"] == "it is a device"
    assert "leads nowhere" in reasons["gone.txt"]
    with pytest.raises(DataError, match="is a pipe, so it cannot be read"):
        load_text(tmp_path / "pipe.txt")


def test_pipes_among_pictures_are_counted_and_as_annotations_refused(tmp_path):
    folder = folder_of(tmp_path, {f"{n}.png": png(n) for n in range(3)})
    os.mkfifo(folder / "pipe.png")
    assert load_images(folder, max_unreadable=0.5).report.unreadable[0].reason == "it is a pipe"
    os.mkfifo(folder / "dataset.json")
    with pytest.raises(DataError, match=r"dataset.json is a pipe"):
        load_images(folder, max_unreadable=0.5)


def test_documents_are_not_taken_for_text(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 9)
    with pytest.raises(DataError, match="is a PDF, not plain text"):
        load_text(tmp_path / "a.txt")


def wav(promised: int) -> bytes:
    """Returns half a second of sound whose header promises so many bytes."""
    content = sound(tone())
    at = content.index(b"data") + 4
    return content[:at] + struct.pack("<I", promised) + content[at + 4 :]


def test_a_header_that_promises_4_gigabytes_is_counted_and_named(tmp_path):
    folder = folder_of(tmp_path, {"a.wav": wav(8000), "b.wav": wav(4_000_000_000)})
    report = load_audio(folder, max_unreadable=0.5).report
    assert report.unreadable[0].name == "b.wav"
    assert "promises 4,000,000,000 bytes" in report.unreadable[0].reason


def test_a_sound_written_into_a_pipe_is_read(tmp_path):
    folder = folder_of(tmp_path, {"a.wav": wav(0xFFFFFFFF), "b.wav": wav(8000)})
    sounds = load_audio(folder)
    assert len(sounds) == 2
    assert "1 whose header does not say how long they are" in sounds.report.summary()


def test_a_name_that_is_in_a_zip_twice_is_said(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.png", png(0))
        archive.writestr("b.png", png(1))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.png", png(2))
    images = load_images(tmp_path / "a.zip")
    assert len(images) == 2
    assert "1 names are there more than once, e.g. a.png" in images.report.summary()


def test_what_annotations_of_nsynth_name_in_vain_is_said(tmp_path):
    notes = {f"n{n}": {"pitch": 60 + n % 2} for n in range(5)}
    files = {f"audio/n{n}.wav": sound(tone(hertz=300 + 50 * n)) for n in range(4)}
    folder = folder_of(tmp_path, files | {"examples.json": json.dumps(notes).encode()})
    said = load_audio(folder).report.summary()
    assert "1 sounds that it describes are not there, e.g. n4." in said


def test_deeply_nested_json_is_refused_in_one_line(tmp_path):
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json("[" * 200_000)
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n{"text": "b"}\n' + "[" * 200_000)
    texts = load_text(path, max_unreadable=0.5)
    assert "nested too deeply" in texts.report.unreadable[0].reason


def test_inspect_reads_what_train_would(tmp_path, capsys):
    for index in range(6):
        write(tmp_path / f"{index}.wav", tone(1.0, rate=16000, hertz=300 + 50 * index), rate=16000)
    page = ["--out", str(tmp_path / "page.html"), "--clips", "1"]
    assert main(["inspect", str(tmp_path), *page, "--representations", "waveform"]) == 0
    said = capsys.readouterr().err
    assert "Read as `multigan train speech` would with sample_rate=8000, length=6144" in said
    assert main(["train", "speech", "--data", str(tmp_path), "--dry-run"]) == 0
    told = capsys.readouterr().out.split(" (")[0]  # without the seconds
    assert "at 8000 Hz" in told
    assert told in said
    assert main(["inspect", str(tmp_path), *page, "--recipe", "prose"]) == 1
    assert "is for text" in capsys.readouterr().err
