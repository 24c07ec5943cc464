"""Melodies from a run on notes: they last as long as they should; errors are one line."""

import re

import pytest
import torch

from multigan.cli import main
from multigan.modalities.audio import pipeline as playing
from multigan.modalities.audio.music.melody import Note, parse_melody
from multigan.modalities.audio.music.pitch import parse_pitch
from multigan.sampling.pipeline import Pipeline

soundfile = pytest.importorskip("soundfile")

TINY = ("generator.width=8", "discriminator.width=8", "batch_size=4", "look_every=0")


@pytest.fixture(scope="module")
def notes_run(tmp_path_factory):
    root = tmp_path_factory.mktemp("notes")
    words = [word for change in TINY for word in ("--set", change)]
    assert main(["train", "notes", "--steps", "2", "--out", str(root), *words]) == 0
    return root / "0001-notes"


def test_a_melody_is_played_for_as_long_as_it_lasts(multigan, notes_run, tmp_path):
    out = tmp_path / "song.wav"
    said = multigan(
        *("play", notes_run, "--notes", "C4:1 R:1 E4+G4:2 C6:1", "--tempo", 60, "--out", out)
    )
    assert said.out == f"{out}\n"
    assert "1 of 4 notes" in said.err  # C6 is played as C5
    sound, rate = soundfile.read(out)
    assert (rate, len(sound)) == (8000, 5 * 8000 + 2400 + 1)  # the last note is let go
    assert 0.9 < abs(sound).max() <= 0.96
    assert not sound[10_500:15_900].any()  # the rest


def test_a_midi_file_is_played_like_its_notes(multigan, notes_run, tmp_path):
    mido = pytest.importorskip("mido")
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(
        mido.MidiTrack(
            mido.Message(kind, note=note, time=time, velocity=96)
            for note in (60, 64)
            for kind, time in (("note_on", 0), ("note_off", 480))
        )
    )
    file.save(tmp_path / "tune.mid")
    one, other = tmp_path / "one.wav", tmp_path / "other.wav"
    multigan("play", notes_run, "--midi", tmp_path / "tune.mid", "--out", one)
    multigan("play", notes_run, "--notes", "C4 E4", "--out", other)
    assert one.read_bytes() == other.read_bytes()


def test_the_timbre_wanders_and_the_seed_fixes_it(notes_run, monkeypatch):
    pipeline, notes = Pipeline.from_pretrained(notes_run), parse_melody("C4 R C4 R C4")
    still = pipeline.play(notes, timbres=1).waveform[0]
    wandering = pipeline.play(notes, timbres=3).waveform[0]
    step = 8000  # a second: two beats
    assert (still[:step] - still[step : 2 * step]).abs().max() < 1e-4
    assert (wandering[:step] - wandering[step : 2 * step]).abs().max() > 1e-3
    assert (pipeline.play(notes, timbres=3).waveform[0] == wandering).all()
    monkeypatch.setattr(playing, "AT_ONCE", 1)  # a long melody is made in parts
    parts = pipeline.play(notes, timbres=3).waveform[0]
    torch.testing.assert_close(parts, wandering, atol=1e-4, rtol=0)


def test_octaves_are_folded_to_the_nearest(notes_run):
    pipeline = Pipeline.from_pretrained(notes_run)
    assert {n: pipeline.nearest(parse_pitch(n)) for n in ("E2", "E4", "C5", "C9", "B7")} == {
        "E2": 64,
        "E4": 64,
        "C5": 72,
        "C9": 72,
        "B7": 71,
    }


def test_notes_that_are_sustained_are_counted(multigan, notes_run, tmp_path):
    said = multigan("play", notes_run, "--notes", "C4:8 E4:.1", "--out", tmp_path / "song.wav")
    assert said.code == 0
    assert "1 of 2 notes are held for longer" in said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--notes", "H4"), "no pitch"),
        (("--notes", "C4:1e9"), "more than none and less than 10,000"),
        (("--notes", "C4", "--transpose", "80"), "leaves MIDI"),
        (("--midi", "missing.mid"), "no file"),
        (("--notes", "C4", "--timbres", "0"), "at least one timbre"),
        (("--notes", "C4", "--out", "song.mp3"), r"\.wav or \.flac"),
    ],
)
def test_what_cannot_be_played_is_said_in_a_line(multigan, notes_run, words, message):
    said = multigan("play", notes_run, *words)
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert re.search(message, said.err)


def test_pictures_cannot_be_played(multigan, trained):
    said = multigan("play", trained, "--notes", "C4")
    assert said.code == 1
    assert "cannot be played" in said.err


def test_every_note_is_as_loud_as_the_melody_says(notes_run):
    pipeline = Pipeline.from_pretrained(notes_run)
    # Longer than a sound, so that none is cut off before its peak.
    rest = [Note(2.0 * index, 0.6, 60 + index, velocity) for index, velocity in ((0, 127), (1, 32))]
    song = pipeline.play(rest).waveform[0]
    loud, soft = (song[start : start + 8000].abs().max() for start in (0, 16_000))
    assert (soft / loud).item() == pytest.approx(32 / 127, rel=0.1)


@pytest.mark.slow
def test_the_demo_of_sound_ends_with_a_melody(multigan, tmp_path):
    said = multigan("demo", "--modality", "audio", "--steps", 1, "--out", tmp_path)
    assert said.code == 0
    path = tmp_path / "0001-notes/melody.wav"
    assert said.out.splitlines()[-1] == f"A melody: {path}"
    sound, rate = soundfile.read(path)
    assert 11 < len(sound) / rate < 14  # 32 beats at 150 a minute
