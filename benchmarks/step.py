"""What `Trainer.step` costs beside the same step written by hand.

    python -m benchmarks step
    python -m benchmarks step --cases plain --width 16 --steps 200

Both sides start from the same weights and see the same batches, which lie in memory. They take the
same number of passes, the same Adam and the same moving average; before anything is timed, three
steps with the same latents must leave both with the same weights. The cases:

- `penalized`: DCGAN with the relativistic loss, R1 and R2 in every step: the default recipe.
- `plain`: DCGAN with the non-saturating loss and nothing else.
- `ring`: perceptrons on points in the plane, where arithmetic takes next to no time.
"""

import argparse
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import (
    medians,
    peak_memory,
    ratio,
    say_own_peak,
    show_ratio,
    take_turns,
)
from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.prior import Prior
from multigan.core.regularizers import R1, R2
from multigan.core.trainer import Trainer
from multigan.modalities.image.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from tests.tiny import MLP, Ring

NAME = "step"
HALF_LIFE, RAMP = 20_000, 0.05  # of the average, in samples; the trainer's defaults
ALONE_STEPS = 5

MakeOptimizer = Callable[[Iterator[nn.Parameter]], torch.optim.Optimizer]
Noise = Callable[[int, str], Tensor]  # of a step and a player


@dataclass(frozen=True)
class Case:
    """Two networks, a loss, and batches to play with.

    Attributes:
        weight: Of R1 and of R2; 0 leaves both out and makes the loss non-saturating.
        batches: Real samples, each (B, *S).
    """

    generator: nn.Module
    discriminator: nn.Module
    latent_dim: int
    weight: float
    batches: list[Tensor]


@dataclass(frozen=True)
class Resident:
    """The case's batches again and again, as the trainer wants them."""

    samples: list[Tensor]

    @property
    def batch_size(self) -> int:
        return len(self.samples[0])

    def batches(self, start: int) -> Iterator[Batch]:
        return map(Batch, islice(cycle(self.samples), start % len(self.samples), None))


def images_case(options: argparse.Namespace, weight: float) -> Case:
    shape = (3, options.size, options.size)
    with seeded("bench_step"):
        return Case(
            DCGANGenerator(latent_dim=128, sample_shape=shape, width=options.width),
            DCGANDiscriminator(sample_shape=shape, width=options.width),
            128,
            weight,
            [torch.rand(options.batch, *shape) * 2 - 1 for _ in range(8)],
        )


def ring_case() -> Case:
    with seeded("bench_step"):
        generator, discriminator = MLP(8, 2), MLP(2, 1)
    points = [batch.samples for batch in islice(Ring(256).batches(0), 8)]
    return Case(generator, discriminator, 8, 0.1, points)


CASES: dict[str, Callable[[argparse.Namespace], Case]] = {
    "penalized": lambda options: images_case(options, weight=0.5),
    "plain": lambda options: images_case(options, weight=0.0),
    "ring": lambda options: ring_case(),
}


def with_trainer(case: Case, optimizer: MakeOptimizer) -> tuple[Callable[[], object], nn.Module]:
    """Returns the trainer's step and what it changes."""
    game = AdversarialGame(
        copy.deepcopy(case.generator),
        copy.deepcopy(case.discriminator),
        Prior(case.latent_dim),
        LOSSES["relativistic" if case.weight else "non_saturating"],
        regularizers=[R1(case.weight), R2(case.weight)] if case.weight else [],
    )
    optimizers = {phase.name: optimizer(phase.player.parameters()) for phase in game.phases}
    trainer = Trainer(game, optimizers, Resident(case.batches), half_life=HALF_LIFE)
    changing = [game.generator, game.discriminator, trainer.average["generator"]]
    return trainer.step, nn.ModuleList(changing)


