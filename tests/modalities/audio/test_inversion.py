"""Phases that are found fit together: better the more iterations, and better with momentum."""

import pytest
import torch

from multigan.errors import ConfigError
from multigan.modalities.audio.representations.inversion import GriffinLim
from multigan.modalities.audio.representations.phase_heap import (
    HeapIntegration,
    gaussian_variance,
    phase_slopes,
)
from multigan.modalities.audio.representations.stft import Stft
from tests.modalities.audio.test_representations import LENGTH, notes, snr_db

N_FFT, HOP = 256, 64


def spectral_convergence_db(stft: Stft, magnitude: torch.Tensor, waveform: torch.Tensor) -> float:
    distance = (stft(waveform).abs() - magnitude).norm() / magnitude.norm()
    return 20 * distance.log10().item()


def test_the_transform_is_torchaudios_without_its_last_frame():
    transforms = pytest.importorskip("torchaudio.transforms", reason="the extra 'audio'")
    stft = Stft(N_FFT, HOP, LENGTH)
    waveform = notes(2)[:, 0] / 32768
    theirs = transforms.Spectrogram(N_FFT, hop_length=HOP, power=None, pad_mode="constant")
    torch.testing.assert_close(stft(waveform), theirs(waveform)[..., :-1])
    assert stft(waveform).shape == (2, stft.num_bins, stft.num_frames)


@pytest.mark.parametrize(("hop", "faded"), [(HOP, 0), (N_FFT // 2, N_FFT // 6)])
def test_the_inverse_undoes_the_transform_at_every_sample(hop, faded):
    stft = Stft(N_FFT, hop, LENGTH)
    waveform = torch.randn(3, LENGTH)
    whole = LENGTH - faded  # with hops of half a window, the end is in next to no window
    assert snr_db(waveform[:, :whole], stft.inverse(stft(waveform))[:, :whole]) > 100


def test_griffin_lim_is_torchaudios():
    functional = pytest.importorskip("torchaudio.functional", reason="the extra 'audio'")
    waveform = notes(1)[:, 0] / 32768
    waveform[:, :N_FFT] = waveform[:, -N_FFT:] = 0  # so that it does not matter how ends are padded
    window = torch.hann_window(N_FFT)
    whole = torch.stft(waveform, N_FFT, HOP, window=window, return_complex=True).abs()
    theirs = functional.griffinlim(
        whole, window, N_FFT, HOP, N_FFT, 1.0, 32, 0.99, LENGTH, rand_init=False
    )
    stft = Stft(N_FFT, HOP, LENGTH)
    magnitude = stft(waveform).abs()
    ours = GriffinLim(32, 0.99, "zero")(magnitude, stft)
    found = spectral_convergence_db(stft, magnitude, ours)
    assert found == pytest.approx(spectral_convergence_db(stft, magnitude, theirs), abs=2)


def test_momentum_is_better_at_equal_iterations():
    stft = Stft(N_FFT, HOP, LENGTH)
    magnitude = stft(notes(4)[:, 0] / 32768).abs()
    plain, fast = (
        spectral_convergence_db(stft, magnitude, GriffinLim(32, momentum)(magnitude, stft))
        for momentum in (0.0, 0.99)
    )
    assert fast < plain - 3
    few = spectral_convergence_db(stft, magnitude, GriffinLim(4)(magnitude, stft))
    assert fast < few - 3


def test_one_pass_of_heap_integration_beats_plain_iterations():
    stft = Stft(N_FFT, HOP, LENGTH)
    magnitude = stft(notes(4)[:, 0] / 32768).abs()
    once = spectral_convergence_db(stft, magnitude, HeapIntegration()(magnitude, stft))
    plain = spectral_convergence_db(stft, magnitude, GriffinLim(32, 0.0)(magnitude, stft))
    refined = spectral_convergence_db(stft, magnitude, HeapIntegration(8)(magnitude, stft))
    assert refined < once < plain


def test_slopes_of_the_phase_of_a_sine_are_its_frequency():
    stft = Stft(N_FFT, HOP, LENGTH)
    frequency = 0.3  # radians a sample
    spectrum = stft((frequency * torch.arange(LENGTH)).sin()[None])[0, :, 20:40]
    per_frame, _ = phase_slopes(spectrum.abs().double().numpy(), stft)
    near = round(frequency / (2 * torch.pi) * N_FFT)
    # A Hann window is a Gaussian only nearly.
    assert per_frame[near - 1 : near + 2] == pytest.approx(frequency * HOP, abs=0.3)


def test_the_gaussian_most_like_a_gaussian_is_itself():
    time = torch.arange(400) - 200
    assert gaussian_variance(torch.exp(-(time**2) / (2 * 50.0**2))) == pytest.approx(2500, rel=1e-2)


def test_silence_stays_silent():
    stft = Stft(N_FFT, HOP, LENGTH)
    nothing = torch.zeros(1, stft.num_bins, stft.num_frames)
    for inverter in (GriffinLim(2), HeapIntegration(2)):
        assert not inverter(nothing, stft).any()


def test_nothing_is_random_and_the_callers_draws_are_left_alone():
    stft = Stft(N_FFT, HOP, LENGTH)
    magnitude = stft(notes(2)[:, 0] / 32768).abs()
    state = torch.random.get_rng_state()
    first = GriffinLim(3)(magnitude, stft)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(GriffinLim(3)(magnitude, stft), first)


@pytest.mark.parametrize(
    "options", [{"iterations": 0}, {"momentum": 1.0}, {"momentum": -0.1}, {"initial": "best"}]
)
def test_options_are_checked(options):
    with pytest.raises(ConfigError):
        GriffinLim(**options)


@pytest.mark.parametrize(("n_fft", "hop"), [(8, 4), (256, 64), (384, 96), (100, 20)])
def test_the_inverse_is_torchs_own_to_the_bit(n_fft, hop):
    stft = Stft(n_fft, hop, 12 * n_fft)
    spectrum = torch.randn(2, stft.num_bins, stft.num_frames, dtype=torch.complex64)
    spectrum.requires_grad_()
    mine = stft.inverse(spectrum)
    theirs = torch.istft(spectrum, n_fft, hop, window=stft.window, length=stft.length)
    if hop > n_fft / 3:  # torch's has a click at the end
        mine, theirs = mine[:, : -hop // 3], theirs[:, : -hop // 3]
    assert torch.equal(mine, theirs)
    slopes = [torch.autograd.grad(each.square().sum(), spectrum)[0] for each in (mine, theirs)]
    torch.testing.assert_close(*slopes)
