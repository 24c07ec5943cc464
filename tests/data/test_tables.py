"""Parquet files and the Hub: columns are found or asked for, and missing ones are named."""

import json
from pathlib import Path

import pytest
import torch

from multigan.errors import DataError
from multigan.modalities.image.load.load import load_images
from multigan.modalities.image.load.loaded import ImageSet
from tests.data.pictures import folder_of, numbered, pixels, png

pa = pytest.importorskip("pyarrow", reason="Parquet needs the extra 'data'")
parquet = pytest.importorskip("pyarrow.parquet", reason="Parquet needs the extra 'data'")

NAMES = ["ant", "bee", "cow"]


def table_of(count: int = 6, *, names: list[str] | None = None, **columns: list) -> "pa.Table":
    images = [{"bytes": png(number), "path": f"{number}.png"} for number in range(count)]
    table = pa.table({"image": images} | columns)
    if names is None:
        return table
    features = {"image": {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}}
    return table.replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": features}})}
    )


def written(path: Path, table: "pa.Table") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, path, row_group_size=4)
    return path


def assert_pictures(images: ImageSet, numbers: range) -> None:
    raw, _ = images.source.read(torch.arange(len(images)))
    expected = [torch.from_numpy(pixels(number).copy()) for number in numbers]
    assert torch.equal(raw, torch.stack(expected))


def test_the_layout_of_hugging_face_is_read(tmp_path):
    labels = [0, 1, 2, 2, 1, 0]
    images = load_images(written(tmp_path / "a.parquet", table_of(names=NAMES, label=labels)))
    assert_pictures(images, range(6))
    assert images.condition.names == tuple(NAMES)
    assert images.source.labels.tolist() == labels


def test_other_columns_and_types_can_be_asked_for(tmp_path):
    table = pa.table(
        {
            "mask": [png(number) for number in range(3)],
            "photo": [png(number + 3) for number in range(3)],
            "kind": ["b", "a", "b"],
            "score": [0.5, 0.6, 0.7],
        }
    )
    path = written(tmp_path / "a.parquet", table)
    assert_pictures(load_images(path), range(3, 6))
    images = load_images(path, image_column="mask", label_column="kind")
    assert_pictures(images, range(3))
    assert images.condition.names == ("a", "b")
    assert images.source.labels.tolist() == [1, 0, 1]


def test_columns_of_numbers_are_vectors_in_the_datas_own_units(tmp_path):
    scores = [[float(n), n / 8] for n in range(6)]
    table = table_of(
        score=[row[0] for row in scores], other=[row[1] for row in scores], both=scores
    )
    path = written(tmp_path / "a.parquet", table)
    for asked, names in [("score", ("0",)), ("both", ("0", "1")), (["score", "other"],) * 2]:
        images = load_images(path, label_column=asked)
        spec, width = images.condition, len(names)
        assert (spec.kind, spec.size, spec.names) == ("vector", width, tuple(names))
        assert images.source.labels.tolist() == [row[:width] for row in scores]
        assert spec.center == pytest.approx((2.5, 2.5 / 8)[:width])
        deviation = (35 / 12) ** 0.5  # of the numbers from 0 to 5
        assert spec.scale == pytest.approx((deviation, deviation / 8)[:width])
        assert spec.examples == tuple(tuple(row[:width]) for row in scores)
        assert f"with {width} numbers each" in images.report.summary()
    again = load_images(path, label_column="both", memory_bytes=0)  # through the cache
    assert again.source.labels.tolist() == scores
    assert again.condition == load_images(path, label_column="both").condition


def test_numbers_that_are_all_0_and_1_are_attributes(tmp_path):
    path = written(tmp_path / "a.parquet", table_of(hat=[0, 1] * 3, beard=[True, False, False] * 2))
    images = load_images(path, label_column=["hat", "beard"])
    assert (images.condition.kind, images.condition.names) == ("attributes", ("hat", "beard"))
    assert images.source.labels.tolist() == [[0, 1], [1, 0], [0, 0], [1, 1], [0, 0], [1, 0]]


@pytest.mark.parametrize("bad", [[None] + [1.0] * 5, [1.0] * 5 + [float("nan")], ["x"] * 6])
def test_rows_that_are_not_numbers_are_named(tmp_path, bad):
    path = written(tmp_path / "a.parquet", table_of(a=[0.5] * 6, b=bad))
    with pytest.raises(DataError, match="should each be 2 finite numbers"):
        load_images(path, label_column=["a", "b"])


def test_without_labels_the_report_says_so(tmp_path):
    images = load_images(written(tmp_path / "a.parquet", table_of()))
    assert images.condition is None
    assert "No labels: no column is called label" in images.report.summary()


@pytest.mark.parametrize("asked", ["label_column", "image_column"])
def test_a_missing_column_is_named_beside_those_there_are(tmp_path, asked):
    path = written(tmp_path / "a.parquet", table_of(kind=[0] * 6))
    with pytest.raises(DataError, match=r"no column 'wings'.* columns: image .*kind \(int64\)"):
        load_images(path, **{asked: "wings"})