def by_hand(
    case: Case, optimizer: MakeOptimizer, noise: Noise
) -> tuple[Callable[[], object], nn.Module]:
    """Returns a step with no abstraction between it and torch, and what it changes."""
    generator = copy.deepcopy(case.generator)
    discriminator = copy.deepcopy(case.discriminator)
    average = copy.deepcopy(generator).requires_grad_(False)
    optimizer_d = optimizer(discriminator.parameters())
    optimizer_g = optimizer(generator.parameters())
    batches, batch_size = cycle(case.batches), len(case.batches[0])
    sources = [*generator.parameters(), *(b for b in generator.buffers() if b.is_floating_point())]
    targets = [*average.parameters(), *(b for b in average.buffers() if b.is_floating_point())]
    counts = [
        (mine, theirs)
        for mine, theirs in zip(average.buffers(), generator.buffers(), strict=True)
        if not mine.is_floating_point()
    ]
    done = 0

    def move_discriminator(real: Tensor) -> None:
        with torch.no_grad():
            fake = generator(noise(done, "discriminator"))
        if case.weight:
            real = real.detach().requires_grad_()
            fake.requires_grad_()
        real_logits, fake_logits = discriminator(real), discriminator(fake)
        if case.weight:
            loss = softplus(fake_logits - real_logits).mean()
            for logits, samples in ((real_logits, real), (fake_logits, fake)):
                (gradient,) = torch.autograd.grad(logits.sum(), samples, create_graph=True)
                loss = loss + case.weight / 2 * gradient.square().flatten(1).sum(1).mean()
        else:
            loss = (softplus(-real_logits) + softplus(fake_logits)).mean()
        optimizer_d.zero_grad(set_to_none=True)
        loss.backward()
        optimizer_d.step()

    def move_generator(real: Tensor) -> None:
        discriminator.requires_grad_(False)
        fake_logits = discriminator(generator(noise(done, "generator")))
        if case.weight:
            with torch.no_grad():
                real_logits = discriminator(real)
            loss = softplus(real_logits - fake_logits).mean()
        else:
            loss = softplus(-fake_logits).mean()
        optimizer_g.zero_grad(set_to_none=True)
        loss.backward()
        optimizer_g.step()
        discriminator.requires_grad_(True)

    def step() -> None:
        nonlocal done
        move_discriminator(next(batches))
        move_generator(next(batches))
        done += 1
        half_life = min(HALF_LIFE, RAMP * done * batch_size)
        with torch.no_grad():
            torch._foreach_lerp_(targets, sources, 1 - 0.5 ** (batch_size / half_life))
            for mine, theirs in counts:
                mine.copy_(theirs)

    return step, nn.ModuleList([generator, discriminator, average])


def check_that_they_agree(case: Case) -> None:
    """Raises an AssertionError unless three steps do the same to both sides' weights."""
    shape = len(case.batches[0]), case.latent_dim

    def noise(step: int, player: str) -> Tensor:
        with seeded(0, step, player, 0):  # as the trainer draws
            return torch.randn(shape)

    def descent(parameters: Iterator[nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.SGD(parameters, lr=1e-3)  # Adam would magnify rounding

    ours, our_weights = with_trainer(case, descent)
    hand, hand_weights = by_hand(case, descent, noise)
    for _ in range(3):
        ours()
        hand()
    torch.testing.assert_close(our_weights.state_dict(), hand_weights.state_dict())


def sides_of(case: Case) -> dict[str, Callable[[], object]]:
    shape = len(case.batches[0]), case.latent_dim

    def adam(parameters: Iterator[nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, lr=2e-4, betas=(0.0, 0.99))

    return {
        "by hand": by_hand(case, adam, lambda step, player: torch.randn(shape))[0],
        "Trainer": with_trainer(case, adam)[0],
    }


def play_alone(side: str, case: Case) -> None:
    """Runs one side only, so that the process's peak of memory is that side's."""
    step = sides_of(case)[side]
    for _ in range(ALONE_STEPS):
        step()
    say_own_peak()


def measure(name: str, options: argparse.Namespace) -> dict[str, object]:
    case = CASES[name](options)
    check_that_they_agree(case)
    # A step of perceptrons takes 1/100 of one of images, and varies more.
    rounds = options.steps * (20 if name == "ring" else 1)
    times = take_turns(sides_of(case), rounds, max(3, rounds // 10), options.clock)
    sizes = {"--width": options.width, "--size": options.size, "--batch": options.batch}
    passed_on = [str(word) for pair in sizes.items() for word in pair]
    passed_on += ["--threads", str(options.threads), "--cases", name]
    return {
        "case": name,
        "rounds": rounds,
        "seconds_per_step": medians(times),
        "trainer_over_hand": ratio(times, "Trainer", "by hand"),
        "peak_mib": {side: peak_memory(NAME, side, passed_on) for side in times},
    }


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--width", type=int, default=64, help="of the DCGAN")
    parser.add_argument("--size", type=int, default=32, help="height and width of the images")
    parser.add_argument("--batch", type=int, default=64, help="images in a batch")
    parser.add_argument("--steps", type=int, default=50, help="rounds; 20 times more of the ring")
    options, result = start(parser)
    if options.alone:
        play_alone(options.alone, CASES[options.cases[0]](options))
        return
    print(f"torch {result['torch']}, {result['machine']}, {options.threads} thread(s)")
    result["rows"] = []
    for name in options.cases:
        row = measure(name, options)
        result["rows"].append(row)
        spent, peak = row["seconds_per_step"], row["peak_mib"]
        print(
            f"{name:>10}  by hand {spent['by hand'] * 1e3:8.2f} ms  "
            f"Trainer {spent['Trainer'] * 1e3:8.2f} ms  "
            f"Trainer / by hand {show_ratio(row['trainer_over_hand'])}  "
            f"peak {peak['by hand']:.0f} and {peak['Trainer']:.0f} MiB"
        )
    finish(result, options.json)
