"""The short-time Fourier transform and its inverse, in the shapes that networks like.

Shapes: N waveforms, L samples, K = n_fft / 2 + 1 bins, M = L / hop_length frames.
"""

from typing import Annotated

import torch
from torch import Tensor, nn

from multigan.errors import ConfigError
from multigan.typed import AtLeast, MultipleOf

LEAST_WEIGHT = 0.05  # of the largest; below the end's wherever a hop is a third of a window or less

Window = Annotated[int, AtLeast(4), MultipleOf(2)]  # in samples


class Stft(nn.Module):
    """`torch.stft` with exactly L / hop_length frames, and the inverse that undoes it.

    Frames are centered on multiples of the hop, and silence is taken to lie around the waveform.
    The last frame of `torch.stft`, centered behind the last sample, is left out: the others cover
    every sample as long as the hop is at most half of the window. Nothing is lost if it is at most
    a third; beyond, the last samples (a third of a hop at half a window) fade out, where next to
    nothing of them is in any window.

    Args:
        n_fft: Samples of a window, even.
        hop_length: Samples between windows; at most half of the window.
        length: L, a multiple of the hop.

    Raises:
        ConfigError: The three do not go together.
    """

    window: Tensor

    def __init__(self, n_fft: int, hop_length: int, length: int) -> None:
        super().__init__()
        if n_fft < 4 or n_fft % 2 or not 1 <= hop_length <= n_fft // 2:
            raise ConfigError(
                f"A window is even and a hop at most half of it, not n_fft={n_fft} with "
                f"hop_length={hop_length}. A quarter is usual: hop_length={max(n_fft // 4, 1)}."
            )
        if length % hop_length or length < n_fft:
            raise ConfigError(
                f"Clips of {length} samples are no whole number of hops of {hop_length}, or are "
                f"shorter than a window of {n_fft}. Another length: --set data.length="
                f"{max(-(-length // hop_length) * hop_length, n_fft)}"
            )
        self.n_fft, self.hop_length, self.length = n_fft, hop_length, length
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)

    @property
    def num_frames(self) -> int:
        """M."""
        return self.length // self.hop_length

    @property
    def num_bins(self) -> int:
        """K."""
        return self.n_fft // 2 + 1

    def lasting(self, frames: int) -> "Stft":
        """Returns the same transform for waveforms of so many frames."""
        if frames == self.num_frames:
            return self
        other = Stft(self.n_fft, self.hop_length, frames * self.hop_length)
        return other.to(self.window.device)

    def forward(self, waveform: Tensor) -> Tensor:
        """Returns the complex spectrogram (N, K, M) of waveforms (N, L)."""
        spectrum = torch.stft(
            waveform.float(),  # half precision loses the phase
            self.n_fft,
            self.hop_length,
            window=self.window,
            pad_mode="constant",
            return_complex=True,
        )
        return spectrum[..., : self.num_frames]

    def inverse(self, spectrum: Tensor) -> Tensor:
        """Returns the waveforms (N, L) of complex spectrograms (N, K, M), by weighted overlap-add.

        The weights undo the window exactly wherever windows overlap. Where they hardly do, at the
        end of long hops, undoing it would make a click of 100 times a sound's level of whatever a
        generator or estimated phases got wrong.
        """
        frames = torch.fft.irfft(spectrum.transpose(1, 2), n=self.n_fft) * self.window
        weights = self.window.square().expand(1, *frames.shape[1:])
        weights = self._overlapped(weights)
        return self._overlapped(frames) / weights.maximum(LEAST_WEIGHT * weights.max())

    def _overlapped(self, frames: Tensor) -> Tensor:
        """Adds up frames (N, M, n_fft), each a hop after the last: (N, L).

        `torch.istft` does the same, but makes the host wait for a GPU each time, to check that no
        weight is zero: `__init__` has made sure of that.
        """
        whole = self.n_fft + self.hop_length * (frames.shape[1] - 1)
        size = [len(frames), whole]
        added = torch.ops.aten.unfold_backward(frames, size, 1, self.n_fft, self.hop_length)
        start = self.n_fft // 2
        return added[:, start : start + self.length]
