"""Networks of `transformers` that hear: CLAP, AST and the encoders of codecs, by local path.

Shapes: B clips, C channels, L samples, F features.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from multigan.errors import CheckpointError, ConfigError
from multigan.imports.pretrained import library, load_pretrained
from multigan.metrics.features import ModuleExtractor
from multigan.modalities.shared.local_models import load_model
from multigan.typed import Component

# What a folder's configuration calls the type, by the extractor's name.
EMBEDDERS: dict[str, tuple[str, ...]] = {
    "clap": ("clap",),
    "ast": ("audio-spectrogram-transformer",),
    "codec": ("encodec", "dac", "mimi"),
}


def build_embedder(spec: str, sample_rate: int) -> ModuleExtractor:
    """Builds an extractor of waveforms from "clap:folder", "ast:folder" or "codec:folder".

    Args:
        spec: The name and the local folder.
        sample_rate: Of the clips, in Hz; they are resampled to the network's.

    Raises:
        ConfigError: The folder is missing, or holds no readable model of the type.
        CheckpointError: The folder does not say how sounds are prepared.
    """
    named = Component.parse_located(spec)
    name, path = named.name, named.options.get("path")
    if not path or len(named.options) > 1:
        raise ConfigError(f"Say where the network is, and no more: --extractor {name}:FOLDER")
    model = load_model(path, EMBEDDERS[name])
    make: dict[str, Callable[..., nn.Module]] = {"codec": CodecEmbedder}
    module = make.get(name, FeaturesOfExtractor)(model, path, sample_rate)
    return ModuleExtractor(module, name=name, resize=f"resampled from {sample_rate} Hz")


class CodecEmbedder(nn.Module):
    """The mean and deviation over time of a codec's latents: (B, C, L) -> (B, 2 F)."""

    def __init__(self, model: Any, path: str, sample_rate: int) -> None:
        super().__init__()
        self.encoder = model.encoder
        self.channels = getattr(model.config, "audio_channels", 1)
        self.resample = _resampling(sample_rate, model.config.sampling_rate)

    def forward(self, waveform: Tensor) -> Tensor:
        """Returns the features of waveforms (B, C, L)."""
        mono = self.resample(waveform.mean(1, keepdim=True))
        output = self.encoder(mono.expand(-1, self.channels, -1))
        latents = output if isinstance(output, Tensor) else output[0]
        return torch.cat([latents.mean(-1), latents.std(-1)], 1)


class FeaturesOfExtractor(nn.Module):
    """CLAP or AST behind the preparation that its own folder states: (B, C, L) -> (B, F)."""

    def __init__(self, model: Any, path: str, sample_rate: int) -> None:
        super().__init__()
        loader = library("This embedder").AutoFeatureExtractor
        self.prepare = load_pretrained(loader, path, error=CheckpointError)
        self.model = model
        self.resample = _resampling(sample_rate, self.prepare.sampling_rate)

    def forward(self, waveform: Tensor) -> Tensor:
        """Returns the embeddings of waveforms (B, C, L)."""
        # CLAP's preparation cuts longer sounds at random places.
        longest = getattr(self.prepare, "nb_max_samples", None)
        mono = self.resample(waveform.mean(1))[:, :longest].cpu().numpy()
        device = next(self.model.parameters()).device
        inputs = self.prepare(
            list(mono), sampling_rate=self.prepare.sampling_rate, return_tensors="pt"
        ).to(device)
        if hasattr(self.model, "get_audio_features"):
            output = self.model.get_audio_features(**inputs)
        else:
            output = self.model(**inputs)
        pooled: Tensor = getattr(output, "pooler_output", output)
        return pooled


def _resampling(found: int, wanted: int) -> nn.Module:
    if found == wanted:
        return nn.Identity()
    from torchaudio.transforms import Resample

    module: nn.Module = Resample(found, wanted)
    return module
