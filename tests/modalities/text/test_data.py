"""Text from wherever it is; what is wrong with it is counted, or refused with a reason."""

import json
import os
from pathlib import Path

import pytest
import torch

from multigan.errors import ConfigError, DataError
from multigan.modalities.text.load.load import load_text
from multigan.modalities.text.load.prose import is_prose, sentences_of

LINES = ["a b c", "a b", "b c a"]
SHARED = Path(
    os.environ.get("MULTIGAN_TEST_DATA", Path(__file__).parents[3] / ".." / "shared" / "data")
)


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def texts_of(data, **options) -> list[str]:
    found = load_text(data, **options)
    rows = found.source.raw.tolist()
    return [found.tokenizer.decode(found.tokenizer.until_end(row)) for row in rows]


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "break"])
def test_lines_of_a_file(tmp_path, line_break, last):
    content = line_break.join(LINES) + (line_break if last else "")
    path = write(tmp_path / "a.txt", b"\xef\xbb\xbf" + content.encode())
    assert texts_of(path) == LINES
    assert load_text(path).report.left_out == {}


def test_rows_end_and_are_filled_with_ends():
    found = load_text(LINES)
    assert found.length == 4
    assert found.source.raw.dtype == torch.int32
    assert (found.source.raw[:, -1] == found.tokenizer.end_id).all()
    assert found.report.tokens == 8
    assert len(found) == 3


def test_tables(tmp_path):
    rows = [("a b", "x"), ("b, c", "y"), ('say "c"', "x")]
    quoted = [text.replace('"', '""') for text, _ in rows]
    table = "text,label\n" + "".join(
        f'"{text}",{label}\n' for text, (_, label) in zip(quoted, rows, strict=True)
    )
    jsonl = "".join(json.dumps({"caption": text, "label": label}) + "\n" for text, label in rows)
    for path in (write(tmp_path / "a.csv", table), write(tmp_path / "a.jsonl", jsonl)):
        found = load_text(path)
        assert found.texts == tuple(text for text, _ in rows)
        assert found.condition is not None
        assert found.condition.names == ("x", "y")
        assert found.source.labels.tolist() == [0, 1, 0]


def test_parquet_and_data_sets(tmp_path):
    datasets = pytest.importorskip("datasets", reason="needs the extra 'data'")
    dataset = datasets.Dataset.from_dict({"sentence": LINES, "label": [1, 0, 1], "id": [1, 2, 3]})
    dataset = dataset.cast_column("label", datasets.ClassLabel(names=["bad", "good"]))
    path = tmp_path / "a.parquet"
    dataset.to_parquet(path)
    for data in (path, dataset):
        found = load_text(data)
        assert found.texts == tuple(LINES)
        assert found.condition.names == ("bad", "good")
        assert found.source.labels.tolist() == [1, 0, 1]


