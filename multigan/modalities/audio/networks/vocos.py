"""A learned inverter: from mel spectrograms to waveforms, through the inverse Fourier transform.

Source: Siuzdak (2024), "Vocos: Closing the gap between time-domain and Fourier-based neural
vocoders for high-quality audio synthesis"; its blocks are those of Liu et al. (2022), "A ConvNet
for the 2020s", over time.

Shapes: B samples, (C, T) sample shape, F mel bands, M frames, K = n_fft / 2 + 1 bins, W width.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from multigan.core.condition import ConditionSpec
from multigan.core.game import full_precision
from multigan.core.registries import GENERATORS
from multigan.errors import ConfigError, ShapeError
from multigan.modalities.audio.networks.sound_shapes import WaveformShape, check_waveform_shape
from multigan.modalities.audio.representations.inversion import GriffinLim
from multigan.modalities.audio.representations.spectral import MEL_FLOOR, Floor, bins_of_bands
from multigan.modalities.audio.representations.stft import Stft, Window
from multigan.modalities.shared.layers import ConditionEmbedding
from multigan.typed import Count, Natural

LOUDEST = 100.0  # of a bin's magnitude, Vocos's safeguard
QUIETEST = 1e-3  # of a draft's magnitudes, so that there is something to raise
KERNEL = 7  # frames
EXAMPLES = 8  # spectrograms that are kept, to be listened to


@GENERATORS.register("vocos")
class Vocos(nn.Module):
    """Mel spectrograms to waveforms, at the cost of a few frames' convolutions.

    Its latent is a log mel spectrogram, flattened: Z = F x M. It keeps some of the data's, so that
    a run can be looked at and listened to.

    Args:
        latent_dim: Z, which must be n_mels times the number of frames.
        sample_shape: (1, T), T a multiple of the hop.
        condition: What samples are conditioned on, or None.
        n_fft: Samples of a window.
        hop_length: Samples between windows.
        n_mels: F.
        floor: Added to the magnitudes before the logarithm, as of the representation `mel`.
        width: W; 512 is the paper's, for speech and music at 24 kHz.
        depth: How many blocks; 8 is the paper's.
        griffin_lim: Iterations of fast Griffin-Lim on the magnitudes of the bands' pseudo-inverse.
            The network sees the spectrum they find and corrects it; 0 lets it make all of it, as
            the paper's does.
    """

    examples: Tensor  # (EXAMPLES, Z)

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: WaveformShape,
        condition: ConditionSpec | None = None,
        n_fft: Window = 256,
        hop_length: Count = 64,
        n_mels: Count = 64,
        floor: Floor = MEL_FLOOR,
        width: Count = 192,
        depth: Count = 6,
        griffin_lim: Natural = 0,
    ) -> None:
        super().__init__()
        channels, length = check_waveform_shape(
            sample_shape, who="The vocos generator", multiple=hop_length
        )
        if channels != 1:
            raise ShapeError(
                f"The vocos generator makes mono sounds, not {channels} channels. Read the data "
                "with one: --set data.channels=1"
            )
        self.stft = Stft(n_fft, hop_length, length)
        self.n_mels, frames = n_mels, self.stft.num_frames
        self.mel_options: dict[str, Any] = {
            "n_fft": n_fft,
            "hop_length": hop_length,
            "n_mels": n_mels,
            "floor": floor,
        }
        if latent_dim != n_mels * frames:
            raise ConfigError(
                f"The vocos generator turns {n_mels} mel bands x {frames} frames into sound, so "
                f"latent_dim must be {n_mels * frames}, not {latent_dim}: "
                f"--set latent_dim={n_mels * frames}"
            )
        self.embed = ConditionEmbedding(condition, width) if condition else None
        self.draft = Draft(griffin_lim, self.stft, n_mels, floor) if griffin_lim else None
        inputs = n_mels + 3 * self.stft.num_bins * bool(griffin_lim)
        self.input = nn.Conv1d(inputs, width, KERNEL, padding=KERNEL // 2)
        self.norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(ConvNeXtBlock(width, scale=1 / depth) for _ in range(depth))
        self.last_norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, 2 * self.stft.num_bins)
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Linear)):
                nn.init.trunc_normal_(layer.weight, std=0.02)
        if self.draft is not None:  # to begin with, it is left nearly as it is
            nn.init.trunc_normal_(self.output.weight, std=5e-4)
            nn.init.zeros_(self.output.bias)
        self.register_buffer("examples", torch.zeros(EXAMPLES, latent_dim))

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates waveforms (B, 1, T) from flattened log mel spectrograms (B, F x M)."""
        spectrogram = latent.view(len(latent), self.n_mels, -1)
        embedded = None if self.embed is None else self.embed(condition)
        return self.stft.inverse(self.spectrum(spectrogram, embedded)).unsqueeze(1)

    def example_latents(self) -> Tensor:
        """Returns the flattened spectrograms (E, Z) of some clips that it learned from."""
        return self.examples

    def spectrum(self, spectrogram: Tensor, embedded: Tensor | None = None) -> Tensor:
        """Returns complex bins (B, K, M) for log mel spectrograms (B, F, M) of any length.

        Args:
            spectrogram: (B, F, M).
            embedded: The condition's embedding (B, W), or None.
        """
        seen = spectrogram
        if self.draft is not None:
            drafted, direction = self.draft(spectrogram)
            seen = torch.cat([spectrogram, drafted, direction.real, direction.imag], 1)
        magnitude, phase = self.parts(seen, embedded)
        if self.draft is None:
            return torch.polar(magnitude.exp().clamp(max=LOUDEST), phase)
        loudest = max(LOUDEST, self.stft.n_fft / 2)  # twice a tone's at full scale
        magnitude = (magnitude + drafted).exp().clamp(max=loudest)
        return direction * torch.polar(magnitude, phase)

    def parts(self, seen: Tensor, embedded: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Returns log magnitudes, or their changes, and phases, each (B, K, M).

        Args:
            seen: The spectrogram and what was drafted of it, (B, ..., M).
            embedded: As of `spectrum`.
        """
        hidden = self.norm(self.input(seen).transpose(1, 2))  # (B, M, W)
        if embedded is not None:
            hidden = hidden + embedded[:, None, :]
        for block in self.blocks:
            hidden = block(hidden)
        values = self.output(self.last_norm(hidden)).transpose(1, 2).float()  # (B, 2 K, M)
        magnitude, phase = values.chunk(2, dim=1)
        return magnitude, phase


class Draft(nn.Module):
    """What a few iterations of Griffin-Lim make of a log mel spectrogram.

    Source: Masuyama et al. (2019), "Deep Griffin-Lim Iteration", for networks that correct its
    spectra.

    Attributes:
        inverse_bands: The pseudo-inverse (K, F) of the bands' matrix, which depends on the sample
            rate. The game that trains the network brings it; until then it is no number at all.
    """

    inverse_bands: Tensor

    def __init__(self, iterations: int, stft: Stft, n_mels: int, floor: float) -> None:
        super().__init__()
        self.inverter, self.stft, self.floor = GriffinLim(iterations), stft, floor
        self.register_buffer("inverse_bands", torch.full((stft.num_bins, n_mels), torch.nan))

    def forward(self, spectrogram: Tensor) -> tuple[Tensor, Tensor]:
        """Returns log magnitudes and directions, complex, each (B, K, M).

        Gradients pass as if Griffin-Lim found the same phases, and changed magnitudes by the same
        factors, whatever the spectrogram.

        Args:
            spectrogram: Log mel (B, F, M), of any length.
        """
        with full_precision(spectrogram.device.type):
            magnitude = bins_of_bands(spectrogram.float(), self.inverse_bands, self.floor)
            with torch.no_grad():
                stft = self.stft.lasting(spectrogram.shape[2])
                found: Tensor = stft(self.inverter(magnitude, stft))
            logarithm = magnitude.clamp_min(QUIETEST).log()
            change = found.abs().clamp_min(QUIETEST).log() - logarithm.detach()
            return logarithm + change, torch.sgn(found)


class ConvNeXtBlock(nn.Module):
    """A convolution of each channel over time, then two layers across channels, added back."""

    def __init__(self, width: int, *, scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, KERNEL, padding=KERNEL // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 3 * width)
        self.reduce = nn.Linear(3 * width, width)
        self.scale = nn.Parameter(torch.full((width,), scale))

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, M, W) -> (B, M, W)."""
        change = self.norm(self.depthwise(hidden.transpose(1, 2)).transpose(1, 2))
        return hidden + self.scale * self.reduce(gelu(self.expand(change)))
