"""A training step of our vocoder beside Vocos's own.

    git clone https://github.com/gemelo-ai/vocos
    python -m benchmarks vocoder-peer vocos --clock processor --rounds 8

Both sides train a Vocos of the sizes of its own configuration against period and resolution
discriminators of the same widths, on batches of noise; `--batch` and `--length` alone are smaller
than there. A step is one of the discriminators and one of the generator, with AdamW and Adam.

They differ in what they compute. Ours balances three losses by their gradients, so it goes back
through the discriminators twice in the generator's move, and compares mel spectrograms of six
windows instead of one; the peer adds its losses up, and goes forward through its discriminators
with gradients for real sounds, too. `one by one` is the same step of ours without the balance.
"""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.peers import parameters
from benchmarks.common.turns import medians, ratio, show_ratio, take_turns
from benchmarks.vocoder_peer.vocos import COMMIT, Sizes, random_sounds, vocos
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch, Terms
from multigan.core.trainer import Trainer
from multigan.modalities.audio.networks.vocos import Vocos
from multigan.modalities.audio.networks.waveform import WaveformDiscriminator
from multigan.modalities.audio.representations.spectral import Mel
from multigan.modalities.audio.vocoder import VocoderGame

WINDOWS = (2048, 1024, 512)  # of Vocos's resolution discriminators
WEIGHTS = {"adversarial": 1.0, "feature_matching": 2.0, "mel": 15.0}


class Sounds:
    """Batches for a trainer, without an end."""

    def __init__(self, sounds: Callable[[], Tensor], batch_size: int) -> None:
        self.sounds, self.batch_size = sounds, batch_size

    def batches(self, start: int):
        while True:
            yield Batch(self.sounds()[:, None])


class Unbalanced(torch.nn.Module):
    """Adds losses up, as the peer does."""

    knobs: ClassVar[dict] = {}

    def forward(self, losses: Terms, output: Tensor) -> Terms:
        return losses


def our_game(sizes: Sizes) -> VocoderGame:
    mel = {"n_fft": sizes.n_fft, "hop_length": sizes.hop_length, "n_mels": sizes.n_mels}
    shape = (1, sizes.length)
    return VocoderGame(
        Vocos(
            latent_dim=sizes.n_mels * (sizes.length // sizes.hop_length),
            sample_shape=shape,
            width=sizes.width,
            depth=sizes.depth,
            **mel,
        ),
        WaveformDiscriminator(sample_shape=shape, windows=WINDOWS),
        LOSSES["hinge"],
        Mel(sample_rate=sizes.sample_rate, channels=1, length=sizes.length, scaling="range", **mel),
        WEIGHTS,
    )


def our_step(game: VocoderGame, sizes: Sizes) -> Callable[[], object]:
    optimizers = {p.name: torch.optim.Adam(p.player.parameters(), lr=5e-4) for p in game.phases}
    return Trainer(game, optimizers, Sounds(random_sounds(sizes), sizes.batch_size)).step


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("checkout", type=Path, help="of Vocos")
    parser.add_argument("--batch", type=int, default=Sizes.batch_size)
    parser.add_argument("--length", type=int, default=Sizes.length, help="in samples")
    parser.add_argument("--rounds", type=int, default=8)
    args, result = start(parser)
    sizes = Sizes(batch_size=args.batch, length=args.length)
    peer = vocos(args.checkout, sizes, random_sounds(sizes))
    game, plain = our_game(sizes), our_game(sizes)
    plain.balancer = Unbalanced()
    sides = {
        "peer": peer.iteration,
        "ours": our_step(game, sizes),
        "ours, not balanced": our_step(plain, sizes),
    }
    times = take_turns(sides, args.rounds, warm_up=1, clock=args.clock)
    players = {"generator": game.generator, "discriminator": game.discriminator}
    ours = {name: parameters(player) for name, player in players.items()}
    result |= {
        "peer_commit": COMMIT,
        "sizes": vars(sizes),
        "parameters": {"peer": peer.parameters, "ours": ours},
        "seconds": medians(times),
        "peer / ours": ratio(times, "peer", "ours"),
        "peer / ours, not balanced": ratio(times, "peer", "ours, not balanced"),
    }
    print(f"parameters: {result['parameters']}")
    print(f"seconds: {result['seconds']}")
    for name in ("peer / ours", "peer / ours, not balanced"):
        print(f"{name}: {show_ratio(result[name])}")
    finish(result, args.json)
