"""Sounds of every kind come out as int16 of one form, and every change is counted."""

import numpy as np
import pytest
import torch

from multigan.errors import ConfigError, DataError
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.audio.load.loaded import AudioReport
from tests.data.sounds import encoded, tone, write, zipped


def clip(audio, index: int = 0) -> torch.Tensor:
    return audio.source.read(torch.tensor([index]))[0][0]


@pytest.fixture
def folder(tmp_path):
    for name in ("cat", "dog"):
        for index in range(3):
            write(tmp_path / "sounds" / name / f"{index}.wav", tone(hertz=300 + 100 * index))
    return tmp_path / "sounds"


def test_a_folder_per_class(folder):
    audio = load_audio(folder)
    assert (audio.sample_rate, audio.channels, audio.length, len(audio)) == (8000, 1, 4096, 6)
    assert audio.condition.names == ("cat", "dog")
    raw, labels = audio.source.read(torch.arange(6))
    assert raw.dtype == torch.int16
    assert raw.shape == (6, 1, 4096)
    assert labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert audio.report.changed == {"padded": 6, "silence trimmed": 6}


def test_16_bit_samples_come_out_as_they_are(tmp_path):
    values = np.array([0, 1, -1, 32767, -32768] * 100, dtype=np.int16)
    write(tmp_path / "a.wav", values)
    audio = load_audio(tmp_path, trim_db=None, length=500)
    assert clip(audio)[0].tolist() == values.tolist()


@pytest.mark.parametrize("suffix", [".flac", ".ogg", ".mp3", ".aiff"])
def test_other_formats(tmp_path, suffix):
    write(tmp_path / f"a{suffix}", tone(1.0, 16000), 16000)
    audio = load_audio(tmp_path, length=8192)
    heard = clip(audio)[0].float() / 32768
    assert audio.sample_rate == 16000
    spectrum = torch.fft.rfft(heard).abs()
    assert spectrum.argmax().item() * 16000 / 8192 == pytest.approx(440, abs=2)


def test_resampling_keeps_pitch_and_level(tmp_path):
    write(tmp_path / "a.wav", tone(1.0, 192_000), 192_000, subtype="PCM_24")
    audio = load_audio(tmp_path, sample_rate=8000, length=8000, trim_db=None)
    middle = clip(audio)[0, 1000:7000].float() / 32768
    wanted = torch.from_numpy(tone(1.0, 8000)[1000:7000]).float()
    assert (middle - wanted).abs().max() < 2e-3
    assert audio.report.changed == {"192000 Hz to 8000 Hz": 1}


def test_what_lies_above_the_new_rate_is_gone(tmp_path):
    write(tmp_path / "a.wav", tone(1.0, 48_000, 7000) + tone(1.0, 48_000, 440, 1e-3), 48_000)
    audio = load_audio(tmp_path, sample_rate=8000, length=4000, trim_db=None)
    assert clip(audio)[0, 500:3500].abs().max() < 40  # the 440 Hz have a peak of 33


def test_a_rate_without_a_simple_ratio_is_unreadable_not_a_full_memory(tmp_path):
    write(tmp_path / "a.wav", tone(1.0, 8000), 8000)
    write(tmp_path / "b.wav", tone(0.1, 44_101), 44_101)
    audio = load_audio(tmp_path, sample_rate=8000, length=4000, max_unreadable=0.5)
    assert "no simple ratio" in audio.report.unreadable[0].reason


def test_channels(tmp_path):
    parts = [tone(hertz=h) for h in (200, 300, 400, 500, 600, 700, 800, 900)]
    write(tmp_path / "a.wav", np.stack(parts, 1))
    mono = load_audio(tmp_path, trim_db=None, length=4000)
    expected = (np.mean(parts, 0) * 32768).round()
    assert np.abs(clip(mono)[0].numpy() - expected).max() <= 1
    assert mono.report.changed["8 channels averaged"] == 1
    stereo = load_audio(tmp_path, channels=2, trim_db=None, length=4000)
    expected = (np.stack(parts[:2]) * 32768).round()
    assert np.abs(clip(stereo).numpy() - expected).max() <= 1
    assert stereo.report.changed["first two of 8 channels"] == 1


def test_mono_is_doubled_for_stereo(folder):
    audio = load_audio(folder, channels=2)
    assert (clip(audio)[0] == clip(audio)[1]).all()


def test_bad_files_are_counted_named_and_left_out(tmp_path):
    for index in range(6):
        write(tmp_path / f"good{index}.wav")
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("no sound at all")
    (tmp_path / "cut.flac").write_bytes(encoded(kind="FLAC")[:60])
    write(tmp_path / "none.wav", np.zeros(0))
    write(tmp_path / "silent.wav", np.zeros(4000))
    broken = tone()
    broken[100] = np.nan
    write(tmp_path / "nan.wav", broken, subtype="FLOAT")
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    (tmp_path / "notes.txt").write_text("ignored")
    audio = load_audio(tmp_path, max_unreadable=0.6)
    assert len(audio) == 6
    reasons = {entry.name: entry.reason for entry in audio.report.unreadable}
    assert set(reasons) == {
        *("empty.wav", "text.wav", "cut.flac", "none.wav", "silent.wav", "nan.wav", "gone.wav")
    }
    assert "No such file" in reasons["gone.wav"]
    assert reasons["empty.wav"] == "it is empty"
    assert "not a sound file" in reasons["text.wav"]
    assert reasons["none.wav"] == "it holds no samples"
    assert reasons["silent.wav"].startswith("it is silent: its peak is below -70 dB")
    assert reasons["nan.wav"] == "it holds samples that are not finite"
    assert audio.report.num_ignored == 1
    assert "Left out 7 unreadable" in audio.report.summary()


