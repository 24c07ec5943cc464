"""Labels that lie beside the files: StyleGAN's dataset.json, Hugging Face's metadata."""

import json
from io import BytesIO

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from multigan.data.annotations import of_split
from multigan.data.comma_values import read_comma_values
from multigan.errors import DataError
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.image.load.load import load_images
from tests.data.pictures import folder_of, png, zip_of
from tests.data.sounds import encoded, tone
from tests.data.test_folders import paths

SHARDS = ["00000/img00000000.png", "00000/img00000001.png", "00001/img00001000.png"]


def stylegan(labels) -> dict[str, bytes]:
    files = {name: png(number) for number, name in enumerate(SHARDS)}
    return files | {"dataset.json": json.dumps({"labels": labels}).encode()}


def metadata(*rows: str, columns: str = "file_name,label") -> dict[str, bytes]:
    files = {f"{number}.png": png(number) for number in range(len(rows))}
    return files | {"metadata.csv": "\n".join([columns, *rows]).encode()}


def load(tmp_path, files, packed, **options):
    data = zip_of(tmp_path / "a.zip", files) if packed else folder_of(tmp_path / "a", files)
    return load_images(data, **options)


@pytest.mark.parametrize("packed", [False, True])
def test_labels_of_stylegan_are_read_and_its_shards_are_no_classes(tmp_path, packed):
    labels = [[name, label] for name, label in zip(SHARDS, [6, 2, 6], strict=True)]
    images = load(tmp_path, stylegan(labels), packed)
    assert images.source.labels.tolist() == [1, 0, 1]
    assert images.condition.names == ("2", "6")
    assert "Labels are those of dataset.json." in images.report.notes
    assert images.report.num_ignored == 0


@pytest.mark.parametrize("labels", [None, "absent"])
def test_shards_without_labels_are_no_classes(tmp_path, labels):
    files = stylegan(None)
    if labels == "absent":
        del files["dataset.json"]
    images = load(tmp_path, files, packed=True)
    assert images.condition is None
    assert len(images) == 3
    assert "StyleGAN's shards" in images.report.summary()


def test_vectors_of_stylegan_are_numbers(tmp_path):
    labels = [[name, [0.5, number]] for number, name in enumerate(SHARDS)]
    assert load(tmp_path, stylegan(labels), packed=True).source.labels.shape == (3, 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"labels": [["a.png"]]}', "should list pairs"),
        (b'{"labels": [["gone.png", 1]]}', "describes none of the files"),
        (b"{", "dataset.json in .* is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_broken_dataset_json_is_refused(tmp_path, content, message):
    with pytest.raises(DataError, match=message):
        load(tmp_path, {"a.png": png(), "b.png": png(1), "dataset.json": content}, packed=False)


@pytest.mark.parametrize("packed", [False, True])
def test_metadata_beside_images_is_read(tmp_path, packed):
    images = load(tmp_path, metadata("0.png,cat", "1.png,dog", "2.png,cat"), packed)
    assert images.source.labels.tolist() == [0, 1, 0]
    assert images.condition.names == ("cat", "dog")


def test_metadata_of_json_lines_beside_sounds_is_read(tmp_path):
    rows = [{"file_name": f"s/{n}.wav", "label": "ab"[n % 2]} for n in range(4)]
    files = {f"s/{n}.wav": encoded(tone(hertz=300 + 50 * n)) for n in range(4)}
    files["metadata.jsonl"] = "\n".join(map(json.dumps, rows)).encode()
    sounds = load_audio(folder_of(tmp_path, files))
    assert sounds.source.labels.tolist() == [0, 1, 0, 1]


def parquet(**columns) -> bytes:
    table, content = pa.table(columns), BytesIO()
    write_table(table, content)
    return content.getvalue()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("labels", [["cat", "dog", "cat"], [4, 5, 4]])
def test_metadata_in_a_parquet_file_beside_images_is_read(tmp_path, packed, labels):
    files = {f"{number}.png": png(number) for number in range(3)}
    files["metadata.parquet"] = parquet(file_name=[*files], label=labels)
    images = load(tmp_path, files, packed)
    assert images.source.labels.tolist() == [0, 1, 0]
    assert images.condition.names == tuple(map(str, labels[:2]))
    assert "Labels are those of metadata.parquet." in images.report.notes


def test_metadata_in_parquet_files_of_splits_beside_sounds_is_read(tmp_path):
    files = {}
    for split, labels in (("train", ["a", "b", "a"]), ("test", ["b", "b", "a"])):
        names = [f"{n}.wav" for n in range(3)]
        files |= {f"{split}/{name}": encoded(tone(hertz=300 + n)) for n, name in enumerate(names)}
        files[f"{split}/metadata.parquet"] = parquet(file_name=names, label=labels)
    root = folder_of(tmp_path, files)
    assert load_audio(root).source.labels.tolist() == [0, 1, 0]
    assert load_audio(root, split="test").source.labels.tolist() == [1, 1, 0]


def test_classes_that_a_parquet_file_numbers_and_names_have_their_names(tmp_path):
    feature = {"names": ["bird", "fish", "cow"], "_type": "ClassLabel"}
    info = json.dumps({"info": {"features": {"label": feature}}})
    table = pa.table({"file_name": ["0.png", "1.png"], "label": [2, 0]})
    content = BytesIO()
    write_table(table.replace_schema_metadata({"huggingface": info}), content)
    files = {"0.png": png(), "1.png": png(1), "metadata.parquet": content.getvalue()}
    images = load(tmp_path, files, packed=False)
    assert images.condition.names == ("bird", "cow")
    assert images.source.labels.tolist() == [1, 0]


def test_a_damaged_metadata_parquet_is_refused_and_one_without_labels_is_said(tmp_path):
    files = {"0.png": png(), "1.png": png(1)}
    whole = parquet(file_name=["0.png", "1.png"], text=["x", "y"])
    images = load(tmp_path, {**files, "metadata.parquet": whole}, packed=False)
    assert "metadata.parquet has no labels" in images.report.summary()
    with pytest.raises(DataError, match=r"metadata.parquet in .* is not a whole Parquet file"):
        load(tmp_path, {**files, "metadata.parquet": whole[:40]}, packed=True)


def test_metadata_beside_tables_of_images_is_none_of_them(tmp_path):
    content = {"bytes": png(), "path": "0.png"}
    files = {"train-00000-of-00001.parquet": parquet(image=[content, content], label=[0, 1])}
    files["metadata.parquet"] = parquet(file_name=["0.png"], label=["x"])
    assert len(load_images(folder_of(tmp_path, files))) == 2


def test_metadata_in_the_folders_of_splits_describes_them(tmp_path):
    files = {f"train/{n}": c for n, c in metadata("0.png,1", "1.png,2").items()}
    files |= {f"test/{n}": c for n, c in metadata("0.png,2", "1.png,2", "2.png,1").items()}
    assert len(load(tmp_path, files, packed=False)) == 2
    test = load_images(tmp_path / "a", split="test")
    assert test.source.labels.tolist() == [1, 1, 0]
    assert len(load_images(tmp_path / "a", split="all")) == 5


def test_numbers_in_metadata_are_numbers(tmp_path):
    files = metadata("0.png,0.5,2", "1.png,1.5,3", columns="file_name,age,height")
    images = load(tmp_path, files, packed=True, label_column=("age", "height"))
    assert images.source.labels.tolist() == [[0.5, 2], [1.5, 3]]
    with pytest.raises(DataError, match="no column 'weight'"):
        load_images(tmp_path / "a.zip", label_column="weight")


def test_what_metadata_lacks_and_names_in_vain_is_counted(tmp_path):
    files = metadata("0.png,a", "1.png,b", "1.png,a", "gone.png,b")
    images = load(tmp_path, files, packed=False)
    said = images.report.summary()
    assert len(images) == 2
    assert "1 files that metadata.csv names are not there: e.g. gone.png." in said
    assert "2 files are not in metadata.csv, so they were left out: e.g. 2.png." in said
    assert "1 files are in metadata.csv more than once" in said


def test_metadata_without_labels_or_of_another_convention_is_said(tmp_path):
    files = {"a/0.png": png(), "b/0.png": png(1)}
    captions = files | {"metadata.csv": b"file_name,text\na/0.png,hi\nb/0.png,you\n"}
    images = load(tmp_path, captions, packed=False)
    assert images.condition.names == ("a", "b")
    assert "metadata.csv has no labels" in images.report.summary()
    other = load(tmp_path, files | {"metadata.csv": b"0001|a text|a text\n"}, packed=True)
    assert "no column 'file_name', so it was not read" in other.report.summary()


def test_labels_that_are_missing_in_metadata_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"1 of 2 labels in metadata.csv .* are missing"):
        load(tmp_path, metadata("0.png,a", "1.png,"), packed=False)


