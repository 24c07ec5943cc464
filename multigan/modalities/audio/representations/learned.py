"""An inverter that multigan has trained itself, with the recipe "vocoder".

Shapes: N spectrograms, F mel bands, M frames, T samples.
"""

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from multigan.errors import ConfigError
from multigan.files import plain_file, read_json, refused_by_disk, write_json
from multigan.imports.pretrained import check_place
from multigan.modalities.audio.networks.vocos import Vocos
from multigan.modalities.audio.representations.inversion import INVERTERS, MelInverter
from multigan.modalities.audio.representations.stft import Stft


@INVERTERS.register("learned")
class LearnedInverter(MelInverter):
    """A trained Vocos, for the representation `mel` with the bands it learned from.

    Args:
        path: A run of the recipe "vocoder", or its saved pipeline. Pipelines that are saved with
            it keep a copy.

    Raises:
        ConfigError: There is no such pipeline.
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        folder = Path(path).expanduser()
        check_place(folder)
        folder = folder if (folder / "pipeline.json").is_file() else folder / "pipeline"
        try:
            index = read_json(folder / "pipeline.json")
            self._index = index
            self._modality = dict(index["modality"]["options"])
            weights = load_file(plain_file(folder / "generator.safetensors"))
            self.model = _built(index, weights, self._modality)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            if isinstance(error, ConfigError):
                raise
            raise ConfigError(
                f"There is no trained vocoder in {path!r}: {error}. Train one with "
                "multigan train vocoder --data ..., and name its run."
            ) from None

    def save(self, folder: Path) -> None:
        """Writes it into a new folder, as `path` may name it."""
        folder.mkdir()
        write_json(folder / "pipeline.json", self._index)
        weights = {name: tensor.cpu() for name, tensor in self.model.state_dict().items()}
        with refused_by_disk(folder):
            save_file(weights, folder / "generator.safetensors")

    def check(self, n_mels: int, hop_length: int, sample_rate: int, floor: float) -> None:
        """Raises ConfigError if the vocoder was trained for other pictures or another rate."""
        learned = {
            **self.model.mel_options,
            "sample_rate": self._modality.get("sample_rate"),
        }
        wanted = {
            "n_mels": n_mels,
            "hop_length": hop_length,
            "sample_rate": sample_rate,
            "floor": floor,
        }
        for name, value in wanted.items():
            if learned[name] != value:
                raise ConfigError(
                    f"The vocoder in {self.path} learned with {name}={learned[name]}, but this "
                    f"representation has {name}={value}. Train it with the same."
                )

    def forward(self, magnitude: Tensor, stft: Stft) -> Tensor:
        """Returns waveforms (N, T) for logarithms of magnitudes in mel bands (N, F, M)."""
        if stft.n_fft != self.model.stft.n_fft:
            raise ConfigError(
                f"The vocoder in {self.path} learned with n_fft={self.model.stft.n_fft}, but this "
                f"representation has n_fft={stft.n_fft}. Train it with the same."
            )
        return stft.inverse(self.model.spectrum(magnitude))


def _built(index: dict[str, Any], weights: dict[str, Tensor], modality: dict[str, Any]) -> Vocos:
    """Returns the network of a saved pipeline, frozen."""
    if index["generator"]["name"] != "vocos":
        raise ConfigError(
            f"The pipeline's generator is {index['generator']['name']!r}, not a vocoder's. Name a "
            "run of the recipe vocoder."
        )
    with torch.device("cpu"):
        network = Vocos(
            latent_dim=index["prior"]["dim"],
            sample_shape=(modality["channels"], modality["length"]),
            **index["generator"]["options"],
        )
    network.load_state_dict(weights)
    return network.eval().requires_grad_(False)
