"""Extractors from local weight files. Nothing is downloaded and no pickle is ever read.

| spec | accepted |
|---|---|
| `file:<path>` | a TorchScript archive, or a folder that `Classifier.save` wrote |
| `inception:<path>` | NVIDIA's TorchScript port of Inception, recognized by its hash |
| `clip:<path>` | a folder that `save_pretrained` of a transformers CLIP wrote, in safetensors |

`torch.load` and `torch.export.load` read pickles, which run whatever code they contain, so `.pth`,
`.pkl` and `.pt2` files are refused: load those yourself if you trust them, and hand the module to
`ModuleExtractor`. TorchScript needs no pickle, but it is a program too: name only files you trust.

Shapes: B samples, C channels, H and W the size of an image.
"""

import hashlib
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from multigan.errors import CheckpointError, ConfigError, ShapeError
from multigan.files import plain_file
from multigan.imports.pretrained import library, load_pretrained
from multigan.metrics.extractors import classifier
from multigan.metrics.features import EXTRACTORS, ModuleExtractor

# inception-2015-12-05.pt of https://github.com/NVlabs/stylegan3, a translation to TorchScript of
# the TensorFlow graph that Heusel et al. (2017) measured with. The hash is the one that k-diffusion
# (layers and evaluation.py) pins for the same download.
INCEPTION_SHA256 = "f58cb9b6ec323ed63459aa4fb441fe750cfe39fafad6da5cb504a16f19e958f4"

# Radford et al. (2021), "Learning Transferable Visual Models From Natural Language Supervision":
# `OPENAI_CLIP_MEAN` and `OPENAI_CLIP_STD` in transformers.image_utils.
CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


@EXTRACTORS.register("file")
def from_file(path: str | Path) -> ModuleExtractor:
    """A network in a local file; its samples are (B, *S) in [-1, 1] unless it is Inception."""
    path = Path(path)
    if path.is_dir():
        return classifier(path)
    digest = file_hash(path)
    if digest == INCEPTION_SHA256:
        return inception(path)
    return ModuleExtractor(
        load_torchscript(path), name=f"file:{path.name}", weights=f"sha256:{digest}"
    )


@EXTRACTORS.register("inception")
def inception(path: str | Path) -> ModuleExtractor:
    """The Inception network of the FID, from the one file known to be it."""
    path = Path(path)
    digest = file_hash(path)
    if digest != INCEPTION_SHA256:
        raise ConfigError(
            f"{path} is not the Inception network: its sha256 is {digest}, expected "
            f"{INCEPTION_SHA256}, the file inception-2015-12-05.pt. If you know that another file "
            "holds the same network, load it and use ModuleExtractor(module, inception=True)."
        )
    return ModuleExtractor(
        Inception(load_torchscript(path)),
        name="inception",
        resize="299x299, inside the network",
        weights=f"sha256:{digest}",
        inception=True,
    )


@EXTRACTORS.register("clip")
def clip(path: str | Path) -> ModuleExtractor:
    """The image side of a transformers CLIP model, projected if the folder has the projection."""
    model = _load_clip(Path(path))
    network = Clip(model)
    size = network.size
    return ModuleExtractor(network, name="clip", resize=f"{size}x{size}, antialiased bicubic")


class Inception(nn.Module):
    """Feeds NVIDIA's TorchScript network: (B, C, H, W) in [-1, 1] -> (B, 2048), (B, 1008).

    Its calling convention is that of `metrics/` in https://github.com/NVlabs/stylegan3: bytes in,
    features before the last layer out, class probabilities without that layer's bias.
    """

    def __init__(self, network: Callable[..., Tensor]) -> None:
        super().__init__()
        self.network = network

    def forward(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Returns features and logits of images with one or three channels."""
        images = (as_rgb(samples) * 127.5 + 128).clamp(0, 255).to(torch.uint8)
        features = self.network(images, return_features=True)
        # Logarithms of probabilities are logits: their softmax is the probabilities again.
        return features, self.network(images, no_output_bias=True).clamp(min=1e-30).log()


class Clip(nn.Module):
    """Prepares images as CLIP was trained on them: (B, C, H, W) in [-1, 1] -> (B, F)."""

    mean: Tensor
    std: Tensor

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.vision = getattr(model, "vision_model", model)
        self.size = int(getattr(model.config, "vision_config", model.config).image_size)
        self.register_buffer("mean", torch.tensor(CLIP_MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(CLIP_STD).view(3, 1, 1), persistent=False)

    def forward(self, samples: Tensor) -> Tensor:
        """Returns the embeddings of images with one or three channels."""
        pixels = interpolate(
            as_rgb(samples), size=(self.size, self.size), mode="bicubic", antialias=True
        )
        pixels = ((pixels.clamp(-1, 1) + 1) / 2 - self.mean) / self.std
        pooled: Tensor = self.vision(pixel_values=pixels).pooler_output
        if hasattr(self.model, "visual_projection"):
            pooled = self.model.visual_projection(pooled)
        return pooled


def as_rgb(samples: Tensor) -> Tensor:
    """Returns images (B, 3, H, W): gray ones are repeated."""
    if samples.ndim != 4 or samples.shape[1] not in (1, 3):
        raise ShapeError(
            f"This extractor sees images, gray or in color: got {tuple(samples.shape)}, expected "
            "(B, 1, H, W) or (B, 3, H, W). Use 'random-conv' or 'classifier' for other data."
        )
    return samples.expand(-1, 3, -1, -1)


def load_torchscript(path: Path) -> nn.Module:
    """Loads a TorchScript archive; anything else is refused without being read."""
    if not _is_torchscript(path):
        raise ConfigError(
            f"{path} is not a TorchScript archive. A pickle (.pth, .pkl, .pt of torch.save) or a "
            ".pt2 of torch.export.save could run any code while loading, and bare safetensors "
            "name no architecture, so neither is read. Load the network yourself and pass it to "
            "ModuleExtractor(module)."
        )
    with warnings.catch_warnings():
        # Deprecated in favor of torch.export, whose loader reads pickles.
        warnings.filterwarnings("ignore", message=".*torch.jit.*", category=DeprecationWarning)
        try:
            network: nn.Module = torch.jit.load(  # type: ignore[no-untyped-call]
                str(path), map_location="cpu"
            )
        except RuntimeError as error:
            raise CheckpointError(
                f"{path} cannot be loaded as TorchScript: {error}. Get the file again."
            ) from None
    return network


def _is_torchscript(path: Path) -> bool:
    # Only archives of TorchScript contain code, as source text, beside a version and their data.
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.partition("/")[2] for name in archive.namelist()]
    except zipfile.BadZipFile:
        return False
    return "constants.pkl" in names and any(name.startswith("code/") for name in names)


def file_hash(path: Path) -> str:
    """Returns the sha256 of a file, in hexadecimal."""
    try:
        with plain_file(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(
            f"Cannot read the weight file {path}: {error.strerror or error}. Check the path."
        ) from None


def _load_clip(path: Path) -> Any:
    if not (path / "config.json").is_file():
        raise CheckpointError(
            f"{path} is not a folder that save_pretrained wrote: it has no config.json. "
            "Pass the local folder of a CLIP model."
        )
    transformers = library("CLIP")
    config = load_pretrained(transformers.AutoConfig, path, error=CheckpointError)
    if config.model_type not in ("clip", "clip_vision_model"):
        raise ConfigError(
            f"{path} holds a {config.model_type!r} model, expected 'clip' or 'clip_vision_model'. "
            "Other networks expect other input: pass the module to ModuleExtractor."
        )
    return load_pretrained(transformers.AutoModel, path, weights=True, error=CheckpointError)
