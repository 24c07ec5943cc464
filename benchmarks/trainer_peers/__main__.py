"""Our trainer's steps beside those of torchgan's and mimicry's trainers.

    pip install --no-deps torchgan torch-mimicry
    python -m benchmarks trainer-peers
    python -m benchmarks trainer-peers --peers mimicry --width 16 --steps 100

Both sides play with the same DCGAN networks, weights and batches, which lie in memory, with the
same loss (non-saturating; that the peer's equals ours is checked first), the same Adam and one
discriminator update per generator update. The peer runs its own training loop. Our step is played
inside the iterable that hands it batches, so the two take turns in one process: what passes between
handing out a batch and being asked for the next is the peer's step.

Ours keeps a moving average of the generator's weights, which the peers do not. The peers read
numbers back in every step and differentiate the discriminator's weights in the generator's move,
which ours does not.
"""

import argparse
import contextlib
import copy
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from itertools import cycle

import torch
from torch import Tensor

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import (
    CLOCKS,
    Times,
    medians,
    peak_memory,
    ratio,
    say_own_peak,
    seconds,
    show_ratio,
)
from benchmarks.step import Case, images_case, with_trainer
from benchmarks.trainer_peers.peers import PACKAGES, PEERS, Peer
from multigan.core.losses import LOSSES

NAME = "trainer-peers"
ADAM = {"lr": 2e-4, "betas": (0.5, 0.999)}
ALONE_STEPS = 5


@dataclass
class BetweenBatches:
    """Hands batches to a peer and plays a step of ours before each.

    Attributes:
        batches: Handed out again and again.
        steps: How many in all.
        step: Ours.
        clock: Tells the seconds.
        times: What each side took, filled while the peer trains.
    """

    batches: list[Tensor]
    steps: int
    step: Callable[[], object]
    clock: Callable[[], float]
    times: Times = field(default_factory=lambda: {"ours": [], "peer": []})

    @property
    def batch_size(self) -> int:
        return len(self.batches[0])

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        labels = torch.zeros(self.batch_size, dtype=torch.int64)
        for _, batch in zip(range(self.steps), cycle(self.batches), strict=False):
            self.times["ours"].append(seconds(self.step, self.clock))
            begun = self.clock()
            yield batch, labels
            self.times["peer"].append(self.clock() - begun)


def our_step(case: Case) -> Callable[[], object]:
    return with_trainer(case, partial(torch.optim.Adam, **ADAM))[0]


def their_trainer(name: str, case: Case) -> Peer:
    networks = copy.deepcopy(case.generator), copy.deepcopy(case.discriminator)
    return PEERS[name](*networks, case.latent_dim, ADAM)


def check_that_losses_agree(peer: Peer) -> None:
    """Raises an AssertionError unless both sides minimize the same functions of logits."""
    real, fake = torch.linspace(-3, 3, 16).view(2, 8, 1)
    ours = LOSSES["non_saturating"]
    expected = ours.discriminator(real, fake).mean(), ours.generator(real, fake).mean()
    torch.testing.assert_close(peer.losses(real, fake), expected)


def train_quietly(peer: Peer, loader: BetweenBatches) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        peer.train(loader)


def play_alone(side: str, name: str, case: Case) -> None:
    """Runs one side only, so that the process's peak of memory is that side's."""
    peer = their_trainer(name, case)  # on both sides, as it imports a lot
    if side == "ours":
        del peer
        step = our_step(case)
        for _ in range(ALONE_STEPS):
            step()
    else:
        train_quietly(peer, BetweenBatches(case.batches, ALONE_STEPS, lambda: None, lambda: 0.0))
    say_own_peak()


def measure(name: str, options: argparse.Namespace) -> dict[str, object]:
    case = images_case(options, weight=0.0)
    peer = their_trainer(name, case)
    check_that_losses_agree(peer)
    warm_up = max(3, options.steps // 10)
    loader = BetweenBatches(
        # One more, because some loops end before they ask for another batch.
        case.batches,
        warm_up + options.steps + 1,
        our_step(case),
        CLOCKS[options.clock],
    )
    train_quietly(peer, loader)
    times = {side: spent[warm_up:][: options.steps] for side, spent in loader.times.items()}
    sizes = {"--width": options.width, "--size": options.size, "--batch": options.batch}
    passed_on = [str(word) for pair in sizes.items() for word in pair]
    passed_on += ["--threads", str(options.threads), "--peers", name]
    return {
        "peer": name,
        "version": version(PACKAGES[name]),
        "rounds": len(times["ours"]),
        "seconds_per_step": medians(times),
        "peer_over_ours": ratio(times, "peer", "ours"),
        "peak_mib": {side: peak_memory(NAME, side, passed_on) for side in times},
    }


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--width", type=int, default=64, help="of the DCGAN")
    parser.add_argument("--size", type=int, default=32, help="height and width of the images")
    parser.add_argument("--batch", type=int, default=64, help="images in a batch")
    parser.add_argument("--steps", type=int, default=50, help="timed steps of each side")
    options, result = start(parser)
    if options.alone:
        play_alone(options.alone, options.peers[0], images_case(options, weight=0.0))
        return
    print(f"torch {result['torch']}, {result['machine']}, {options.threads} thread(s)")
    result["rows"] = []
    for name in options.peers:
        row = measure(name, options)
        result["rows"].append(row)
        spent, peak = row["seconds_per_step"], row["peak_mib"]
        print(
            f"{name:>10}  {name} {spent['peer'] * 1e3:8.2f} ms  ours {spent['ours'] * 1e3:8.2f} ms"
            f"  {name} / ours {show_ratio(row['peer_over_ours'])}  "
            f"peak {peak['peer']:.0f} and {peak['ours']:.0f} MiB"
        )
    finish(result, options.json)
