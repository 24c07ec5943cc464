"""Melodies as text and as MIDI files, and how they are mixed."""

import pytest
import torch

from multigan.errors import ConfigError, DataError
from multigan.modalities.audio.music.melody import Note, parse_melody, read_midi
from multigan.modalities.audio.music.mixing import mix

mido = pytest.importorskip("mido")


def test_text_is_read_in_beats():
    notes = parse_melody("C4:1 R:0.5 E4+G4:2, 60", beats_per_minute=60)
    assert [(n.start, n.duration, n.pitch) for n in notes] == [
        (0.0, 1.0, 60),
        (1.5, 2.0, 64),
        (1.5, 2.0, 67),
        (3.5, 1.0, 60),
    ]


@pytest.mark.parametrize("text", ["", "R:4", "C4:x", "C4:0", "C4:-1", "C4:nan", "Q4:1", "C4:inf"])
def test_what_is_no_melody_is_refused(text):
    with pytest.raises(ConfigError):
        parse_melody(text)


def write_midi(path, *messages, tempo=500_000):
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=tempo), *messages])
    file.tracks.append(track)
    file.save(path)
    return path


def message(kind, note, time=0, channel=0, velocity=64):
    return mido.Message(kind, note=note, time=time, channel=channel, velocity=velocity)


def test_midi_files_are_read_in_seconds(tmp_path):
    path = write_midi(
        tmp_path / "tune.mid",
        message("note_on", 60, velocity=100),
        message("note_on", 36, channel=9),  # a drum
        message("note_on", 60, time=480, velocity=0),  # which lets go, too
        message("note_on", 64, time=240),
        message("note_on", 64, time=240),  # struck again while it sounds
        message("note_off", 64, time=480),
        message("note_on", 67),  # never let go, and nothing follows
    )
    assert read_midi(path) == [
        Note(0.0, 0.5, 60, 100),
        Note(0.75, 0.25, 64, 64),
        Note(1.0, 0.5, 64, 64),
    ]


HEADER = b"MThd\0\0\0\6\0\1\0\1"
BAD_KEY = b"MTrk\0\0\0\x0a\0\xff\x59\x02\x63\0\0\xff\x2f\0"
EMPTY = b"MTrk\0\0\0\4\0\xff\x2f\0"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "EOFError"),
        (b"MThd", "EOFError"),
        (b"RIFF1234WAVE", "OSError: MThd not found"),
        (HEADER + b"\1\xe0MTrk", "EOFError"),
        (HEADER + b"\1\xe0" + BAD_KEY, "KeySignatureError"),
        (HEADER + b"\xe8\x28" + EMPTY, "SMPTE time is not read"),
        (HEADER + b"\0\0" + EMPTY, "not in ticks per beat"),
    ],
)
def test_damaged_midi_files_are_named_with_the_reason(tmp_path, content, reason):
    path = tmp_path / "bad.mid"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"bad\.mid.*{reason}"):
        read_midi(path)
    with pytest.raises(DataError, match="no file"):
        read_midi(tmp_path / "missing.mid")


def test_a_mix_is_its_notes_one_after_the_other():
    rate = 1000
    notes = [Note(0.0, 1.0, 60, 127), Note(2.0, 0.2, 60, 127)]
    song = mix(notes, torch.ones(2, rate), rate, rate)
    assert len(song) == 3 * rate + 1
    assert song.abs().max() == pytest.approx(0.95)
    assert song[500].item() == pytest.approx(0.95)  # held
    assert not song[1000:2000].any()  # silence between
    assert song[2100].item() == pytest.approx(0.95, abs=1e-3)
    assert song[2600:].abs().max() < 1e-6  # let go after 0.2 s, silent 0.3 s later
    assert song[0].abs() < 1e-6  # no clicks where notes begin and end
    assert song[990:1000].abs().max() < 0.1
