"""How much a sound loses on the way through a representation and back, in dB.

Shapes: N clips, C channels, L samples.
"""

import torch
from torch import Tensor

from multigan.modalities.audio.sound import window_samples

DEEPEST_DB = 80.0  # below a clip's loudest place; what is quieter is not compared
TINY = 1e-10


def snr_db(wanted: Tensor, got: Tensor) -> Tensor:
    """Returns the signal to noise ratio (N,) of clips (N, C, L): larger is better.

    It compares samples, so it says nothing of sounds whose phases are others, however alike they
    are to an ear.
    """
    noise = (wanted - got).square().sum((1, 2))
    return 10 * (wanted.square().sum((1, 2)).clamp_min(TINY) / noise.clamp_min(TINY)).log10()


def spectral_convergence_db(wanted: Tensor, got: Tensor, sample_rate: int) -> Tensor:
    """Returns the distance of magnitudes as a share of the wanted ones' norm (N,): less is better.

    Source: Arık, Jun, Diamos (2019), "Fast Spectrogram Inversion Using Multi-Head Convolutional
    Neural Networks".
    """
    left, right = _magnitude(wanted, sample_rate), _magnitude(got, sample_rate)
    ratio = (left - right).flatten(1).norm(dim=1) / left.flatten(1).norm(dim=1).clamp_min(TINY)
    return 20 * ratio.clamp_min(TINY).log10()


def log_spectral_distance_db(wanted: Tensor, got: Tensor, sample_rate: int) -> Tensor:
    """Returns the root mean square difference in dB over bins, averaged over frames (N,).

    Both are cut off 80 dB below the loudest place of the wanted clip.

    Source: Gray & Markel (1976), "Distance measures for speech processing".
    """
    left, right = _magnitude(wanted, sample_rate), _magnitude(got, sample_rate)
    floor = left.flatten(1).amax(1).clamp_min(TINY)[:, None, None, None] * 10 ** (-DEEPEST_DB / 20)
    difference = 20 * (torch.maximum(left, floor) / torch.maximum(right, floor)).log10()
    return difference.square().mean(2).sqrt().mean((1, 2))


def _magnitude(waveform: Tensor, sample_rate: int) -> Tensor:
    """Returns magnitudes (N, C, K, M)."""
    n_fft = window_samples(sample_rate)
    spectrum = torch.stft(
        waveform.float().flatten(0, 1),
        n_fft,
        n_fft // 4,
        window=torch.hann_window(n_fft),
        pad_mode="constant",
        return_complex=True,
    )
    return spectrum.abs().view(*waveform.shape[:2], *spectrum.shape[1:])