def test_a_folder_has_a_class_per_subfolder(tmp_path):
    for name, lines in {
        "neg/a.txt": "bad\nworse",
        "pos/b.TXT": "good",
        "pos/deep/c.txt": "fine",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(lines)
    (tmp_path / "pos" / "notes.md").write_text("no data")
    (tmp_path / ".hidden.txt").write_text("no data")
    data = load_text(str(tmp_path))
    assert data.texts == ("bad", "worse", "good", "fine")
    assert data.source.labels.tolist() == [0, 0, 1, 1]
    assert data.condition.names == ("neg", "pos")
    assert "Other files were left alone: 1 of .md." in data.report.notes
    windows = load_text(tmp_path, cut="windows", length=2)
    assert windows.condition is None
    (tmp_path / "top.txt").write_bytes(b"one\n\xff\n")  # now not every file has a class
    with pytest.raises(DataError, match=r"top.txt, line 2"):
        load_text(tmp_path)
    data = load_text(tmp_path, max_unreadable=0.5)
    assert data.condition is None
    assert data.texts[-1] == "one"


def test_a_file_of_a_folder_that_is_no_text_is_left_out_and_counted(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"text {number}\nand mor\n")
    (tmp_path / "wide.txt").write_bytes("a b\nc d\n".encode("utf-16"))
    with pytest.raises(DataError, match=r"1 of 4 files in .*: wide.txt \(has NUL bytes"):
        load_text(tmp_path)
    data = load_text(tmp_path, max_unreadable=0.25)
    assert len(data.texts) == 6
    assert [entry.name for entry in data.report.unreadable] == ["wide.txt"]
    with pytest.raises(DataError, match=r"3 of 4 files in .*: 0.txt \(is not utf-16"):
        load_text(tmp_path, encoding="utf-16")
    with pytest.raises(DataError, match=r"0.txt is not utf-16"):
        load_text(tmp_path / "0.txt", encoding="utf-16")


def test_a_folder_without_text_is_refused(tmp_path):
    (tmp_path / "a.md").write_text("x")
    with pytest.raises(DataError, match=r"There is no \.txt file in the folder"):
        load_text(tmp_path)


@pytest.mark.filterwarnings("ignore")  # of the package `datasets` and what it imports
def test_a_stream_is_read_once_and_no_further_than_asked(tmp_path):
    datasets = pytest.importorskip("datasets", reason="the Hub needs the extra 'data'")
    read = []

    def rows():
        for number in range(100):
            read.append(number)
            yield {"text": f"word {number}", "label": number % 2}

    made = datasets.IterableDataset.from_generator(rows)
    data = load_text(made, limit=4)
    assert data.texts == ("word 0", "word 1", "word 2", "word 3")
    assert data.source.labels.tolist() == [0, 1, 0, 1]
    assert max(read) < 20
    assert "Streamed once." in data.report.notes

    folder = tmp_path / "set"
    folder.mkdir()
    table = {"text": ["a b", "b", "c"], "label": [0, 1, 0]}
    datasets.Dataset.from_dict(table).to_parquet(folder / "train.parquet")
    stored, streamed = (load_text(f"hf:{folder}", streaming=way) for way in (False, True))
    assert stored.texts == streamed.texts == ("a b", "b", "c")
    assert stored.fingerprint == streamed.fingerprint
    with pytest.raises(DataError, match="Cannot read"):
        load_text(f"hf:{folder}", streaming=True, split="absent")


@pytest.mark.filterwarnings("ignore")
def test_a_stream_that_breaks_off_says_where():
    datasets = pytest.importorskip("datasets", reason="the Hub needs the extra 'data'")

    def rows():
        yield from ({"text": "a b"} for _ in range(7))
        raise OSError("the network is gone")

    features = datasets.Features({"text": datasets.Value("string")})
    made = datasets.IterableDataset.from_generator(rows, features=features)
    with pytest.raises(
        DataError, match=r"broke off after \d+ rows: the network is gone Try again, or"
    ):
        load_text(made)


def offline():
    raise OSError("the network is gone")
    yield


def without_rows():
    return iter(())


def later_without_text():
    yield from ({"text": "a b"} for _ in range(3))
    yield {"other": "c"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (offline, "do not say what its columns are: the network is gone"),
        (without_rows, "has no rows"),
        (later_without_text, "broke off after 3 rows: a row has no 'text'"),
    ],
)
def test_a_stream_without_columns_is_refused(rows, said):
    datasets = pytest.importorskip("datasets", reason="the Hub needs the extra 'data'")
    with pytest.raises(DataError, match=said):
        load_text(datasets.IterableDataset.from_generator(rows))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("train.jsonl", b'{"text": "a b"}\n{"text": \n', "JSON parse error"),
        ("train.csv", b"text\na b\nb \xff\n", "can't decode byte 0xff"),
        ("train.csv", b"text,label\n1,2\n", r"no column of strings. Its columns: text \(int64\)"),
    ],
)
def test_a_bad_file_of_a_data_set_says_why(tmp_path, name, content, said, streaming):
    pytest.importorskip("datasets", reason="the Hub needs the extra 'data'")
    write(tmp_path / name, content)
    with pytest.raises(DataError, match=said):
        load_text(f"hf:{tmp_path}", streaming=streaming)


def test_several_data_sets_by_name_are_refused():
    datasets = pytest.importorskip("datasets", reason="needs the extra 'data'")
    found = datasets.Dataset.from_dict({"text": LINES})
    with pytest.raises(DataError, match=r"DatasetDict, .*: train, test. Give one of them, e.g. d"):
        load_text(datasets.DatasetDict(train=found, test=found))


def test_python_values():
    for data in (LINES, tuple(LINES), iter(LINES)):
        assert load_text(data).texts == tuple(LINES)
    pairs = [(text, index % 2) for index, text in enumerate(LINES)]
    for data in (pairs, (LINES, torch.tensor([0, 1, 0]))):
        found = load_text(data)
        assert found.source.labels.tolist() == [0, 1, 0]
        assert found.condition.size == 2


def test_what_is_left_out_is_counted(tmp_path):
    lines = [*LINES * 100, "", "   ", "long " * 50]
    path = write(tmp_path / "a.txt", "\n".join(lines).encode() + b"\n\xff\xfe bad\nlast one")
    found = load_text(path)
    report = found.report
    assert report.found == 305
    assert report.left_out == {"empty": 2, "longer than 3 tokens": 1}
    assert [entry.name for entry in report.unreadable] == ["line 304"]
    assert "byte 0xff is not utf-8" in report.unreadable[0].reason
    assert report.used == len(found) == 301
    assert "299 texts are there more than once" not in report.summary()
    assert "297 texts are there more than once." in report.notes
    assert json.loads(json.dumps(report.to_json()))["used"] == 301


def test_too_many_unreadable_lines_are_refused(tmp_path):
    path = write(tmp_path / "a.txt", "\n".join(LINES).encode() + b"\n\xe9t\xe9")
    with pytest.raises(DataError, match=r"1 of 4 texts .*latin-1"):
        load_text(path)
    assert load_text(path, max_unreadable=0.3).report.used == 3
    assert load_text(path, encoding="latin-1").texts[-1] == "été"


def test_utf16_is_named(tmp_path):
    path = write(tmp_path / "a.txt", "a b\nb a\n".encode("utf-16"))
    with pytest.raises(DataError, match="encoding=utf-16"):
        load_text(path, max_unreadable=1)
    assert load_text(path, encoding="utf-16").texts == ("a b", "b a")


