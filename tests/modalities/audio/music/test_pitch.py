"""Pitches by name and number, and the pitch of sounds whose pitch is known."""

import math

import pytest
import torch

from multigan.errors import ConfigError
from multigan.modalities.audio.music.pitch import (
    HIGHEST,
    cents,
    class_pitches,
    estimate_pitch,
    hertz,
    midi_number,
    parse_pitch,
    pitch_name,
)

RATE = 16_000


def tones(midi: torch.Tensor, partials: int = 3, seconds: float = 0.5) -> torch.Tensor:
    time = torch.arange(int(RATE * seconds)) / RATE
    frequency = hertz(midi.double())[:, None]
    waves = [torch.sin(2 * math.pi * k * frequency * time) / k for k in range(1, partials + 1)]
    return torch.stack(waves).sum(0).float()


def test_names_and_numbers_are_inverse():
    assert [parse_pitch(pitch_name(number)) for number in range(HIGHEST + 1)] == [*range(128)]
    assert parse_pitch("Db4") == parse_pitch("C#4") == 61


def test_frequency_doubles_with_every_octave():
    assert hertz(81) == pytest.approx(880)
    numbers = torch.arange(128.0)
    torch.testing.assert_close(midi_number(hertz(numbers)), numbers, atol=1e-3, rtol=0)


@pytest.mark.parametrize("text", ["H4", "C", "", "C#", "200", "C10", "-1", "4.5"])
def test_what_is_no_pitch_is_refused(text):
    with pytest.raises(ConfigError, match=r"pitch|MIDI"):
        parse_pitch(text)


def test_estimates_lie_within_a_fifth_of_a_semitone_over_five_octaves():
    midi = torch.arange(33, 94)
    found = estimate_pitch(tones(midi), RATE)
    assert cents(found, midi).abs().max() < 20


def test_a_missing_fundamental_is_heard():
    time = torch.arange(RATE // 2) / RATE
    overtones = sum(torch.sin(2 * math.pi * 220 * k * time) for k in (2, 3, 4, 5))
    assert estimate_pitch(overtones[None], RATE).item() == pytest.approx(220, rel=0.005)


def test_an_offset_does_not_hide_a_pitch():
    time = torch.arange(8000) / 8000
    tone = 0.5 * torch.sin(2 * torch.pi * 262 * time)
    assert estimate_pitch(tone[None] + 0.4, 8000).item() == pytest.approx(262, rel=2e-3)
    assert estimate_pitch(tone[None, :0], 8000).isnan().all()  # nor is there one of nothing


def test_silence_and_noise_have_no_pitch():
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(1, RATE // 2, generator=generator)
    found = estimate_pitch(torch.cat([torch.zeros_like(noise), noise]), RATE)
    assert found.isnan().all()


def test_scale_and_silence_around_a_note_do_not_matter():
    note = tones(torch.tensor([60]))
    padded = torch.nn.functional.pad(1e-3 * note, (4000, 8000))
    torch.testing.assert_close(
        estimate_pitch(padded, RATE), estimate_pitch(note, RATE), rtol=1e-3, atol=0
    )


def test_classes_are_pitches_only_if_all_are():
    assert class_pitches(["C4", "D4", "72"]) == [60, 62, 72]
    assert class_pitches(["C4", "dog"]) == []
    assert class_pitches([str(digit) for digit in range(10)]) == []
    assert class_pitches([]) == []
