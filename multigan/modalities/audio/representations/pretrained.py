"""Models of the package `transformers`: codecs as representations, vocoders as inverters.

Both are named by the local folder that `save_pretrained` wrote; nothing is downloaded. Their
weights are not copied into pipelines, which keep the path and a hash of the weights: a folder that
was moved or changed is refused. A run that is resumed takes the folder as it is then.

Shapes: B clips, N waveforms, C channels, L samples, D latent dimensions, M frames.
"""

import hashlib
from math import prod
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from multigan.errors import ConfigError
from multigan.modalities.audio.representations.inversion import INVERTERS, MelInverter
from multigan.modalities.audio.representations.representation import (
    REPRESENTATIONS,
    Representation,
    Statistics,
)
from multigan.modalities.audio.representations.spectral import Scaling
from multigan.modalities.audio.representations.stft import Stft
from multigan.modalities.shared.local_models import load_model

CODECS = ("encodec", "dac", "mimi")
BANDS = ("model_in_dim", "num_mel_bins")  # what they call their number of mel bands
FRAMES_STEP = 4
RATES = ("upsample_rates", "resblock_stride_sizes")  # what vocoders call their growth


@REPRESENTATIONS.register("codec")
class Codec(Representation):
    """What the encoder of EnCodec, DAC or Mimi makes of a sound: (1, D, M).

    Of EnCodec and Mimi it is what comes before the quantizer. DAC's decoder has only ever seen sums
    of what its quantizer projects, in far fewer dimensions, so of DAC it is those sums.

    M is a multiple of 4, as networks want it; frames behind the sound repeat the last one.

    Args:
        path: The model's local folder.
        scaling: "bins" brings each dimension to zero mean and clips at three standard deviations;
            "range" maps the smallest and largest value of all to -1 and 1.
        weights: The hash of the weights that it must have; None for any.
        sample_rate, channels, length, statistics: As of `Representation`.
    """

    name: ClassVar[str] = "codec"

    def __init__(
        self,
        *,
        path: str,
        sample_rate: int,
        channels: int,
        length: int,
        scaling: Scaling = "bins",
        weights: str | None = None,
        statistics: Statistics | None = None,
    ) -> None:
        super().__init__(
            sample_rate=sample_rate, channels=channels, length=length, statistics=statistics
        )
        self.scaling = scaling
        self.model = load_model(path, CODECS, pinned=weights is not None)
        self.weights = check_weights(path, self.model, weights)
        config = self.model.config
        found = getattr(config, "audio_channels", 1)
        check_rate(path, config.sampling_rate, sample_rate)
        if found != channels:
            raise ConfigError(f"The codec in {path} has {found} channels, not {channels}.")
        self._projects = config.model_type == "dac"
        with torch.no_grad():
            latents = self._latents(torch.zeros(1, channels, length))
        self._size, self._frames = latents.shape[1:]
        self._padding = -self._frames % FRAMES_STEP

    def pinned(self) -> dict[str, Any]:
        """Returns the hash of the weights."""
        return {"weights": self.weights}

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(1, D, M)."""
        return 1, self._size, self._frames + self._padding

    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns latents (B, 1, D, M) of waveforms (B, C, L)."""
        latents = nn.functional.pad(self._latents(waveform), (0, self._padding), mode="replicate")
        return latents[:, None]

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) of latents (B, 1, D, M)."""
        latents = planes[:, 0, :, : self._frames]
        waveform = _tensor(self.model.decoder(latents), "audio_values")
        return nn.functional.pad(waveform, (0, max(self.length - waveform.shape[-1], 0)))[
            ..., : self.length
        ]

    def _latents(self, waveform: Tensor) -> Tensor:
        """Returns what the decoder takes, (B, D, frames)."""
        found = self.model.encoder(waveform)
        if self.model.config.model_type == "mimi" and not hasattr(found, "latents"):
            raise ConfigError(
                "This version of transformers gives Mimi's latents without its transformers, which "
                "its decoder cannot use. Install a newer one: pip install -U transformers"
            )
        latents = _tensor(found, "latents")
        quantized: Tensor = self.model.quantizer(latents)[0] if self._projects else latents
        return quantized


@INVERTERS.register("vocoder")
class Vocoder(MelInverter):
    """A vocoder of `transformers`, such as SpeechT5HifiGan or UnivNet, for the representation mel.

    The mel bands must be those the vocoder learned from: its number of bands, its hop, its limits,
    and whether the logarithm has base 10.

    Args:
        path: The model's local folder.
        weights: The hash of the weights that it must have; None for any.
    """

    def __init__(self, path: str, weights: str | None = None) -> None:
        super().__init__()
        self.path = path
        self.model = load_model(path, (), pinned=weights is not None)
        self.weights = check_weights(path, self.model, weights)

    def pinned(self) -> dict[str, Any]:
        """Returns the hash of the weights."""
        return {"weights": self.weights}

    def check(self, n_mels: int, hop_length: int, sample_rate: int, floor: float) -> None:
        """Raises ConfigError if the vocoder was made for other pictures or another rate."""
        config = self.model.config
        check_rate(self.path, getattr(config, "sampling_rate", sample_rate), sample_rate)
        known = [getattr(config, name) for name in BANDS if hasattr(config, name)]
        if not known:
            raise ConfigError(f"The model in {self.path} takes no mel bands, so it is no vocoder.")
        if known[0] != n_mels:
            raise ConfigError(f"The vocoder in {self.path} has {known[0]} bands, not {n_mels}.")
        growth = next((prod(getattr(config, name)) for name in RATES if hasattr(config, name)), 0)
        if growth and growth != hop_length:
            raise ConfigError(
                f"The vocoder in {self.path} has a hop of {growth} samples: "
                f"--set representation.hop_length={growth}"
            )

    def forward(self, magnitude: Tensor, stft: Stft) -> Tensor:
        """Returns waveforms (N, L) for logarithms of magnitudes in mel bands (N, n_mels, M)."""
        pictures = magnitude.transpose(1, 2)
        waveform = _tensor(self.model(pictures, **self._noise(pictures)), "waveforms").flatten(1)
        return nn.functional.pad(waveform, (0, max(stft.length - waveform.shape[1], 0)))[
            :, : stft.length
        ]

    def _noise(self, pictures: Tensor) -> dict[str, Tensor]:
        """Returns what UnivNet begins with: the same for every sound (N, M, n_mels), every time."""
        if self.model.config.model_type != "univnet":
            return {}
        shape = (1, pictures.shape[1], self.model.config.model_in_channels)
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(0))
        return {"noise_sequence": noise.to(pictures.device).expand(len(pictures), -1, -1)}


def check_rate(path: str, found: int, wanted: int) -> None:
    """Raises ConfigError if a model was made for another sample rate, in Hz."""
    if found != wanted:
        raise ConfigError(
            f"The model in {path} was made for {found} Hz, and the data has {wanted}. "
            f"Resample it: --set data.sample_rate={found}"
        )


def check_weights(path: str, model: nn.Module, wanted: str | None) -> str:
    """Returns the hash of a model's weights.

    Raises:
        ConfigError: Another was wanted.
    """
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    found = digest.hexdigest()[:16]
    if wanted not in (None, found):
        raise ConfigError(
            f"The weights in {path} are not those that this was trained with: their hash is "
            f"{found} instead of {wanted}. Restore the folder."
        )
    return found


def _tensor(output: Any, name: str) -> Tensor:
    """Returns a model's output, which is a tensor, or has one under a name or first of all."""
    if isinstance(output, Tensor):
        return output
    found = getattr(output, name, None)
    first: Tensor = output[0] if found is None else found
    return first
