"""Griffin-Lim and the learned inverter, in real numbers; they are explained beside the originals.

Shapes: N spectrograms, F mel bands, K bins, M frames, L samples.
"""

from typing import cast

import torch
from torch import Tensor, nn

from multigan.modalities.audio.inverse.real_stft import Bins, RealStft, polar
from multigan.modalities.audio.networks.vocos import LOUDEST, QUIETEST, Draft, Vocos
from multigan.modalities.audio.representations.inversion import GriffinLim
from multigan.modalities.audio.representations.spectral import bins_of_bands


class RealGriffinLim(nn.Module):
    """`GriffinLim` with its number of iterations written out."""

    first_real: Tensor  # (1, K, M)
    first_imag: Tensor

    def __init__(self, inverter: GriffinLim, stft: RealStft) -> None:
        super().__init__()
        self.stft, self.iterations = stft, inverter.iterations
        self.step = inverter.momentum / (1 + inverter.momentum)
        angles = inverter.first_angles(torch.ones(1, stft.num_bins, stft.num_frames))
        self.register_buffer("first_real", angles.real.contiguous(), persistent=False)
        self.register_buffer("first_imag", angles.imag.contiguous(), persistent=False)

    def forward(self, magnitude: Tensor) -> Tensor:
        """Returns waveforms (N, L) for magnitudes (N, K, M)."""
        angles, previous = Bins(self.first_real, self.first_imag), None
        for _ in range(self.iterations):
            consistent = self.stft(self.stft.inverse(angles.scaled(magnitude)))
            ahead = consistent if previous is None else consistent.minus(previous.scaled(self.step))
            angles, previous = ahead.unit, consistent
        return self.stft.inverse(angles.scaled(magnitude))


class RealVocos(nn.Module):
    """`Vocos` from log mel spectrograms to waveforms."""

    def __init__(self, network: Vocos, stft: RealStft) -> None:
        super().__init__()
        self.network, self.stft = network, stft
        draft = network.draft
        self.griffin_lim = None if draft is None else RealGriffinLim(draft.inverter, self.stft)

    def forward(self, spectrogram: Tensor, embedded: Tensor | None = None) -> Tensor:
        """Returns waveforms (N, L) for log mel spectrograms (N, F, M)."""
        seen, drafted, direction = spectrogram, None, None
        if self.griffin_lim is not None:
            drafted, direction = self._draft(spectrogram)
            seen = torch.cat([spectrogram, drafted, *direction], 1)
        magnitude, phase = self.network.parts(seen, embedded)
        if drafted is None or direction is None:
            return self.stft.inverse(polar(magnitude.exp().clamp(max=LOUDEST), phase))
        loudest = max(LOUDEST, self.network.stft.n_fft / 2)
        magnitude = (magnitude + drafted).exp().clamp(max=loudest)
        return self.stft.inverse(direction.times(polar(magnitude, phase)))

    def _draft(self, spectrogram: Tensor) -> tuple[Tensor, Bins]:
        draft = cast(Draft, self.network.draft)
        magnitude = bins_of_bands(spectrogram, draft.inverse_bands, draft.floor)
        assert self.griffin_lim is not None  # the caller has asked
        found = self.stft(self.griffin_lim(magnitude))
        return found.magnitude.clamp_min(QUIETEST).log(), found.unit


class RealVocosGenerator(nn.Module):
    """A vocoder as a generator: from flattened spectrograms (B, F x M) to waveforms (B, 1, L)."""

    def __init__(self, network: Vocos) -> None:
        super().__init__()
        self.network, self.inverter = network, RealVocos(network, RealStft(network.stft))

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Returns waveforms (B, 1, L)."""
        spectrogram = latent.reshape(latent.shape[0], self.network.n_mels, -1)
        embed = self.network.embed
        embedded = None if embed is None else embed(condition)
        return self.inverter(spectrogram, embedded).unsqueeze(1)
