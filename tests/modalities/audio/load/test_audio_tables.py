"""Sounds in Parquet files and in data sets of the package `datasets`."""

import json

import numpy as np
import pytest
import torch

from multigan.errors import DataError
from multigan.modalities.audio.load.load import load_audio
from tests.data.sounds import encoded, tone, write

pa = pytest.importorskip("pyarrow", reason="Parquet needs the extra 'data'")
pq = pytest.importorskip("pyarrow.parquet", reason="Parquet needs the extra 'data'")

NAMES = ["low", "high"]


@pytest.fixture
def table(tmp_path):
    """Six sounds, laid out as on the Hub."""
    rows = [
        {"bytes": encoded(tone(hertz=200 if index % 2 == 0 else 900)), "path": f"{index}.wav"}
        for index in range(6)
    ]
    columns = {"audio": rows, "label": [index % 2 for index in range(6)], "text": ["x"] * 6}
    features = {"label": {"names": NAMES, "_type": "ClassLabel"}}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    path = tmp_path / "train-00000-of-00001.parquet"
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), path)
    return path


def test_parquet_as_on_the_hub(table):
    audio = load_audio(table)
    assert audio.condition.names == tuple(NAMES)
    assert audio.source.labels.tolist() == [0, 1] * 3
    raw, _ = audio.source.read(torch.arange(6))
    spectrum = torch.fft.rfft(raw[:, 0].float()).abs().argmax(1) * 8000 / audio.length
    assert spectrum.tolist() == pytest.approx([200, 900] * 3, abs=3)
    assert len(load_audio(table, limit=2)) == 2


def test_columns_of_numbers_are_numbers_and_not_classes(table, tmp_path):
    columns = pq.read_table(table).to_pydict()
    columns |= {"hertz": [200.0, 900.5] * 3, "happy": [0, 1, 1, 0, 1, 0]}
    pq.write_table(pa.table(columns), table)
    audio = load_audio(table, label_column=["hertz", "happy"])
    assert (audio.condition.kind, audio.condition.names) == ("vector", ("hertz", "happy"))
    assert audio.source.labels[:2].tolist() == [[200.0, 0.0], [900.5, 1.0]]
    assert "with 2 numbers each" in audio.report.summary()
    mapped = [load_audio(table, label_column="hertz", memory_bytes=1, cache=tmp_path)] * 2
    assert [each.source.labels.shape for each in mapped] == [(6, 1)] * 2


def test_a_folder_of_parquet_files_and_its_splits(table):
    (table.parent / "test-00000-of-00001.parquet").write_bytes(table.read_bytes())
    assert len(load_audio(table.parent)) == 6
    assert load_audio(table.parent).fingerprint == load_audio(table).fingerprint


def test_a_damaged_row_is_named(table):
    rows = [{"bytes": encoded(), "path": "a"}, {"bytes": b"no sound", "path": "b"}]
    pq.write_table(pa.table({"audio": rows}), table)
    audio = load_audio(table, max_unreadable=0.5)
    assert audio.condition is None
    assert "row 1" in audio.report.unreadable[0].name


def test_columns_can_be_named_and_are_missed_by_name(table):
    assert load_audio(table, audio_column="audio", label_column="text").condition.names == ("x",)
    with pytest.raises(DataError, match="no column 'voice' of sounds"):
        load_audio(table, audio_column="voice")


@pytest.mark.filterwarnings("ignore")  # of the package `datasets` and what it imports
def test_data_sets_of_the_package(table, tmp_path):
    datasets = pytest.importorskip("datasets", reason="the Hub needs the extra 'data'")
    files = [str(write(tmp_path / "files" / f"{index}.wav")) for index in range(3)]
    made = datasets.Dataset.from_dict({"audio": files, "label": [0, 1, 0]}).cast_column(
        "audio", datasets.Audio()
    )
    audio = load_audio(made)
    assert len(audio) == 3
    assert audio.source.labels.tolist() == [0, 1, 0]
    streamed = load_audio(made.to_iterable_dataset())
    assert torch.equal(
        streamed.source.read(torch.arange(3))[0], audio.source.read(torch.arange(3))[0]
    )
    assert np.isfinite(audio.report.seconds)
