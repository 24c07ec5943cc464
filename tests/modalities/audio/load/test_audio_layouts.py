"""Classes and splits are found in file names, annotations and lists."""

import json
import shutil

import pytest

from multigan.errors import DataError
from multigan.modalities.audio.load.layouts import holds, matcher
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.audio.music.instruments import INSTRUMENTS
from multigan.modalities.audio.music.note_files import write_notes
from multigan.modalities.audio.music.note_set import make_notes
from tests.data.sounds import encoded, write, zipped


@pytest.fixture
def digits(tmp_path):
    files = {
        f"{digit}_{speaker}_{index}.wav": encoded()
        for digit in (3, 7)
        for speaker in ("anna", "ben")
        for index in (0, 4, 5, 12)
    }
    return zipped(tmp_path / "digits.zip", files)


def test_spoken_digits_are_known_by_their_names(digits):
    train, test = load_audio(digits), load_audio(digits, split="test")
    assert (len(train), len(test), len(load_audio(digits, split="all"))) == (8, 8, 16)
    assert train.condition.names == ("3", "7")
    assert "Free Spoken Digit Dataset" in train.report.summary()
    assert load_audio(digits, label="speaker").condition.names == ("anna", "ben")


def test_spoken_digits_may_lie_in_a_folder_for_each(tmp_path):
    for digit in (3, 7):
        for index in (0, 12):
            write(tmp_path / str(digit) / f"{digit}_anna_{index}.wav")
    assert [len(load_audio(tmp_path, split=split)) for split in ("train", "test")] == [2, 2]


def test_spoken_digits_are_divided_by_folders_where_there_are_some(tmp_path):
    for split, places in (("train", (0, 7)), ("test", (3,))):
        for digit in (3, 7):
            for index in places:
                write(tmp_path / split / f"{digit}_anna_{index}.wav")
    found = [load_audio(tmp_path, split=split) for split in ("train", "test", "all")]
    assert [len(audio) for audio in found] == [4, 2, 6]
    assert {audio.condition.names for audio in found} == {("3", "7")}
    assert len(load_audio(tmp_path, test="index<5", split="test")) == 4  # as asked
    with pytest.raises(DataError, match="no folder 'valid', only test, train"):
        load_audio(tmp_path, split="valid")


def test_spoken_digits_in_folders_of_speakers_say_how_digits_become_the_classes(tmp_path):
    for speaker in ("anna", "ben"):
        for digit in (3, 7):
            write(tmp_path / speaker / f"{digit}_{speaker}_7.wav")
    audio = load_audio(tmp_path)
    assert audio.condition.names == ("anna", "ben")
    assert "data.pattern='{label}_{speaker}_{index}'" in audio.report.summary()
    options = {"pattern": "{label}_{speaker}_{index}", "test": "index<5"}
    assert load_audio(tmp_path, **options).condition.names == ("3", "7")


def test_a_mapped_set_is_kept_for_each_label(digits, tmp_path):
    options = {"memory_bytes": 1, "cache": tmp_path / "cache"}
    for label, names in (("label", ("3", "7")), ("speaker", ("anna", "ben"))) * 2:
        assert load_audio(digits, label=label, **options).condition.names == names


def test_a_pattern_names_the_class_and_the_split(digits):
    options = {"pattern": "{word}_{who}_{take}", "label": "who", "test": "take>=5"}
    assert len(load_audio(digits, **options, split="test")) == 8
    assert load_audio(digits, **options).condition.names == ("anna", "ben")
    assert load_audio(digits, pattern="{word}_{who}_{take}").condition is None


def test_a_pattern_may_have_folders(tmp_path):
    write(tmp_path / "left" / "anna" / "1.wav")
    write(tmp_path / "right" / "ben" / "1.wav")
    audio = load_audio(tmp_path, pattern="{label}/{speaker}/{index}")
    assert audio.condition.names == ("left", "right")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pattern": "{a}-{b}"}, "not named"),
        ({"pattern": "plain"}, "fields in braces"),
        ({"pattern": "{a}_{a}"}, "fields in braces"),
        ({"label": "mood"}, "no field 'mood'"),
        ({"test": "mood=5"}, "no condition"),
        ({"test": "index>100", "split": "test"}, "empty"),
        ({"classes": ["9"]}, "no class '9'"),
    ],
)
def test_what_is_not_there_is_said(digits, options, said):
    with pytest.raises(DataError, match=said):
        load_audio(digits, **options)


def test_classes_can_be_chosen_in_an_order(digits):
    audio = load_audio(digits, classes=["7", "3"])
    assert audio.condition.names == ("7", "3")
    assert audio.source.labels.tolist() == [1] * 4 + [0] * 4


