"""Melodies as text and as MIDI files, and how they are mixed."""

import math
import random
from itertools import pairwise

import pytest
import torch

from multigan.errors import ConfigError, DataError
from multigan.modalities.audio.music.melody import Note, parse_melody, read_midi
from multigan.modalities.audio.music.mixing import mix
from multigan.modalities.audio.music.sustain import sustained

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
        Note(0.75, 0.75, 64, 64),  # first pressed, first released
        Note(1.0, 0.5, 64, 64),  # its release is missing, so it ends with the file
    ]


def write_tracks(path, *tracks, kind=1):
    """Writes tracks of messages whose times are absolute ticks: 960 of them are a second."""
    file = mido.MidiFile(ticks_per_beat=480, type=kind)
    for messages in tracks:
        track, last = mido.MidiTrack(), 0
        for each in sorted(messages, key=lambda message: message.time):
            track.append(each.copy(time=each.time - last))
            last = each.time
        file.tracks.append(track)
    file.save(path)
    return path


def held(note, start, end, **more):
    """A key's press and release, in seconds."""
    on, off = round(start * 960), round(end * 960)
    return [message("note_on", note, on, **more), message("note_off", note, off, **more)]


def pedal(time, value, channel=0):
    return mido.Message(
        "control_change", control=64, value=value, time=round(time * 960), channel=channel
    )


def spans(notes):
    return [(n.start, round(n.start + n.duration, 6), n.pitch) for n in notes]


def test_a_key_pairs_within_its_track(tmp_path):
    path = write_tracks(tmp_path / "two.mid", held(60, 0, 2), held(60, 0.5, 1))
    assert spans(read_midi(path)) == [(0, 2, 60), (0.5, 1, 60)]
    path = write_tracks(tmp_path / "one.mid", [*held(60, 0, 1), *held(60, 0.5, 2)], kind=0)
    assert spans(read_midi(path)) == [(0, 1, 60), (0.5, 2, 60)]


def test_the_sustain_pedal_holds_its_channels_notes(tmp_path):
    path = write_tracks(
        tmp_path / "pedal.mid",
        [*held(60, 0, 0.5), *held(64, 1, 3), *held(60, 1.5, 1.75), *held(62, 4, 4.5)],
        [*held(67, 0, 0.5, channel=1)],
        [pedal(0.25, 127), pedal(0.3, 64), pedal(2, 63), pedal(4.25, 64), pedal(5, 100)],
    )
    assert spans(read_midi(path)) == [
        (0, 1.5, 60),  # until it is struck again
        (0, 0.5, 67),  # another channel's
        (1, 3, 64),  # held by hand for longer
        (1.5, 2, 60),
        (4, 5, 62),  # the pedal never comes up
    ]


def test_drums_are_counted(tmp_path):
    said = []
    drums = [*held(36, 0, 0.1, channel=9), *held(38, 1, 1.1, channel=9)]
    path = write_tracks(tmp_path / "band.mid", held(60, 0, 1), drums)
    assert len(read_midi(path, on_note=said.append)) == 1
    assert said == ["2 notes of drums are left out."]
    with pytest.raises(DataError, match="all 2 are drums"):
        read_midi(write_tracks(tmp_path / "drums.mid", drums))


def test_songs_beside_each_other_are_refused(tmp_path):
    path = write_tracks(tmp_path / "songs.mid", held(60, 0, 1), held(62, 0, 1), kind=2)
    with pytest.raises(DataError, match="songs of their own"):
        read_midi(path)


def random_file(path, seed):
    """Writes a song of several tracks and tempi; returns its notes: start, end, pitch, velocity."""
    draw = random.Random(seed)
    beat, count = draw.choice([24, 96, 120, 220, 480, 960]), draw.randint(1, 5)
    tempi = [(0, draw.randint(200_000, 1_200_000))]
    for _ in range(draw.randint(0, 4)):
        tempi.append((tempi[-1][0] + draw.randint(1, 8 * beat), draw.randint(200_000, 1_200_000)))

    def seconds(tick):
        ends = [*(at for at, _ in tempi[1:]), math.inf]
        parts = zip(tempi, ends, strict=True)
        return sum((min(tick, end) - at) * t / beat for (at, t), end in parts if at < tick) * 1e-6

    first = [mido.MetaMessage("set_tempo", tempo=tempo, time=at) for at, tempo in tempi]
    tracks, expected = [first], []
    for track in range(count):
        messages, free = [], dict.fromkeys(range(128), 0)
        for _ in range(draw.randint(1, 60)):
            pitch, velocity = draw.randint(20, 100), draw.randint(1, 127)
            start = free[pitch] + draw.randint(0, 4 * beat)
            end = start + draw.randint(1, 6 * beat)
            free[pitch] = end + draw.randint(0, 1)
            told = {"channel": track, "note": pitch}
            messages.append(mido.Message("note_on", **told, velocity=velocity, time=start))
            let_go = draw.choice(["note_off", "note_on"])
            messages.append(mido.Message(let_go, **told, velocity=0, time=end))
            expected.append((seconds(start), seconds(end), pitch, velocity))
        tracks.append(messages)
    kind = draw.choice([0, 1])
    tracks = tracks if kind else [[each for track in tracks for each in track]]
    file = mido.MidiFile(ticks_per_beat=beat, type=kind)
    for messages in tracks:
        silent = [each for each in messages if each.type != "note_on" or not each.velocity]
        sounding = [each for each in messages if each.type == "note_on" and each.velocity]
        ordered = sorted([*silent, *sounding], key=lambda each: each.time)  # released, then struck
        times = [0, *(each.time for each in ordered)]
        deltas = [after - before for before, after in pairwise(times)]
        steps = zip(ordered, deltas, strict=True)
        file.tracks.append(mido.MidiTrack(each.copy(time=delta) for each, delta in steps))
    file.save(path)
    return sorted(expected)


