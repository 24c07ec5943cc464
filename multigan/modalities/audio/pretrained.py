"""Models of the package `transformers`: codecs as representations, vocoders as inverters.

Both are named by the local folder that `save_pretrained` wrote; nothing is downloaded. Their
weights are not copied into runs and pipelines, which keep the path: move them together.

Shapes: B clips, N waveforms, C channels, L samples, D latent dimensions, M frames.
"""

from math import prod
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from multigan.errors import ConfigError, MissingDependencyError
from multigan.modalities.audio.inversion import INVERTERS, MelInverter
from multigan.modalities.audio.representation import (
    REPRESENTATIONS,
    Representation,
    Statistics,
    check_scaling,
)
from multigan.modalities.audio.stft import Stft

CODECS = ("encodec", "dac", "mimi")
BANDS = ("model_in_dim", "num_mel_bins")  # what they call their number of mel bands
RATES = ("upsample_rates", "resblock_stride_sizes")  # what vocoders call their growth


@REPRESENTATIONS.register("codec")
class Codec(Representation):
    """What the encoder of EnCodec, DAC or Mimi makes of a sound, before it is quantized: (D, M).

    Args:
        path: The model's local folder.
        scaling: "bins" brings each dimension to zero mean and clips at three standard deviations;
            "range" maps the smallest and largest value of all to -1 and 1.
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
        scaling: str = "bins",
        statistics: Statistics | None = None,
    ) -> None:
        super().__init__(
            sample_rate=sample_rate, channels=channels, length=length, statistics=statistics
        )
        self.scaling = check_scaling(scaling, ("bins", "range"))
        self.model = load_model(path, CODECS)
        config = self.model.config
        found = getattr(config, "audio_channels", 1)
        check_rate(path, config.sampling_rate, sample_rate)
        if found != channels:
            raise ConfigError(f"The codec in {path} has {found} channels, not {channels}.")
        with torch.no_grad():
            self._shape = tuple(self.analyze(torch.zeros(1, channels, length)).shape[2:])

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(D, M)."""
        return self._shape

    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns latents (B, 1, D, M) of waveforms (B, C, L)."""
        return _tensor(self.model.encoder(waveform), "latents")[:, None]

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) of latents (B, 1, D, M)."""
        waveform = _tensor(self.model.decoder(planes[:, 0]), "audio_values")
        return nn.functional.pad(waveform, (0, max(self.length - waveform.shape[-1], 0)))[
            ..., : self.length
        ]

    def encode(self, waveform: Tensor) -> Tensor:
        """Returns samples (B, D, M) in [-1, 1] for waveforms (B, C, L)."""
        return super().encode(waveform)[:, 0]

    def decode(self, samples: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for samples (B, D, M)."""
        return super().decode(samples[:, None])


@INVERTERS.register("vocoder")
class Vocoder(MelInverter):
    """A vocoder of `transformers`, such as SpeechT5HifiGan or UnivNet, for the representation mel.

    The mel bands must be those the vocoder learned from: its number of bands, its hop, its limits,
    and whether the logarithm has base 10.

    Args:
        path: The model's local folder.
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.model = load_model(path, ())

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
        waveform = _tensor(self.model(magnitude.transpose(1, 2)), "waveforms")
        waveform = waveform.flatten(1)
        return nn.functional.pad(waveform, (0, max(stft.length - waveform.shape[1], 0)))[
            :, : stft.length
        ]


def load_model(path: str, kinds: tuple[str, ...]) -> Any:
    """Returns a model from a local folder, frozen; only safetensors are read.

    Args:
        path: The folder.
        kinds: The model types that will do; empty for any.

    Raises:
        ConfigError: There is no such model in the folder.
    """
    try:
        from transformers import AutoConfig, AutoModel
    except ImportError:
        raise MissingDependencyError(
            "transformers", purpose="Codecs and vocoders", extra="text"
        ) from None
    if not Path(path).is_dir():
        raise ConfigError(f"There is no folder {path!r}. Name one that save_pretrained wrote.")
    try:
        config = AutoConfig.from_pretrained(path, local_files_only=True)
        if kinds and config.model_type not in kinds:
            raise ConfigError(
                f"The model in {path} is of type {config.model_type!r}; {', '.join(kinds)} will do."
            )
        model = _class(config, AutoModel).from_pretrained(
            path, local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, KeyError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"There is no readable model in {path}: {error}") from None
    return model.eval().requires_grad_(False)


def check_rate(path: str, found: int, wanted: int) -> None:
    """Raises ConfigError if a model was made for another sample rate, in Hz."""
    if found != wanted:
        raise ConfigError(
            f"The model in {path} was made for {found} Hz, and the data has {wanted}. "
            f"Resample it: --set data.sample_rate={found}"
        )


def _class(config: Any, otherwise: Any) -> Any:
    """Returns the model class that a folder names; AutoModel does not know the vocoders."""
    import transformers

    names = getattr(config, "architectures", None) or []
    return getattr(transformers, names[0], otherwise) if names else otherwise


def _tensor(output: Any, name: str) -> Tensor:
    """Returns a model's output, which is a tensor, or has one under a name or first of all."""
    if isinstance(output, Tensor):
        return output
    found = getattr(output, name, None)
    first: Tensor = output[0] if found is None else found
    return first