@pytest.mark.parametrize("split", ["validation", "tset"])
def test_training_clips_are_not_served_as_another_split(digits, split):
    with pytest.raises(DataError, match=f"no split '{split}', only train, test, all"):
        load_audio(digits, split=split)
    with pytest.raises(DataError, match=f"no split '{split}', only train, all"):
        load_audio(digits, pattern="{label}_{who}_{take}", split=split)


def test_numbered_names_in_folders_of_classes_are_not_spoken_digits(tmp_path):
    for word in ("kick", "snare"):
        for index in range(3):
            write(tmp_path / word / f"{index}_{word}_00.wav")
    audio = load_audio(tmp_path)
    assert (len(audio), audio.condition.names) == (6, ("kick", "snare"))
    with pytest.raises(DataError, match="no split 'test', only train, all"):
        load_audio(tmp_path, split="test")


def test_notes_of_nsynth(tmp_path):
    notes = {
        f"bass_{pitch}": {"pitch": pitch, "instrument_family_str": family, "velocity": 75}
        for pitch, family in ((30, "bass"), (31, "bass"), (100, "flute"))
    }
    for name in [*notes, "unknown"]:
        write(tmp_path / "audio" / f"{name}.wav")
    (tmp_path / "examples.json").write_text(json.dumps(notes))
    audio = load_audio(tmp_path)
    assert audio.condition.names == ("30", "31", "100")  # in the order of numbers
    assert "1 files are not in its annotations" in audio.report.summary()
    assert "Ignored" not in audio.report.summary()  # the table was read
    family = load_audio(tmp_path, label="instrument_family_str")
    assert family.condition.names == ("bass", "flute")
    (tmp_path / "examples.json").write_text("[]")
    with pytest.raises(DataError, match="NSynth's table"):
        load_audio(tmp_path)


def test_splits_of_nsynth(tmp_path):
    for split, pitches in (("train", (40, 41)), ("valid", (41,)), ("test", (40,))):
        notes = {f"{split}_{pitch}": {"pitch": pitch} for pitch in pitches}
        for name in notes:
            write(tmp_path / f"nsynth-{split}" / "audio" / f"{name}.wav")
        (tmp_path / f"nsynth-{split}" / "examples.json").write_text(json.dumps(notes))
    train = load_audio(tmp_path)
    assert (len(train), len(load_audio(tmp_path, split="test"))) == (2, 1)
    assert "not in its annotations" not in train.report.summary()
    assert len(load_audio(tmp_path, split="validation")) == 1  # NSynth says valid
    assert len(load_audio(tmp_path, split="all")) == 4
    with pytest.raises(DataError, match="no split 'mine', only test, train, validation, all"):
        load_audio(tmp_path, split="mine")
    for split in ("train", "valid"):
        shutil.rmtree(tmp_path / f"nsynth-{split}")
    lone = load_audio(tmp_path)
    assert (len(lone), len(load_audio(tmp_path, split="test"))) == (1, 1)
    assert "Only its split 'test' is there." in lone.report.summary()
    with pytest.raises(DataError, match="no split 'validation', only test, all"):
        load_audio(tmp_path, split="valid")


def test_the_only_notes_are_not_their_own_test_split(tmp_path):
    write_notes(make_notes(takes=1, highest=61, seconds=0.1), tmp_path / "notes")
    assert len(load_audio(tmp_path / "notes")) == 2 * len(INSTRUMENTS)
    with pytest.raises(DataError, match="no split 'test', only train, all"):
        load_audio(tmp_path / "notes", split="test")


def test_speech_commands(tmp_path):
    for word in ("yes", "no", "_background_noise_"):
        for index in range(3):
            write(tmp_path / word / f"{index}.wav")
    (tmp_path / "testing_list.txt").write_text("yes/0.wav\nno/0.wav\n")
    (tmp_path / "validation_list.txt").write_text("no/1.wav\n")
    found = {split: len(load_audio(tmp_path, split=split)) for split in ("train", "test", "all")}
    assert found == {"train": 3, "test": 2, "all": 6}
    assert len(load_audio(tmp_path, split="valid")) == 1
    audio = load_audio(tmp_path)
    assert audio.condition.names == ("no", "yes")
    assert "without 3 noises" in audio.report.summary()


def test_patterns_take_as_little_as_they_can():
    assert matcher("{a}_{b}").fullmatch("x_y_z").groups() == ("x", "y_z")
    assert matcher("{a}.{b}").fullmatch("x_y") is None


def test_conditions_compare_numbers_as_numbers():
    assert holds("n<5", {"n": "4"})
    assert not holds("n<5", {"n": "12"})
    assert holds("n!=b", {"n": "a"})
