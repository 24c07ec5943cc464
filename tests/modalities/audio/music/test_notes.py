"""Sets of notes: what is asked for is what sounds."""

import json
import os
import wave
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from multigan.cli import main
from multigan.errors import ConfigError, DataError, UnknownNameError
from multigan.modalities.audio.music.instruments import INSTRUMENTS
from multigan.modalities.audio.music.note_files import write_notes
from multigan.modalities.audio.music.note_set import make_notes
from multigan.modalities.audio.music.pitch import cents, estimate_pitch

SMALL = {"takes": 2, "sample_rate": 8000, "seconds": 0.5}


def test_every_instrument_plays_every_pitch_in_tune():
    notes = make_notes(lowest=48, highest=72, **SMALL)
    assert len(notes) == len(INSTRUMENTS) * 25 * 2
    found = estimate_pitch(notes.waveforms, notes.sample_rate)
    assert cents(found, notes.pitch).abs().max() < 15


def test_notes_are_clean():
    notes = make_notes(**SMALL)
    peak = notes.waveforms.abs().amax(1)
    torch.testing.assert_close(peak, 0.95 * notes.velocity / 127, atol=0.05, rtol=0)
    assert not notes.waveforms[:, 0].any()
    assert notes.waveforms[:, -1].abs().max() < 0.01  # let go before the end
    assert notes.waveforms.mean(1).abs().max() < 0.01


def test_takes_differ_and_sets_do_not():
    first, again = make_notes(**SMALL), make_notes(**SMALL)
    assert torch.equal(first.waveforms, again.waveforms)
    assert not torch.equal(first.waveforms, make_notes(seed=1, **SMALL).waveforms)
    strikes = first.waveforms.view(-1, 2, first.waveforms.shape[1])
    scaled = strikes / strikes.abs().amax(2, keepdim=True)
    assert (scaled[:, 0] - scaled[:, 1]).abs().amax(1).min() > 0.01


def test_high_partials_do_not_alias():
    notes = make_notes(lowest=96, highest=96, instruments=("banjo",), **SMALL)
    spectrum = torch.fft.rfft(notes.waveforms * torch.hann_window(4000)).abs()
    below = spectrum[:, : int(2093 * 0.5 * 0.9)]  # hertz times seconds, under the first partial
    assert below.max() < 0.01 * spectrum.max()


def test_wrong_options_are_named():
    with pytest.raises(UnknownNameError, match="guitar"):
        make_notes(instruments=("gutiar",))
    with pytest.raises(ConfigError, match="takse"):
        make_notes(takse=3)
    with pytest.raises(ConfigError, match="in order"):
        make_notes(lowest=72, highest=60)
    with pytest.raises(ConfigError, match=r"B7 and what is above it .* 8000 Hz. Go up to A#7"):
        make_notes(highest=110, sample_rate=8000)
    with pytest.raises(DataError, match="no soundfont"):
        make_notes(soundfont="missing.sf2")


def test_names_of_instruments_need_not_suit_files(tmp_path):
    notes = make_notes(instruments=("harp",), highest=60, takes=1, seconds=0.1)
    named = replace(notes, instruments=("087 Bass/Lead: 2",))
    write_notes(named, tmp_path / "notes")
    (path,) = (tmp_path / "notes").glob("*/audio/*.wav")
    assert path.name == "087 Bass_Lead_ 2-C4-127-00000.wav"
    (row,) = json.loads((tmp_path / "notes/notes-train/examples.json").read_text()).values()
    assert row["instrument"] == "087 Bass/Lead: 2"


def test_a_file_that_is_no_soundfont_is_named(tmp_path):
    pytest.importorskip("tinysoundfont")
    path = tmp_path / "bad.sf2"
    path.write_bytes(b"RIFF\0\0\0\0sfbk")
    with pytest.raises(DataError, match=r"bad\.sf2"):
        make_notes(soundfont=str(path))


def soundfonts():
    folders = [os.environ.get("MULTIGAN_TEST_DATA", ""), "/usr/share/sounds/sf2"]
    return [path for folder in folders if folder for path in Path(folder).glob("*.sf2")]


@pytest.mark.skipif(not soundfonts(), reason="no .sf2 in $MULTIGAN_TEST_DATA or the system")
def test_a_soundfont_plays_in_tune():
    pytest.importorskip("tinysoundfont")
    notes = make_notes(soundfont=str(soundfonts()[0]), instruments=("0", "24"), takes=2)
    assert notes.instruments[1].startswith("024 ")
    found = estimate_pitch(notes.waveforms, notes.sample_rate)
    assert cents(found, notes.pitch).abs().max() < 50
    with pytest.raises(ConfigError, match="General MIDI"):
        make_notes(soundfont=str(soundfonts()[0]), instruments=("guitar",))


def test_the_command_writes_labelled_splits(tmp_path, capsys):
    out = tmp_path / "set"
    words = f"data notes --out {out} --takes 2 --rate 8000 --seconds 0.25 --instruments harp,flute"
    assert main([*words.split(), "--highest", "D4", "--test-every", "4"]) == 0
    assert "12 notes by harp, flute" in capsys.readouterr().out
    tables = {s: json.loads((out / f"notes-{s}/examples.json").read_text()) for s in SPLITS}
    assert [len(tables[split]) for split in SPLITS] == [9, 3]
    assert not set(tables["train"]) & set(tables["test"])
    for split, table in tables.items():
        for name, label in table.items():
            assert name.startswith(label["instrument"])
            with wave.open(str(out / f"notes-{split}/audio/{name}.wav")) as file:
                assert (file.getframerate(), file.getnframes()) == (8000, 2000)
    assert main([*words.split()]) == 1
    assert "there already" in capsys.readouterr().err


SPLITS = ("train", "test")