def test_too_many_bad_files_are_refused(folder):
    (folder / "cat" / "bad.wav").write_bytes(b"RIFF")
    with pytest.raises(DataError, match=r"1 of 7 sounds.*cat/bad\.wav.*data\.max_unreadable"):
        load_audio(folder)


def test_a_folder_of_nothing_but_bad_files(tmp_path):
    (tmp_path / "bad.wav").write_bytes(b"RIFF")
    with pytest.raises(DataError, match="None of the sounds"):
        load_audio(tmp_path)


def test_longer_files_are_cut_or_sliced(tmp_path):
    ramp = np.linspace(0.1, 0.9, 10_000)
    write(tmp_path / "a.wav", ramp)
    start = load_audio(tmp_path, length=4000)
    assert start.report.left_out_seconds == pytest.approx(0.75)
    assert "fit=slice" in start.report.summary()
    center = load_audio(tmp_path, length=4000, fit="center")
    assert clip(center)[0, 0].item() == pytest.approx(ramp[3000] * 32768, abs=1)
    sliced = load_audio(tmp_path, length=4000, fit="slice")
    assert len(sliced) == 3  # of the last, a half and more is there
    assert clip(sliced, 2)[0, 2000:].abs().max() == 0
    assert len(load_audio(tmp_path, length=4400, fit="slice")) == 2  # less than a half is not


def test_cut_ends_fade_and_others_stay(tmp_path):
    write(tmp_path / "a.wav", np.full(10_000, 0.5))  # windows 0 to 4000, to 8000, and a padded rest
    whole = 0.5 * 32768
    clips = load_audio(tmp_path, length=4000, fit="slice", trim_db=None, fade=0.0125)
    risen = [clip(clips, k)[0] for k in range(3)]
    assert risen[0][0] == whole
    assert risen[0][-101] == whole
    assert 0 < risen[0][-1] < 10
    assert 0 < risen[1][0] < 10
    assert risen[1][50] == pytest.approx(whole / 2, abs=150)
    assert 0 < risen[2][0] < 10
    assert risen[2][1999] == whole  # where the sound itself ends
    center = clip(load_audio(tmp_path, length=100, fit="center", trim_db=None, fade=1))[0]
    assert torch.equal(center[:50], center[50:].flip(0))
    assert center[49] == pytest.approx(whole, 0.01)
    short = load_audio(tmp_path, length=12_000, trim_db=None, fade=0.0125)
    assert clip(short)[0, 9999] == whole  # nothing was cut


@pytest.mark.parametrize("normalize", ["none", "peak"])
def test_silent_windows_are_left_out_and_counted(tmp_path, normalize):
    dither = np.random.default_rng(0).integers(-1, 2, 8000) / 32768
    write(tmp_path / "pause.wav", np.concatenate([tone(0.5), dither, 0.1 * tone(0.5)]))
    audio = load_audio(tmp_path, length=4000, fit="slice", normalize=normalize)
    assert len(audio) == 2
    assert "2 silent windows left out" in audio.report.summary()
    assert len(load_audio(tmp_path, length=4000, normalize=normalize)) == 1
    late = np.concatenate([dither, tone(0.5)])
    write(tmp_path / "late.wav", late)
    start = load_audio(tmp_path, length=4000, trim_db=None, max_unreadable=0.5)
    assert start.report.unreadable[0].reason == "it is silent where it would be used"


def test_dither_alone_is_not_made_loud(tmp_path):
    write(tmp_path / "a.wav")
    write(tmp_path / "b.wav", np.random.default_rng(0).integers(-1, 2, 4000) / 32768)
    audio = load_audio(tmp_path, normalize="peak", max_unreadable=0.5)
    assert len(audio) == 1
    assert "below -70 dB of full scale" in audio.report.summary()


def test_a_header_that_claims_months_asks_for_no_room(tmp_path):
    write(tmp_path / "a.wav")
    forged = bytearray(encoded(kind="FLAC"))
    forged[21] |= 0x0F  # the number of samples: 36 bits that begin here
    forged[22:26] = b"\xff\xff\xff\xfe"
    (tmp_path / "b.flac").write_bytes(forged)
    for options in ({}, {"fit": "slice", "length": 1000}):
        audio = load_audio(tmp_path, max_unreadable=0.5, cache=tmp_path / "cache", **options)
        assert "hours of sound" in audio.report.unreadable[0].reason
        assert audio.length <= 4096  # of the sound that can be read
        assert audio.report.storage == "memory"


