"""Vocos's training step, from a checkout that you have: its networks, its losses, its step.

None of its code is here, and none of it is changed. What stands in for packages that are not
installed: einops (for the one `rearrange` that its step calls, the same permutation), encodec,
matplotlib and TensorBoard (which its step never comes near), and `LightningModule` of the
version it pins, 1.8.6. Of that, its step uses `save_hyperparameters`, `log` and `global_step`;
what Lightning does around the step is done here in the same way: for each of the two optimizers
in turn, gradients only for the weights of that one, then `training_step`, backward, step.
"""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.common.peers import AbsentPeerError, Anything, stand_in

COMMIT = "c859e3b"
URL = "https://github.com/gemelo-ai/vocos"


@dataclass(frozen=True)
class Sizes:
    """What both sides have in common; the defaults are those of Vocos's configuration.

    Attributes:
        sample_rate: In Hz.
        length: Of a batch's sounds, in samples; 16,384 in the configuration.
        batch_size: 16 in the configuration.
        width, depth: Of the generator's ConvNeXt blocks.
        n_fft, hop_length, n_mels: Of the spectrograms it is told, and n_fft and hop of its output.
    """

    sample_rate: int = 24_000
    length: int = 8192
    batch_size: int = 2
    width: int = 512
    depth: int = 8
    n_fft: int = 1024
    hop_length: int = 256
    n_mels: int = 100


@dataclass(frozen=True)
class Peer:
    """The peer, ready to play.

    Attributes:
        iteration: A step of the discriminators and one of the generator.
        parameters: How many each player has.
    """

    iteration: Callable[[], None]
    parameters: dict[str, int]


def vocos(checkout: Path, sizes: Sizes, sounds: Callable[[], Tensor]) -> Peer:
    """Returns its training step.

    Args:
        checkout: Where the repository is.
        sizes: Of the networks and batches.
        sounds: Gives the next batch (B, T).
    """
    with _importable(checkout):
        features = importlib.import_module("vocos.feature_extractors")
        heads = importlib.import_module("vocos.heads")
        models = importlib.import_module("vocos.models")
        kind = importlib.import_module("vocos.experiment").VocosExp
    frames = {"n_fft": sizes.n_fft, "hop_length": sizes.hop_length, "padding": "center"}
    module = kind(
        features.MelSpectrogramFeatures(sizes.sample_rate, n_mels=sizes.n_mels, **frames),
        models.VocosBackbone(sizes.n_mels, sizes.width, 3 * sizes.width, sizes.depth),
        heads.ISTFTHead(sizes.width, **frames),
        sample_rate=sizes.sample_rate,
        initial_learning_rate=5e-4,
        mel_loss_coeff=45,
        mrd_loss_coeff=0.1,
    )
    # What Lightning's trainer would say; at every thousandth batch, and so at 0, it draws.
    progress = SimpleNamespace(total_batch_idx=1)
    loop = SimpleNamespace(epoch_loop=progress)
    module.trainer = SimpleNamespace(max_steps=2_000_000, fit_loop=loop)
    module.global_rank = 1
    module.on_train_batch_start()
    optimizers, schedulers = module.configure_optimizers()
    own = [[w for group in o.param_groups for w in group["params"]] for o in optimizers]

    def iteration() -> None:
        batch = sounds()
        for index, optimizer in enumerate(optimizers):
            for other, weights in enumerate(own):
                for weight in weights:
                    weight.requires_grad_(other == index)
            loss = module.training_step(batch, progress.total_batch_idx, index)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedulers[index]["scheduler"].step()
        progress.total_batch_idx += 1

    names = ("discriminator", "generator")
    counts = [sum(weight.numel() for weight in weights) for weights in own]
    return Peer(iteration, dict(zip(names, counts, strict=True)))


class _LightningModule(nn.Module):
    """The part of Lightning's class that Vocos's step uses."""

    def save_hyperparameters(self, ignore: list[str]) -> None:
        arguments = inspect.currentframe().f_back.f_locals  # type: ignore[union-attr]
        given = {k: v for k, v in arguments.items() if k not in (*ignore, "self", "__class__")}
        self.hparams = SimpleNamespace(**given)

    def log(self, *arguments: Any, **options: Any) -> None:
        pass


@contextmanager
def _importable(checkout: Path) -> Iterator[None]:
    if not (checkout / "vocos" / "experiment.py").is_file():
        raise AbsentPeerError(f"{checkout} holds no Vocos. Get it with: git clone {URL}")
    for package in ("matplotlib", "encodec"):
        stand_in(package)
    if importlib.util.find_spec("einops") is None:
        sys.modules["einops"] = Anything("einops")
        sys.modules["einops"].rearrange = _rearrange  # type: ignore[attr-defined]
    lightning = Anything("pytorch_lightning")
    lightning.LightningModule = _LightningModule  # type: ignore[attr-defined]
    lightning.Callback = object  # type: ignore[attr-defined]
    sys.modules["pytorch_lightning"] = lightning
    sys.path.insert(0, str(checkout))
    try:
        yield
    finally:
        sys.path.remove(str(checkout))


def _rearrange(tensor: Tensor, pattern: str) -> Tensor:
    before, after = (side.split() for side in pattern.split("->"))
    return tensor.permute([before.index(name) for name in after])


def random_sounds(sizes: Sizes) -> Callable[[], Tensor]:
    """Returns what gives batches (B, T) of quiet noise, always the same ones."""
    generator = torch.Generator().manual_seed(0)
    shape = (sizes.batch_size, sizes.length)
    return lambda: 0.1 * torch.randn(shape, generator=generator)
