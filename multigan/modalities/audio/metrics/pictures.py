"""What classifiers of sounds are given: one mel spectrogram, whatever representation a network has.

Shapes: B clips, C channels, L samples, M frames.
"""

import torch
from torch import Tensor, nn

from multigan.errors import MissingDependencyError
from multigan.modalities.audio.sound import window_samples

NUM_BANDS = 64
RANGE_DB = 100.0  # 16 bits reach about 96 dB
FRAMES_STEP = 4  # classifiers halve the picture twice
MOST_FRAMES = 64


class MelPicture(nn.Module):
    """Waveforms (B, C, L), full scale at 1, to pictures (B, 1, 64, M) in [-1, 1].

    Channels are averaged. -1 is 100 dB below a sine of full scale, 1 is its level; values between
    are proportional to dB. The hop grows with the length, so that no picture has more than 64
    frames.
    """

    bands: Tensor
    window: Tensor

    def __init__(self, sample_rate: int, length: int) -> None:
        super().__init__()
        try:
            from torchaudio.functional import melscale_fbanks
        except ImportError:
            raise MissingDependencyError(
                "torchaudio", purpose="Judging sounds", extra="audio"
            ) from None
        self.n_fft = window_samples(sample_rate)
        self.hop_length = max(self.n_fft // 4, -(-length // MOST_FRAMES))
        self.num_frames = max(FRAMES_STEP, length // self.hop_length // FRAMES_STEP * FRAMES_STEP)
        bands = melscale_fbanks(
            self.n_fft // 2 + 1, 0.0, sample_rate / 2, NUM_BANDS, sample_rate, None, "htk"
        )
        self.register_buffer("bands", bands.T.contiguous())
        self.register_buffer("window", torch.hann_window(self.n_fft))

    @property
    def shape(self) -> tuple[int, int, int]:
        """(1, 64, M)."""
        return 1, NUM_BANDS, self.num_frames

    def forward(self, waveform: Tensor) -> Tensor:
        """Returns pictures (B, 1, 64, M) of waveforms (B, C, L)."""
        spectrum = torch.stft(
            waveform.float().mean(1),
            self.n_fft,
            self.hop_length,
            window=self.window,
            pad_mode="constant",
            return_complex=True,
        )
        full_scale = (self.window.sum() / 2).square()  # the power of a sine's peak
        power = self.bands @ spectrum.abs().square() / full_scale
        decibels = 10 * power.clamp_min(1e-12).log10()
        picture = (2 * decibels / RANGE_DB + 1).clamp(-1, 1)[:, None]
        missing = max(self.num_frames - picture.shape[-1], 0)
        return nn.functional.pad(picture, (0, missing), value=-1.0)[..., : self.num_frames]


def as_bytes(pictures: Tensor) -> Tensor:
    """Returns pictures in [-1, 1] as uint8, in steps of 0.4 dB, for classifiers of images."""
    return ((pictures + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