def test_slices_keep_their_class(tmp_path):
    write(tmp_path / "long" / "a.wav", tone(2.0))
    write(tmp_path / "short" / "b.wav", tone(0.2))
    audio = load_audio(tmp_path, length=4000, fit="slice")
    assert audio.source.labels.tolist() == [0, 0, 0, 0, 1]


def test_silence_is_trimmed_by_its_level_below_the_peak(tmp_path):
    quiet = np.full(1000, 1e-3)
    write(tmp_path / "a.wav", np.concatenate([quiet, tone(0.5), quiet]), subtype="FLOAT")
    trimmed = load_audio(tmp_path, trim_db=40, length=6000)
    assert clip(trimmed)[0].count_nonzero() <= 4000
    kept = load_audio(tmp_path, trim_db=60, length=6000)
    assert clip(kept)[0].count_nonzero() > 5900


def test_levels(tmp_path):
    write(tmp_path / "quiet.wav", tone(level=0.01))
    peak = clip(load_audio(tmp_path, normalize="peak"))
    assert peak.abs().max().item() == pytest.approx(0.95 * 32768, abs=2)
    rms = clip(load_audio(tmp_path, normalize="rms", trim_db=None, length=4000)).float() / 32768
    assert rms.square().mean().sqrt().item() == pytest.approx(0.1, rel=1e-2)


def test_beyond_full_scale_is_turned_down(tmp_path):
    write(tmp_path / "loud.wav", 4 * tone(), subtype="FLOAT")
    audio = load_audio(tmp_path)
    assert clip(audio).abs().max() == 32767
    assert audio.report.changed["turned down to full scale"] == 1


def test_a_memory_mapped_set_is_the_same_and_is_built_once(folder, tmp_path):
    small = load_audio(folder)
    cache = tmp_path / "cache"
    mapped = load_audio(folder, memory_bytes=10, cache=cache)
    assert mapped.report.storage.startswith("memory-mapped")
    assert mapped.fingerprint == small.fingerprint
    for index in range(6):
        assert torch.equal(clip(mapped, index), clip(small, index))
    (file,) = cache.glob("*/samples.npy")
    written = file.stat().st_mtime_ns
    assert len(load_audio(folder, memory_bytes=10, cache=cache)) == 6
    assert file.stat().st_mtime_ns == written
    assert AudioReport.from_json(mapped.report.to_json()) == mapped.report


def test_clips_that_were_stored_by_another_decoding_are_made_anew(folder, tmp_path, monkeypatch):
    load_audio(folder, memory_bytes=10, cache=tmp_path)
    monkeypatch.setattr("multigan.modalities.audio.load.load.DECODING", 1)
    load_audio(folder, memory_bytes=10, cache=tmp_path)
    assert len(list(tmp_path.glob("*/samples.npy"))) == 2


def test_another_rate_or_class_is_other_data(folder):
    whole = load_audio(folder)
    assert load_audio(folder, sample_rate=4000, length=4096).fingerprint != whole.fingerprint
    assert load_audio(folder, classes=("dog",)).fingerprint != whole.fingerprint


def test_tensors(tmp_path):
    values = torch.randint(-3000, 3000, (5, 1, 2048), dtype=torch.int16)
    audio = load_audio((values, torch.arange(5) % 2), sample_rate=8000, trim_db=None)
    assert torch.equal(audio.source.read(torch.arange(5))[0], values)
    assert audio.condition.size == 2
    with pytest.raises(DataError, match="State it"):
        load_audio(values)
    with pytest.raises(DataError, match="not sounds"):
        load_audio(torch.zeros(5, 2, 3, 100), sample_rate=8000)
    with pytest.raises(DataError, match="not finite"):
        load_audio(torch.full((2, 400), torch.nan), sample_rate=8000)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sample_rate": 10}, "sample rate"),
        ({"channels": 3}, "mono"),
        ({"length": 3}, "at least"),
        ({"fit": "loop"}, "fit must be one of start, center, slice"),
        ({"trim_db": -5}, "trim_db"),
        ({"limit": 0}, "limit"),
        ({"normalize": 1}, "normalize must be one of none, peak"),
        ({"split": None}, "split"),
    ],
)
def test_options_are_checked(folder, options, said):
    with pytest.raises(ConfigError, match=said):
        load_audio(folder, **options)


def test_what_is_no_data(tmp_path):
    with pytest.raises(DataError, match="no file or folder"):
        load_audio(tmp_path / "nothing")
    with pytest.raises(DataError, match="no sounds"):
        load_audio(tmp_path)
    with pytest.raises(DataError, match="set of sounds"):
        load_audio(write(tmp_path / "one.wav"))
    with pytest.raises(DataError, match="Cannot read sounds"):
        load_audio(5)


def test_a_zip(tmp_path):
    files = {f"{name}/{index}.wav": encoded() for name in "ab" for index in range(2)}
    audio = load_audio(zipped(tmp_path / "all.zip", files))
    assert audio.source.labels.tolist() == [0, 0, 1, 1]
    assert len(load_audio(tmp_path / "all.zip", limit=2)) == 2
