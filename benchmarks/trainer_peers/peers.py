"""Other projects' trainers, unmodified, playing with our networks.

A peer gets our networks behind its own base classes, its own loss that equals our non-saturating
one, and an iterable that hands it batches. Its loop, its step and its bookkeeping are its own; what
it would print, draw or write while it trains is off where it has an option for that. None of its
code is copied here, and none of it is replaced: the stand-ins below are for packages, and for parts
of it, that it imports at the top and that no training step comes near.
"""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from benchmarks.common.peers import AbsentPeerError, Anything, stand_in

NEVER = 10**9


class Loader(Protocol):
    """The part of a torch DataLoader that the peers use; yields images and labels."""

    batch_size: int

    def __iter__(self) -> Any: ...

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class Peer:
    """One peer, ready to train.

    Attributes:
        train: Plays one step for every batch of the loader.
        losses: `(real_logits, fake_logits)` -> the discriminator's and the generator's.
    """

    train: Callable[[Loader], None]
    losses: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def torchgan(
    generator: nn.Module, discriminator: nn.Module, latent_dim: int, adam: dict[str, Any]
) -> Peer:
    """Wraps torchgan's Trainer.

    Stand-ins: torchvision (pictures at the end of an epoch), unless it is installed.
    """
    os.environ |= {"CONSOLE_LOGGING": "0", "TENSORBOARD_LOGGING": "0", "VISDOM_LOGGING": "0"}
    _require("torchgan", "torchgan")
    stand_in("torchvision")
    from torchgan.losses import MinimaxDiscriminatorLoss, MinimaxGeneratorLoss
    from torchgan.models import Discriminator, Generator
    from torchgan.trainer import Trainer

    class OurGenerator(Generator):
        def __init__(self) -> None:
            super().__init__(latent_dim)
            self.network = generator

        def forward(self, latent: Tensor) -> Tensor:
            return self.network(latent)

    class OurDiscriminator(Discriminator):
        def __init__(self) -> None:
            super().__init__(3)
            self.network = discriminator

        def forward(self, samples: Tensor) -> Tensor:
            return self.network(samples)

    optimizer = {"name": torch.optim.Adam, "args": adam}
    players = {
        # The order is that of the saved files; the losses' order is that of the moves.
        "generator": {"name": OurGenerator, "optimizer": optimizer},
        "discriminator": {"name": OurDiscriminator, "optimizer": optimizer},
    }
    of_discriminator, of_generator = MinimaxDiscriminatorLoss(), MinimaxGeneratorLoss()

    def train(loader: Loader) -> None:
        with tempfile.TemporaryDirectory() as folder:
            trainer = Trainer(
                players,
                [of_discriminator, of_generator],
                device=torch.device("cpu"),
                epochs=1,
                sample_size=1,
                checkpoints=str(Path(folder, "models", "gan")),
                recon=str(Path(folder, "images")),
            )
            trainer(loader)

    return Peer(train, lambda real, fake: (of_discriminator(real, fake), of_generator(fake)))


def mimicry(
    generator: nn.Module, discriminator: nn.Module, latent_dim: int, adam: dict[str, Any]
) -> Peer:
    """Wraps mimicry's Trainer.

    Stand-ins: mimicry's own data sets and metrics (which import TensorFlow and `torch._six`),
    torch's writer for TensorBoard (curves), and, unless they are installed, torchvision and
    scikit-image (pictures).
    """
    _require("torch_mimicry", "torch-mimicry")
    stand_in("torchvision")
    stand_in("skimage")
    for unused in ("torch.utils.tensorboard", "torch_mimicry.datasets", "torch_mimicry.metrics"):
        sys.modules.setdefault(unused, Anything(unused))
    from torch_mimicry.nets.gan.gan import BaseDiscriminator, BaseGenerator
    from torch_mimicry.training import Trainer

    class OurGenerator(BaseGenerator):
        def __init__(self) -> None:
            super().__init__(nz=latent_dim, ngf=0, bottom_width=4, loss_type="gan")
            self.network = generator

        def forward(self, latent: Tensor) -> Tensor:
            return self.network(latent)

    class OurDiscriminator(BaseDiscriminator):
        def __init__(self) -> None:
            super().__init__(ndf=0, loss_type="gan")
            self.network = discriminator

        def forward(self, samples: Tensor) -> Tensor:
            return self.network(samples)

    net_g, net_d = OurGenerator(), OurDiscriminator()

    def train(loader: Loader) -> None:
        with tempfile.TemporaryDirectory() as folder:
            trainer = Trainer(
                netD=net_d,
                netG=net_g,
                optD=torch.optim.Adam(net_d.parameters(), **adam),
                optG=torch.optim.Adam(net_g.parameters(), **adam),
                dataloader=loader,
                num_steps=len(loader),
                log_dir=folder,
                n_dis=1,
                device=torch.device("cpu"),
                print_steps=NEVER,
                vis_steps=NEVER,
                log_steps=NEVER,
                save_steps=NEVER,
            )
            trainer.train()

    return Peer(
        train,
        lambda real, fake: (net_d.compute_gan_loss(real, fake), net_g.compute_gan_loss(fake)),
    )


PEERS = {"torchgan": torchgan, "mimicry": mimicry}
PACKAGES = {"torchgan": "torchgan", "mimicry": "torch-mimicry"}


def _require(module: str, package: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise AbsentPeerError(
            f"{package} is not installed. Its requirements pin old versions of what this project "
            f"needs, so install it alone, best into a virtual environment of its own: "
            f"pip install --no-deps {package}"
        )
