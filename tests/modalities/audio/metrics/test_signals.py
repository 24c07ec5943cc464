"""What is measured in waveforms is what was put into them."""

import pytest
import torch

from multigan.metrics import METRICS
from multigan.modalities.audio.metrics import ClipBatch, MelPicture, as_bytes
from multigan.modalities.audio.metrics.nearest import nearest, novelty
from multigan.modalities.audio.metrics.signals import buzz_db, is_clipped, level_db

RATE = 8000


def tones(hertz, level: float = 0.5, length: int = 8000) -> torch.Tensor:
    time = torch.arange(length) / RATE
    frequency = torch.as_tensor(hertz, dtype=torch.float32).view(-1, 1)
    return (level * (2 * torch.pi * frequency * time).sin())[:, None]


def value(name: str, waveform: torch.Tensor, **known) -> float:
    return METRICS[name].measure(ClipBatch(waveform, RATE, **known)).value


def test_levels_are_in_db_of_full_scale():
    assert level_db(tones(440.0, 1.0)).item() == pytest.approx(-3.01, abs=0.01)
    assert value("loudness", tones([440.0, 550.0], 0.1)) == pytest.approx(-23.01, abs=0.01)


def test_silence_and_clipping():
    clips = torch.cat([tones(440.0), 1e-4 * tones(440.0), (4 * tones(440.0)).clamp(-1, 1)])
    assert value("silence", clips) == pytest.approx(1 / 3)
    assert value("clipping", clips) == pytest.approx(1 / 3)
    assert is_clipped(clips).tolist() == [False, False, True]
    single = torch.zeros(1, 1, 100)
    single[..., 50] = 1.0
    assert not is_clipped(single).item()


def test_what_was_turned_down_is_counted_as_overload_and_not_as_clipped():
    clips = torch.cat([0.5 * tones(440.0), 4 * tones(440.0)])
    assert value("overload", clips) == 0.5
    peak = clips.abs().amax((1, 2))
    turned = clips / peak[:, None, None].clamp_min(1)
    assert value("overload", turned, peak=peak) == 0.5
    assert value("overload", turned) == value("clipping", turned) == 0


def test_an_offset():
    assert value("offset", tones(440.0) + 0.05) == pytest.approx(0.05, abs=1e-4)


def test_a_buzz_at_the_rate_of_frames_is_heard_and_at_others_not():
    noise = 0.1 * torch.randn(8, 1, 8000)
    time = torch.arange(8000) / RATE
    pulsing = 1 + 0.5 * (2 * torch.pi * RATE / 64 * time).sin()
    quiet, loud = buzz_db(noise, RATE, 64).mean(), buzz_db(noise * pulsing, RATE, 64).mean()
    assert loud > quiet + 15
    assert buzz_db(noise * pulsing, RATE, 80).mean() < quiet + 6


def test_white_noise_buzzes_a_little():
    noise = 0.1 * torch.randn(200, 1, 4096, generator=torch.Generator().manual_seed(0))
    assert 4 < buzz_db(noise, RATE, 64).mean() < 5  # there is no zero to reach


def test_pitch_within_half_a_semitone():
    pitches = torch.tensor([57, 69])  # 220 and 440 Hz
    clips = tones([220.0, 440.0, 440.0 * 2 ** (0.4 / 12), 466.16])
    known = {"labels": torch.tensor([0, 1, 1, 1]), "pitches": pitches}
    assert value("pitch", clips, **known) == 0.75


def test_a_picture_shows_the_band_and_the_level():
    picture = MelPicture(RATE, 8000)
    shown = picture(tones([500.0, 2000.0], 1.0))
    assert shown.shape == (2, *picture.shape)
    assert picture.shape[2] % 4 == 0
    assert shown[1, 0].mean(1).argmax() > shown[0, 0].mean(1).argmax()
    assert shown.max() == pytest.approx(1, abs=0.05)  # 0 dB
    assert picture(torch.zeros(1, 1, 8000)).max() == -1
    quieter = picture(tones(500.0, 0.1)).max()
    assert (shown[0].max() - quieter).item() == pytest.approx(2 * 20 / 100, abs=0.01)  # 20 dB
    assert as_bytes(shown).dtype == torch.uint8


def test_pictures_of_long_and_short_clips_have_few_frames():
    for length in (256, 1000, 64_000):
        picture = MelPicture(16_000, length)
        assert picture(torch.randn(2, 2, length)).shape == (2, *picture.shape)
        assert picture.shape[2] <= 64


def test_copies_are_not_new():
    known = torch.randn(100, 8)
    assert novelty(known[:20], known) < 1e-5
    assert novelty(known, known, among_known=True) == pytest.approx(1)
    assert novelty(torch.randn(50, 8) + 20, known) > 5
    found = nearest(known[:5] + 1e-3, known)
    assert found.place.tolist() == [0, 1, 2, 3, 4]
    assert found.distance.max() < 0.01