def test_a_table_without_pictures_is_refused(tmp_path):
    path = written(tmp_path / "a.parquet", pa.table({"text": ["a"], "label": [0]}))
    with pytest.raises(DataError, match=r"no column of images.*text \(string\), label"):
        load_images(path)


def test_missing_labels_are_counted(tmp_path):
    path = written(tmp_path / "a.parquet", table_of(label=[0, None, 1, None, 1, 0]))
    with pytest.raises(DataError, match="2 of 6 labels in column 'label'"):
        load_images(path)


def test_labels_beyond_the_named_classes_are_refused(tmp_path):
    path = written(tmp_path / "a.parquet", table_of(names=NAMES, label=[0, 1, -1, 0, 0, 0]))
    with pytest.raises(DataError, match=r"0 to 2, for its 3 named classes, but -1"):
        load_images(path)


def test_a_broken_file_is_refused(tmp_path):
    path = written(tmp_path / "a.parquet", table_of())
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DataError, match="not a whole Parquet file"):
        load_images(path)


def test_rows_without_bytes_are_unreadable(tmp_path):
    images = [{"bytes": png(), "path": None}, {"bytes": None, "path": "x.png"}, None]
    path = written(tmp_path / "a.parquet", pa.table({"image": images}))
    report = load_images(path, max_unreadable=0.9).report
    assert [(entry.name, entry.reason) for entry in report.unreadable] == [
        ("a.parquet row 1", "it is empty"),
        ("a.parquet row 2", "it is empty"),
    ]


def test_a_folder_of_files_is_read_by_split(tmp_path):
    for shard in range(2):
        written(tmp_path / f"data/train-{shard}-of-2.parquet", table_of(4, label=[0, 1, 0, 1]))
    written(tmp_path / "data/test-0-of-1.parquet", table_of(3, label=[0, 0, 1]))
    images = load_images(tmp_path)
    assert len(images) == 8
    assert "Read the 2 of 3 files of the split 'train'" in images.report.summary()
    assert len(load_images(tmp_path, split="test")) == 3
    with pytest.raises(DataError, match="None of the 3 Parquet files"):
        load_images(tmp_path, split="val")
    with pytest.raises(DataError, match="None of the 1 Parquet files"):
        load_images(tmp_path / "data/test-0-of-1.parquet", split="val")


def test_a_limit_is_spread_over_the_file(tmp_path):
    images = load_images(written(tmp_path / "a.parquet", table_of(8)), limit=4)
    assert_pictures(images, range(0, 8, 2))


class TestHub:
    """`datasets` reads local folders with the same code as the Hub's."""

    @pytest.fixture(autouse=True)
    def own_cache_of_datasets(self, tmp_path, monkeypatch):
        datasets = pytest.importorskip("datasets", reason="the Hub needs the extra 'data'")
        monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hub")
        datasets.disable_progress_bars()

    @pytest.fixture
    def stored(self, tmp_path) -> str:
        table = table_of(names=NAMES, label=[0, 1, 2, 2, 1, 0])
        written(tmp_path / "set" / "train.parquet", table)
        return f"hf:{tmp_path / 'set'}"

    @pytest.mark.parametrize("streaming", [False, True])
    def test_pictures_and_classes_arrive(self, stored, streaming):
        images = load_images(stored, streaming=streaming)
        assert_pictures(images, range(6))
        assert images.condition.names == tuple(NAMES)
        assert images.source.labels.tolist() == [0, 1, 2, 2, 1, 0]

    def test_a_stream_can_be_cut_and_mapped(self, stored, tmp_path):
        cache = tmp_path / "cache"
        images = load_images(stored, streaming=True, limit=4, memory_bytes=1, cache=cache)
        assert_pictures(images, range(4))
        assert len(list(cache.iterdir())) == 1

    def test_class_folders_are_read_too(self, tmp_path):
        folder_of(tmp_path / "set", numbered())
        images = load_images(f"hf:{tmp_path / 'set'}")
        assert images.condition.names == ("cat", "dog")
        assert images.source.labels.bincount().tolist() == [3, 4]

    def test_what_is_wrong_is_one_line(self, stored):
        with pytest.raises(DataError, match=r"split 'nope'") as error:
            load_images(stored, split="nope")
        assert "\n" not in str(error.value)
        with pytest.raises(DataError, match=r"Cannot read 'no/such'.* from the Hub, nor is there"):
            load_images("no/such")
        with pytest.raises(DataError, match="no column 'wings'"):
            load_images(stored, label_column="wings")

    @pytest.mark.parametrize("iterable", [False, True])
    def test_a_data_set_of_the_package_can_be_given_in_python(self, iterable):
        import datasets

        features = datasets.Features(
            {"image": datasets.Image(), "label": datasets.ClassLabel(names=NAMES)}
        )
        rows = {"image": [{"bytes": png(n), "path": None} for n in range(4)], "label": [2, 1, 0, 1]}
        dataset = datasets.Dataset.from_dict(rows, features=features)
        images = load_images(dataset.to_iterable_dataset() if iterable else dataset)
        assert_pictures(images, range(4))
        assert images.condition.names == tuple(NAMES)
        assert images.source.labels.tolist() == [2, 1, 0, 1]
