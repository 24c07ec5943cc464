"""TextGAN-PyTorch's RelGAN, from a checkout that you have: its networks, its step, its metrics.

None of its code is here, and none of it is changed. What current torch and a machine without a GPU
make of it, found by running its own main.py with `--cuda 0`:

- its constructor loads the oracle to "cuda:-1" and ends there with "Invalid device string", so the
  instructor is put together here, with the same networks and optimizers, without its constructor;
- its functions take `cfg.CUDA`, which is on, as a default when they are defined, so it is switched
  off before they are imported;
- the numbers of filters of its discriminator are a constant of its module, which is set here.

Its training step and its metrics then run as they are.
"""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.common.peers import AbsentPeerError, parameters

COMMIT = "7ff8909"
URL = "https://github.com/williamSYSU/TextGAN-PyTorch"


@dataclass(frozen=True)
class Sizes:
    """What both sides have in common.

    Attributes:
        vocab_size, length, batch_size: Of the data.
        head_size, heads: Of the generator's relational memory, with one slot.
        embedding_dim: Of the generator.
        representations, channels: Of the discriminator; each representation is of dimension
            `representation_dim`, and there are `channels` filters of each of the widths 2 to 5.
        representation_dim: See there.
        discriminator_steps: For each step of the generator.
    """

    vocab_size: int = 1000
    length: int = 20
    batch_size: int = 64
    head_size: int = 32
    heads: int = 2
    embedding_dim: int = 32
    representations: int = 8
    representation_dim: int = 8
    channels: int = 64
    discriminator_steps: int = 5


@contextmanager
def importable(checkout: Path) -> Iterator[None]:
    """Makes its modules, which have names such as `config` and `utils`, importable in the block."""
    if not (checkout / "instructor").is_dir():
        raise AbsentPeerError(f"{checkout} holds no TextGAN-PyTorch. Get it with: git clone {URL}")
    sys.path.insert(0, str(checkout))
    try:
        yield
    finally:
        sys.path.remove(str(checkout))


@dataclass(frozen=True)
class Peer:
    """The peer, ready to play.

    Attributes:
        iteration: One step of the generator, then those of the discriminator.
        parameters: How many each player has.
    """

    iteration: Callable[[], None]
    parameters: dict[str, int]


def relgan(checkout: Path, sizes: Sizes, rows: Tensor) -> Peer:
    """Returns its RelGAN.

    Args:
        checkout: Where the repository is.
        sizes: Of the networks.
        rows: (N, L) tokens to learn from.
    """
    with importable(checkout):
        cfg = importlib.import_module("config")
        _configure(cfg, sizes)
        discriminators = importlib.import_module("models.RelGAN_D")
        discriminators.dis_num_filters[:] = [sizes.channels] * 4
        instructors = importlib.import_module("instructor.oracle_data.relgan_instructor")
        loaders = importlib.import_module("utils.data_loader")
    instructor = _assembled(instructors, discriminators, cfg)
    instructor.oracle_data = loaders.GenDataIter(rows)
    count = iter(range(10**9))

    def iteration() -> None:
        instructor.adv_train_generator(cfg.ADV_g_step)
        instructor.adv_train_discriminator(cfg.ADV_d_step)
        instructor.update_temperature(next(count), cfg.ADV_train_epoch)

    players = {"generator": instructor.gen, "discriminator": instructor.dis}
    return Peer(iteration, {name: parameters(player) for name, player in players.items()})


def evaluation(
    checkout: Path, samples: Sequence[str], references: Sequence[str], count: int
) -> Callable[[], list[float]]:
    """Returns its evaluation of BLEU-2..5 and Self-BLEU-2..4, as its RelGAN on captions has it.

    `count` samples, which are 200 unless told otherwise, against all references, and as many others
    against all samples.
    """
    with importable(checkout):
        importlib.import_module("config").CUDA = False
        metric = importlib.import_module("metrics.bleu").BLEU
    split = [text.split() for text in samples]
    real = [text.split() for text in references]
    bleu = metric("BLEU", test_text=split, real_text=real, gram=[2, 3, 4, 5], if_use=True)
    among = metric("Self-BLEU", test_text=split[-200:], real_text=split[:-200], gram=[2, 3, 4])
    among.if_use = True
    bleu.sample_size = among.sample_size = count
    return lambda: [*bleu.get_score(), *among.get_score()]


def _configure(cfg: Any, sizes: Sizes) -> None:
    cfg.CUDA = cfg.if_real_data = False
    cfg.run_model, cfg.loss_type, cfg.temp_adpt, cfg.temperature = "relgan", "rsgan", "exp", 1
    cfg.vocab_size, cfg.max_seq_len, cfg.batch_size = (
        sizes.vocab_size, sizes.length, sizes.batch_size,
    )  # fmt: skip
    cfg.mem_slots, cfg.num_heads, cfg.head_size = 1, sizes.heads, sizes.head_size
    cfg.gen_embed_dim, cfg.num_rep = sizes.embedding_dim, sizes.representations
    cfg.dis_embed_dim = sizes.representations * sizes.representation_dim
    cfg.ADV_g_step, cfg.ADV_d_step = 1, sizes.discriminator_steps


def _assembled(instructors: Any, discriminators: Any, cfg: Any) -> Any:
    kind = instructors.RelGANInstructor
    instructor = kind.__new__(kind)
    instructor.gen = instructors.RelGAN_G(
        cfg.mem_slots, cfg.num_heads, cfg.head_size, cfg.gen_embed_dim, cfg.gen_hidden_dim,
        cfg.vocab_size, cfg.max_seq_len, cfg.padding_idx,
    )  # fmt: skip
    instructor.dis = discriminators.RelGAN_D(
        cfg.dis_embed_dim, cfg.max_seq_len, cfg.num_rep, cfg.vocab_size, cfg.padding_idx
    )
    instructor.gen_adv_opt = torch.optim.Adam(instructor.gen.parameters(), lr=cfg.gen_adv_lr)
    instructor.dis_opt = torch.optim.Adam(instructor.dis.parameters(), lr=cfg.dis_lr)
    return instructor
