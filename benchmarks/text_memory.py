"""Measures the memory that training text with a large vocabulary takes at its most.

    python -m benchmarks text-memory --vocab 50000 --batch 64 --length 64

Plays a step of likelihood and steps of the game with the transformer generator, and prints the
process's peak of resident memory beside that of a tensor (B, L, V) of floats.
"""

import resource
import time

import torch

from benchmarks.common.frame import finish, make_parser, start
from multigan.core.condition import ConditionSpec
from multigan.core.draws import seeded
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.regularizers import R1, R2
from multigan.core.trainer import Trainer
from multigan.modalities.text.networks.cnn import TextCNN
from multigan.modalities.text.networks.transformer import TransformerGenerator
from multigan.modalities.text.relaxations import RELAXATIONS
from multigan.modalities.text.text_game import TextGame


class Rows:
    """The same random tokens again and again."""

    def __init__(self, ids: torch.Tensor) -> None:
        self.ids, self.batch_size = ids, len(ids)

    def batches(self, start: int):
        while True:
            yield Batch(self.ids)


def make_trainer(vocab: int, batch: int, length: int, relaxation: str) -> Trainer:
    nobody: ConditionSpec | None = None
    with seeded(0):
        game = TextGame(
            TransformerGenerator((length, vocab), nobody),
            TextCNN((length, vocab), nobody),
            LOSSES["relativistic"],
            RELAXATIONS[relaxation](),
            regularizers=[R1(0.1), R2(0.1)],
            warmup_steps=1,
            likelihood_weight=1.0,
            entropy_weight=0.02,
        )
        ids = torch.randint(1, vocab, (batch, length))
    optimizers = {p.name: torch.optim.Adam(p.player.parameters()) for p in game.phases}
    return Trainer(game, optimizers, Rows(ids))


def peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # KiB on Linux


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--vocab", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--length", type=int, default=64)
    parser.add_argument("--steps", type=int, default=2, help="the first is the warm-up's")
    parser.add_argument("--relaxation", default="straight-through", choices=sorted(RELAXATIONS))
    args, result = start(parser)

    trainer = make_trainer(args.vocab, args.batch, args.length, args.relaxation)
    print(f"built: {peak_gib():.2f} GiB")
    peaks = {}
    for _ in range(args.steps):
        started = time.process_time()
        logs = trainer.step()
        names = ", ".join(sorted({name.split("/")[0] for name in logs}))
        seconds = time.process_time() - started
        peaks[names] = peak_gib()
        print(f"{names}: peak {peaks[names]:.2f} GiB, {seconds:.0f} s of CPU", flush=True)
    tensor = 4 * args.vocab * args.batch * args.length / 2**30
    print(f"{args.relaxation}; one tensor (B, L, V) of floats alone would be {tensor:.2f} GiB")
    finish({**result, "peak_gib": peaks, "tensor_gib": tensor}, args.json)
