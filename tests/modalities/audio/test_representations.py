"""Round trips in dB, and what every representation owes the game."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from multigan.core.draws import seeded
from multigan.core.registries import build_modality
from multigan.errors import ConfigError, ShapeError
from multigan.modalities.audio.inspection import REPRESENTATIONS as REPRESENTATIONS_SHOWN
from multigan.modalities.audio.inspection import inspect_sounds
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.audio.modality import AudioModality
from multigan.modalities.audio.representations.frequency import (
    instantaneous_frequency,
    integrated_phase,
)
from multigan.modalities.audio.representations.mel_frequency import fine_mel_bands
from multigan.modalities.audio.representations.representation import REPRESENTATIONS
from multigan.modalities.audio.representations.stft import Stft
from multigan.modalities.kind import kind_of
from multigan.typed import Component

SPEECH = Path(
    os.environ.get("MULTIGAN_TEST_DATA", Path(__file__).parents[3] / ".." / "shared" / "data"),
    "fsdd.zip",
)
RATE, LENGTH = 8000, 4096
CASES = {
    "waveform": {},
    "log_magnitude": {"inverter": {"name": "griffin_lim", "options": {"iterations": 2}}},
    "mel": {"n_mels": 32, "inverter": {"name": "griffin_lim", "options": {"iterations": 2}}},
    "log_magnitude_if": {},
    "mel_if": {},
    "complex": {},
}


def notes(count: int = 4, channels: int = 1) -> torch.Tensor:
    """Decaying tones with overtones and a little noise, (count, channels, LENGTH) int16."""
    time = torch.arange(LENGTH) / RATE
    with seeded(0, "notes"):
        pitch = 200 + 400 * torch.rand(count, channels, 1)
        sound = sum((2 * torch.pi * k * pitch * time).sin() / k for k in (1, 2, 3))
        sound = 0.3 * sound * (-6 * time).exp() + 1e-3 * torch.randn(count, channels, LENGTH)
    return (sound * 32768).round().to(torch.int16)


def component(name: str, raw: torch.Tensor, **options) -> Component:
    audio = load_audio(raw, sample_rate=RATE, channels=raw.shape[1], trim_db=None, length=LENGTH)
    made = kind_of("audio").component(audio, Component(name, options))
    return Component(**json.loads(json.dumps(vars(made))))


def fitted(name: str, raw: torch.Tensor, **options) -> AudioModality:
    return build_modality(component(name, raw, **options))


def snr_db(wanted: torch.Tensor, got: torch.Tensor) -> float:
    noise = (wanted - got).square().sum()
    return (10 * (wanted.square().sum() / noise.clamp_min(1e-12)).log10()).item()


def spectral_convergence_db(stft: Stft, wanted: torch.Tensor, got: torch.Tensor) -> float:
    true, found = stft(wanted.flatten(0, 1)).abs(), stft(got.flatten(0, 1)).abs()
    return 20 * ((true - found).norm() / true.norm()).log10().item()


def test_every_representation_has_a_case():
    assert {*CASES, "codec"} == set(REPRESENTATIONS)  # which has a file of its own


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_shape_range_and_independence_of_the_batch(name, channels):
    raw = notes(3, channels)
    modality = fitted(name, raw, **CASES[name])
    samples = modality.encode(raw)
    assert samples.shape == (3, *modality.sample_shape)
    assert samples.dtype == torch.float32
    assert samples.abs().max() <= 1
    torch.testing.assert_close(modality.encode(raw[1:2]), samples[1:2])
    sounds = modality.decode(samples)
    assert [sound.waveform.shape for sound in sounds] == [(channels, LENGTH)] * 3
    alone = modality.decode(samples[1:2])[0].waveform
    torch.testing.assert_close(alone, sounds[1].waveform, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("name", CASES)
def test_encoding_has_gradients_even_of_silence(name):
    modality = fitted(name, notes(), **CASES[name])
    waveform = torch.zeros(1, 1, LENGTH)
    waveform[..., 1000:2000] = 0.1 * torch.randn(1000)
    waveform.requires_grad_()
    modality.representation.encode(waveform).sum().backward()
    assert waveform.grad.isfinite().all()
    assert waveform.grad.any()


@pytest.mark.parametrize("name", ["waveform", "log_magnitude_if", "mel_if", "complex"])
def test_the_way_back_has_gradients(name):
    modality = fitted(name, notes(), **CASES[name])
    samples = modality.encode(notes(1)).mul(0.9).requires_grad_()
    modality.waveforms(samples).square().sum().backward()
    assert samples.grad.isfinite().all()
    assert samples.grad.any()


@pytest.mark.parametrize("name", CASES)
def test_whatever_a_generator_makes_becomes_finite_sound(name):
    modality = fitted(name, notes(), **CASES[name])
    wild = 3 * torch.randn(2, *modality.sample_shape)
    wild[0, 0, 0] = torch.nan
    for sound in modality.decode(wild):
        assert sound.waveform.isfinite().all()


@pytest.mark.parametrize(
    ("name", "options"),
    [("log_magnitude_if", {}), ("log_magnitude_if", {"griffin_lim": 2}), ("complex", {})],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_phases_that_are_kept_lose_hardly_anything(name, options, channels):
    raw = notes(8, channels)
    modality = fitted(name, raw, **options)
    assert snr_db(raw / 32768, modality.waveforms(modality.encode(raw))) > 45


@pytest.mark.parametrize("hop", [16, 64])
def test_the_frequency_of_a_tone_is_its_distance_from_the_bins_middle(hop):
    hertz = torch.tensor([1000.0, 1010.0, 985.0])[:, None, None]  # 1000 is the middle of bin 32
    raw = (0.5 * 32768 * (2 * torch.pi * hertz * torch.arange(LENGTH) / RATE).sin()).to(torch.int16)
    options = {"n_fft": 256, "hop_length": hop, "baseband": True}
    frequency = fitted("log_magnitude_if", raw, **options).encode(raw)[:, 1, 32, 8:-8]
    wanted = 2 * (hertz[:, 0] - 1000) * hop / RATE  # half turns in a hop
    torch.testing.assert_close(frequency, wanted.expand_as(frequency), atol=1e-3, rtol=0)


@pytest.mark.parametrize("drop", ["dc", "nyquist"])
def test_weighted_frequencies_fade_with_the_sound_and_come_back(drop):
    raw = notes(8)
    raw[..., 3000:] = 0
    options = {"floor": 0.03, "baseband": True, "drop": drop}
    plain = fitted("log_magnitude_if", raw, **options)
    weighted = fitted("log_magnitude_if", raw, **options, weighted=True)
    magnitude = plain.representation.spectrum(raw / 32768).abs()
    share = magnitude / (magnitude + 0.03)
    samples = weighted.encode(raw)
    wanted = plain.encode(raw)[:, 1:] * (0.05 + 0.95 * share)
    torch.testing.assert_close(samples[:, 1:], wanted, atol=1e-4, rtol=0)
    known = plain.waveforms(plain.encode(raw))
    torch.testing.assert_close(weighted.waveforms(samples), known, atol=1e-3, rtol=0)


WEIGHTED = {"floor": 0.03, "baseband": True, "weighted": True, "griffin_lim": 1}


@pytest.mark.parametrize("silent", [slice(0, 1000), slice(1500, 2200)])
@pytest.mark.parametrize("loudness", [1.0, 0.01])
def test_weighted_frequencies_outlast_silence(silent, loudness):
    raw = (notes(8) * loudness).round().to(torch.int16)
    raw[..., silent] = 0
    modality = fitted("log_magnitude_if", raw, **WEIGHTED)
    assert snr_db(raw / 32768, modality.waveforms(modality.encode(raw))) > 45


def test_sound_after_silence_has_no_gradient_that_explodes():
    raw = notes(2)
    raw[..., :1500] = 0
    steepest = []
    for options in ({}, WEIGHTED):
        modality = fitted("log_magnitude_if", raw, **options)
        samples = modality.encode(raw).requires_grad_()
        modality.waveforms(samples).abs().sum().backward()
        steepest.append(samples.grad.norm())
    assert steepest[1] < 30 * steepest[0]


def test_griffin_lim_makes_bins_agree_that_do_not():
    raw = notes(8)
    samples = fitted("log_magnitude_if", raw).encode(raw)
    with seeded(0):
        samples[:, 1] += 0.1 * torch.randn_like(samples[:, 1])
    found = []
    for iterations in (0, 1, 8):
        modality = fitted("log_magnitude_if", raw, griffin_lim=iterations)
        stft = modality.representation.stft
        found.append(spectral_convergence_db(stft, raw / 32768, modality.waveforms(samples)))
    assert found[1] < found[0] - 2
    assert found[2] < found[1] - 2


def test_mel_bands_keep_the_spectrum_and_lose_the_phase():
    raw = notes(8)
    modality = fitted("mel_if", raw, n_fft=512, hop_length=128)
    heard = modality.waveforms(modality.encode(raw))
    convergence = spectral_convergence_db(Stft(512, 128, LENGTH), raw / 32768, heard)
    assert -20 < convergence < -5  # measured -9: the price of GANSynth's favorite


def test_fine_mel_bands_leave_no_bin_and_no_band_out():
    bands = fine_mel_bands(torch.arange(1, 129) * 31.25, 4000.0)
    assert bands.shape == (128, 128)
    assert (bands.sum(0) > 0).all()
    assert (bands.sum(1) > 0).all()


def test_frequencies_are_what_unwrapping_and_differences_give():
    phase = 10 * torch.randn(3, 50).cumsum(-1)
    wrapped = torch.from_numpy(np.angle(np.exp(1j * phase.numpy())))
    frequency = instantaneous_frequency(wrapped)
    unwrapped = np.unwrap(wrapped.numpy())
    np.testing.assert_allclose(
        frequency[:, 1:].numpy(), np.diff(unwrapped) / np.pi, atol=1e-5, rtol=0
    )
    turns = (integrated_phase(frequency) - wrapped) / (2 * torch.pi)
    torch.testing.assert_close(turns, turns.round(), atol=1e-4, rtol=0)


def test_waveforms_come_back_exactly():
    raw = notes(2)
    modality = fitted("waveform", raw)
    sound = modality.decode(modality.encode(raw))[0]
    assert torch.equal((sound.waveform * 32768).to(torch.int16), raw[0])


@pytest.mark.parametrize("hop_length", [32, 42, 64])
def test_what_does_not_fit_together_makes_no_click_at_the_end(hop_length):
    stft = Stft(128, hop_length, 64 * hop_length)
    bins = torch.randn(4, stft.num_bins, stft.num_frames, dtype=torch.complex64)
    sound = stft.inverse(bins).abs()
    inside, end = sound[:, 256:-256].amax(), sound[:, -hop_length:].amax()
    assert end < 3 * inside
    tone = torch.sin(torch.arange(stft.length) * 0.3)[None]
    whole = stft.length - (hop_length // 3 if hop_length == 64 else 0)
    torch.testing.assert_close(
        stft.inverse(stft(tone))[:, :whole], tone[:, :whole], atol=1e-4, rtol=0
    )


@pytest.fixture(scope="module")
def speech() -> torch.Tensor:
    """Sixteen spoken digits, (16, 1, 8192) int16."""
    pytest.importorskip("soundfile", reason="sounds need the extra 'audio'")
    if not SPEECH.exists():
        pytest.skip(f"{SPEECH.name} is not in {SPEECH.parent}; set MULTIGAN_TEST_DATA")
    audio = load_audio(SPEECH, length=8192, split="test", limit=16)
    return audio.source.read(torch.arange(16))[0]


def test_real_speech_survives_instantaneous_frequency(speech):
    audio = load_audio(speech, sample_rate=8000, length=8192, trim_db=None)
    modality = build_modality(kind_of("audio").component(audio, None))
    assert modality.sample_shape == (2, 128, 128)
    assert snr_db(speech / 32768, modality.waveforms(modality.encode(speech))) > 45


# SNR at least, or spectral convergence at most, in dB: a little worse than measured.
PINNED = {
    "waveform": ("snr_db", 90),
    "complex": ("snr_db", 55),
    "log_magnitude_if": ("snr_db", 55),
    "mel_if": ("convergence_db", -6.5),
    "log_magnitude, fast Griffin-Lim 32": ("convergence_db", -22.5),
    "log_magnitude, Griffin-Lim 32": ("convergence_db", -15.5),
    "log_magnitude, heap integration": ("convergence_db", -20.5),
    "mel, fast Griffin-Lim 32": ("convergence_db", -16.5),
}


@pytest.fixture(scope="module")
def trips(speech):
    found = inspect_sounds(speech, {"sample_rate": RATE, "trim_db": None}, clips=len(speech))
    return {trip.representation: trip for trip in found.trips}


@pytest.mark.parametrize("name", REPRESENTATIONS_SHOWN)
def test_the_round_trip_of_real_speech(trips, name):
    measure, bound = PINNED[name]
    found = getattr(trips[name], measure)
    assert found > bound if measure == "snr_db" else found < bound


def test_momentum_is_better_on_real_speech(trips):
    fast, plain = (trips[f"log_magnitude, {kind}Griffin-Lim 32"] for kind in ("fast ", ""))
    assert fast.convergence_db < plain.convergence_db - 4


def test_statistics_are_of_the_data_and_saved_as_plain_numbers():
    raw = notes(8)
    modality = fitted("log_magnitude", raw, n_fft=64, scaling="bins")
    planes = modality.representation.analyze(raw / 32768)
    center = modality.representation.center
    torch.testing.assert_close(center, planes.mean((0, 3))[..., None], atol=1e-4, rtol=1e-4)
    samples = modality.encode(raw)
    assert samples.mean((0, 3)).abs().max() < 0.02  # a little, for what is clipped
    ranged = fitted("log_magnitude", raw, scaling="range").encode(raw)
    assert (ranged.min().item(), ranged.max().item()) == pytest.approx((-1, 1), abs=1e-5)


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("log_magnitude", {"n_fft": 100, "hop_length": 60}, "hop at most half"),
        (
            "log_magnitude",
            {"n_fft": 0},
            "n_fft must be a whole number of at least 4 and divisible by 2",
        ),
        ("mel", {"nfft": 256}, "Its options are: n_mels.*n_fft, hop_length"),
        ("log_magnitude", {"n_fft": 200, "hop_length": 50}, "no whole number of hops"),
        (
            "log_magnitude",
            {"n_fft": 1024, "hop_length": 512, "drop": "all"},
            "drop must be nyquist or dc",
        ),
        ("log_magnitude", {"scaling": "none"}, "scaling must be bins or range, not 'none'"),
        ("log_magnitude", {"floor": 0.0}, "floor"),
        ("log_magnitude", {"inverter": "magic"}, "no inverter"),
        (
            "log_magnitude",
            {"inverter": 3},
            "inverter must be a name, .*, not 3",
        ),
        ("log_magnitude_if", {"n_fft": 4096, "hop_length": 2048}, "multiples of 4"),
        ("mel", {"n_mels": 30}, "n_mels"),
        ("mel", {"f_max": 5000}, "half of the sample rate"),
        ("log_magnitude", {"statistics": {"center": "x"}}, "fitted to the data"),
    ],
)
def test_options_are_checked(name, options, said):
    with pytest.raises(ConfigError, match=said):
        fitted(name, notes(2), **options)


def test_damaged_statistics_are_named():
    for damage in ({"center": [[0.0]]}, {"center": [["a"]], "scale": [[1]]}, {"center": [[0]]}):
        with pytest.raises(ConfigError, match="statistics"):
            AudioModality(
                RATE, 1, LENGTH, {"name": "log_magnitude", "options": {"statistics": damage}}
            )


def test_other_shapes_and_types_are_refused():
    modality = AudioModality(RATE, 1, LENGTH, {"name": "waveform"})
    with pytest.raises(ShapeError, match="int16"):
        modality.encode(torch.zeros(2, 1, LENGTH))
    with pytest.raises(ShapeError, match=r"\(B, 1, 4096\)"):
        modality.encode(torch.zeros(2, 2, LENGTH, dtype=torch.int16))
    with pytest.raises(ShapeError, match="waveform"):
        modality.decode(torch.zeros(2, LENGTH))