def test_one_line_only_and_no_line(tmp_path):
    with pytest.raises(DataError, match=r"is one text in .*cut=windows"):
        load_text(write(tmp_path / "one.txt", "just one line"))
    with pytest.raises(DataError, match="are no texts"):
        load_text(write(tmp_path / "none.txt", "\n\n"))


def test_a_line_of_a_million_characters(tmp_path):
    path = write(tmp_path / "a.txt", "\n".join(LINES * 50) + "\n" + "x y " * 250_000)
    report = load_text(path).report
    assert report.left_out == {"longer than 3 tokens": 1}
    whole = write(tmp_path / "b.txt", "x y z " * 170_000)
    windows = load_text(whole, cut="windows", length=32)
    assert windows.source.raw.shape == (510_000 // 32, 32)
    with pytest.raises(ConfigError, match="at most 4096"):
        load_text(["x " * 10_000, "y " * 10_000])


def test_longer_texts_are_cut_or_left_out():
    assert texts_of([*LINES, "a a a a"], length=4, too_long="cut")[-1] == "a a a"
    assert load_text([*LINES, "a a a a"], length=4).report.used == 3
    with pytest.raises(DataError, match=r"All 3 texts .* longer than 1 tokens"):
        load_text(LINES, length=2)


def test_windows_cover_the_text_and_keep_line_breaks(tmp_path):
    path = write(tmp_path / "a.txt", "ab\ncd\nefg\n")
    found = load_text(path, tokenizer="char", cut="windows", length=3)
    assert "".join(found.texts) == "ab\ncd\nef"[:9].ljust(8) + "g"
    assert found.report.changed == {}
    assert found.source.raw.shape == (3, 3)


def test_columns_are_found_or_asked_for(tmp_path):
    path = write(tmp_path / "a.csv", "title,body\na,b\nc,d\n")
    assert load_text(path).texts == ("a", "c")
    assert load_text(path, text_column="body").texts == ("b", "d")
    with pytest.raises(DataError, match=r"no column 'boddy'.*title, body"):
        load_text(path, text_column="boddy")
    odd = write(tmp_path / "b.csv", "left,right\na,b\nc,d\n")
    with pytest.raises(DataError, match=r"left, right\. Name the one"):
        load_text(odd)


def test_damaged_rows_are_counted(tmp_path):
    lines = [json.dumps({"text": text}) for text in LINES * 100]
    content = "\n".join([*lines, "{broken", "[1]", json.dumps({"text": None})])
    report = load_text(write(tmp_path / "a.jsonl", content)).report
    assert report.used == 300
    assert len(report.unreadable) == 3


def test_a_limit_takes_texts_from_all_over():
    found = load_text([f"t{index} x" for index in range(100)], limit=4)
    assert found.texts == ("t0 x", "t25 x", "t50 x", "t75 x")


def test_the_fingerprint_is_of_the_content(tmp_path):
    listed = load_text(LINES).fingerprint
    assert load_text(write(tmp_path / "a.txt", "\n".join(LINES))).fingerprint == listed
    assert load_text(LINES[::-1]).fingerprint != listed
    assert load_text((LINES, [0, 1, 0])).fingerprint != listed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cut": "words"}, "cut must be lines or windows, not 'words'"),
        ({"length": 1}, "length must be a whole number from 2 to 4096, or null, not 1"),
        ({"lowercase": "yes"}, "lowercase must be true or false, not 'yes'"),
        ({"encoding": "utf-9"}, "the name of an encoding, such as utf-8, not 'utf-9'"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ConfigError, match=message):
        load_text(LINES, **options)


def test_what_is_no_text_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no file 'nothing\.txt'"):
        load_text("nothing.txt")
    with pytest.raises(DataError, match="file in the folder"):
        load_text(tmp_path)
    with pytest.raises(DataError, match="Cannot read texts from int"):
        load_text(3)
    with pytest.raises(DataError, match="3 texts but 2 labels"):
        load_text((LINES, [0, 1]))


def test_prose_is_sentences_without_code():
    found = load_text("prose", lowercase=True)
    assert len(found) > 1000
    assert not any("::=" in text or ">>>" in text for text in found.texts)
    assert all(text[-1] in ".!?" for text in found.texts)
    assert not is_prose("   if x == 1:\n      pass")
    assert sentences_of("The *first* one is here. The second is\nhere, too. No") == [
        "The first one is here.",
        "The second is here, too.",
    ]


@pytest.mark.parametrize(
    ("name", "used", "vocab"),
    [("coco-captions-train.txt", 9926, 4706), ("movie-reviews.csv", 10566, 10_000)],
)
def test_real_files(name, used, vocab):
    if not (SHARED / name).is_file():
        pytest.skip(f"{name} is not in {SHARED}; set MULTIGAN_TEST_DATA to where it is")
    report = load_text(SHARED / name).report
    assert (report.used, report.vocab_size) == (used, vocab)
    assert report.classes == (("neg", "pos") if name.endswith("csv") else ())