def test_a_split_is_stated_by_a_folder_at_any_depth():
    found = paths("x/train/1.png", "x/val/2.png")
    assert of_split(found, "valid", "here") == found[1:]
    assert of_split(found, "all", "here") == found
    assert of_split(found[:1], "all", "here") == found[:1]
    with pytest.raises(DataError, match="no split 'test', only train, validation, all"):
        of_split(found, "test", "here")


def table(text: str, delimiter: str = ","):
    return read_comma_values(list(enumerate(text.split("\n"), 1)), "a.csv", delimiter)


def test_a_quotation_that_never_closes_is_refused_with_its_line():
    with pytest.raises(DataError, match="line 3: a quotation mark is opened there and never"):
        table('text,label\na,1\n"b,2\nc,3\nd,4')


def test_rows_that_an_unclosed_quotation_swallows_are_counted():
    found = table('text,label\na,1\n"b,2\nc,3\n"d",4\ne,5')
    assert [row["text"] for row in found.rows] == ["a", "e"]
    assert [one.name for one in found.damaged] == ["line 3", "line 4", "line 5"]


def test_quotations_of_several_lines_are_whole():
    found = table('text,label\n"a\nb ""c""",1\nd,2')
    assert found.rows[0] == {"text": 'a\nb "c"', "label": "1"}
    assert not found.damaged


def test_quotation_marks_of_a_table_of_tabs_mean_themselves_where_they_do_not_pair():
    found = table('text\tlabel\n"a\t1\nb\t2', "\t")
    assert [row["text"] for row in found.rows] == ['"a', "b"]
    assert "Quotation marks were taken as they are" in found.notes[0]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_other_marks_separate_values_too(mark):
    found = table(f"text{mark}label\na, b{mark}1")
    assert found.rows == [{"text": "a, b", "label": "1"}]
    assert found.notes == (f"Its values are separated by {mark!r}.",)


def test_a_header_that_comes_again_is_left_out_and_counted():
    found = table("text,label\na,1\ntext,label\nb,2")
    assert [row["text"] for row in found.rows] == ["a", "b"]
    assert "Its header is there 1 times more" in found.notes[0]
    with pytest.raises(DataError, match="two columns called 'text'"):
        table("text,text\na,b")


def test_a_row_of_too_many_values_is_counted():
    found = table("text\na, b\nc\nd,,")
    assert [row["text"] for row in found.rows] == ["c", "d"]
    assert found.damaged[0].reason == "it has 2 values for 1 columns"