@pytest.mark.parametrize("seed", range(24))
def test_what_was_written_is_read(tmp_path, seed):
    expected = random_file(tmp_path / "song.mid", seed)
    notes = read_midi(tmp_path / "song.mid")
    found = sorted((n.start, n.start + n.duration, n.pitch, n.velocity) for n in notes)
    assert found == [pytest.approx(each, abs=1e-6) for each in expected]


@pytest.mark.parametrize("seed", range(24))
def test_pretty_midi_reads_the_same(tmp_path, seed):
    pretty_midi = pytest.importorskip("pretty_midi")
    random_file(tmp_path / "song.mid", seed)
    notes = read_midi(tmp_path / "song.mid")
    found = sorted((n.start, n.start + n.duration, n.pitch, n.velocity) for n in notes)
    parts = pretty_midi.PrettyMIDI(str(tmp_path / "song.mid")).instruments
    theirs = sorted((n.start, n.end, n.pitch, n.velocity) for part in parts for n in part.notes)
    assert found == [pytest.approx(each, abs=1e-6) for each in theirs]


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
    notes = [Note(0.0, 0.9, 60, 127), Note(2.0, 0.2, 60, 127)]
    (song,) = mix(notes, torch.ones(2, 1, rate), rate, rate)
    assert len(song) == 3 * rate + 1
    assert song.abs().max() == pytest.approx(0.95)
    assert song[500].item() == pytest.approx(0.95)  # held
    assert not song[1000:2000].any()  # silence between
    assert song[2100].item() == pytest.approx(0.95, abs=1e-3)
    assert song[2600:].abs().max() < 1e-6  # let go after 0.2 s, silent 0.3 s later
    assert song[0].abs() < 1e-6  # no clicks where notes begin and end
    assert song[990:1000].abs().max() < 0.1


def test_a_long_note_is_held_as_the_tone_that_it_is():
    rate, hertz = 8000, 440.0
    time = torch.arange(3 * rate) / rate
    tone = torch.sin(2 * torch.pi * hertz * time)
    held = sustained(tone[None, : rate // 2], 3 * rate, rate)[0]
    assert held.shape == tone.shape
    assert torch.equal(held[: rate // 2 - 320], tone[: rate // 2 - 320])
    # The same tone all the way, and nothing else: what is not 440 Hz is 30 dB below.
    spectrum = torch.fft.rfft(held * torch.hann_window(len(held))).abs().square()
    around = spectrum[3 * int(hertz) - 12 : 3 * int(hertz) + 13].sum()
    assert 10 * torch.log10((spectrum.sum() - around) / around) < -30
    loudness = held.unfold(0, 800, 800).square().mean(1).sqrt()
    assert loudness.min() > 0.95 * loudness.max()


def test_a_decaying_note_goes_on_decaying_as_fast():
    rate = 8000
    time = torch.arange(2 * rate) / rate
    string = torch.exp(-3 * time) * torch.sin(2 * torch.pi * 220 * time)
    held = sustained(string[None, : rate // 2], 2 * rate, rate)[0]
    loudness = held.unfold(0, 800, 800).square().mean(1).sqrt().log()
    wanted = string.unfold(0, 800, 800).square().mean(1).sqrt().log()
    torch.testing.assert_close(loudness, wanted, rtol=0, atol=0.35)


@pytest.mark.parametrize("waveform", [torch.zeros(2, 4000), torch.ones(1, 40)])
def test_what_cannot_be_looped_ends_in_silence(waveform):
    held = sustained(waveform, 8000, 8000)
    assert held.shape == (len(waveform), 8000)
    assert not held[:, waveform.shape[1] :].any()


def test_channels_are_mixed_apart():
    sides = torch.stack([torch.ones(400), torch.zeros(400)])
    song = mix([Note(0.0, 1.0, 60, 127)], [sides], 1000, 400)
    assert song.shape[0] == 2
    assert song[0].any()
    assert not song[1].any()


def test_four_voices_of_one_track_keep_every_note_where_they_meet(tmp_path):
    """Two voices on one key at once, ending apart, and one that takes over another's key."""
    track = mido.MidiTrack()
    for kind, key, ticks in [
        *(("note_on", 60, 0), ("note_on", 60, 0), ("note_on", 48, 0), ("note_on", 67, 0)),
        *(("note_off", 60, 480), ("note_on", 64, 0), ("note_off", 60, 480)),
        *(("note_on", 64, 0), ("note_off", 64, 0), ("note_off", 64, 480)),
        *(("note_off", 48, 0), ("note_off", 67, 0)),
    ]:
        track.append(mido.Message(kind, note=key, velocity=80, time=ticks))
    file = mido.MidiFile(type=0)
    file.tracks.append(track)
    file.save(tmp_path / "chorale.mid")
    found = [
        (note.pitch, round(note.start, 3), round(note.duration, 3))
        for note in read_midi(tmp_path / "chorale.mid")
    ]
    assert sorted(found) == [
        *((48, 0.0, 1.5), (60, 0.0, 0.5), (60, 0.0, 1.0)),
        *((64, 0.5, 0.5), (64, 1.0, 0.5), (67, 0.0, 1.5)),
    ]
