"""Sound from magnitude and instantaneous frequency, block by block.

Shapes: P planes, F frequencies, M frames of a block, K = n_fft / 2 + 1 bins.
"""

import torch
from torch import Tensor
from torch.nn.functional import fold, pad

from multigan.errors import ConfigError
from multigan.modalities.audio.representations.frequency import LogMagnitudeIF, integrated_phase
from multigan.modalities.audio.representations.representation import Representation


class StreamingSynthesis:
    """Carries phases and overlaps from each block of frames to the next.

    One block after the other gives what `synthesize` makes of all of them, but for the first and
    last windows of the sound, and for its iterations of Griffin-Lim, if it has any: those hear what
    follows, and a stream does without.

    Args:
        representation: A `log_magnitude_if` of mono sounds.

    Raises:
        ConfigError: It is another.
    """

    def __init__(self, representation: Representation) -> None:
        if not isinstance(representation, LogMagnitudeIF) or representation.channels != 1:
            raise ConfigError(
                "Sounds are streamed from the representation log_magnitude_if of mono sounds, not "
                f"from {representation.name!r} with {representation.channels} channels."
            )
        self.representation = representation
        self.stft = representation.stft
        self._phase: Tensor | None = None  # (F, 1), where the last block ended
        self._tail: Tensor | None = None  # what the next block's windows still add to
        hop, window = self.stft.hop_length, self.stft.window
        # Where windows overlap fully, their squares add up to this at each place in a hop.
        whole = pad(window.square(), (0, -len(window) % hop))
        self._weight = whole.view(-1, hop).sum(0)

    def __call__(self, samples: Tensor) -> Tensor:
        """Returns the next samples of the waveform, (M x hop), for frames (2, F, M) in [-1, 1].

        The first block's are fewer by half a window, which lies before the sound's beginning.
        """
        kind = self.representation
        planes = samples.float().clamp(-1, 1) * kind.scale + kind.center
        magnitude, frequency = kind.heard(planes[None])
        phase = integrated_phase(frequency[0, 0])
        first = self._phase is None
        if self._phase is not None:
            phase = phase + self._phase
        self._phase = phase[:, -1:] % (2 * torch.pi)
        bins = kind.all_bins(torch.polar(magnitude, phase[None, None]))[0, 0]  # (K, M)
        waveform = self._overlapped(bins)
        return waveform[self.stft.n_fft // 2 :] if first else waveform

    def _overlapped(self, bins: Tensor) -> Tensor:
        """Adds the windows of bins (K, M) to what is left over; returns what is complete."""
        size, hop = self.stft.n_fft, self.stft.hop_length
        windows = torch.fft.irfft(bins, size, dim=0) * self.stft.window[:, None]  # (n_fft, M)
        count = bins.shape[1]
        length = (count - 1) * hop + size
        summed = fold(windows[None], (1, length), (1, size), stride=(1, hop))[0, 0, 0]
        if self._tail is not None:
            summed[: len(self._tail)] += self._tail
        done, self._tail = summed[: count * hop], summed[count * hop :]
        return done / self._weight.repeat(count)
