"""Runs made to fail and runs left healthy, for the doctor to be judged by.

What became of a run is not asked of the doctor: it is counted with what the data is known to hold,
the Gaussians' centers, or the classes of the digits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from multigan.cli.bench.mixture_games import PENALTIES, Setting, make_trainer
from multigan.config import Recipe
from multigan.core.draws import seeded
from multigan.core.engine import Engine
from multigan.core.game import AdversarialGame
from multigan.core.trainer import Trainer
from multigan.data.synthetic import Grid, Ring
from multigan.metrics.modes import mode_coverage
from multigan.modalities.recipes import recipe
from multigan.runs.assemble import build_parts, build_trainer, load_data

SAMPLES = 1000
FAIR = 0.25  # of a mode's share of the samples, for it to count as kept
NEAR = 6.0  # standard deviations: a blurred mode is kept, one without samples is lost
SETTING = Setting(steps=600, batch=64, width=32, depth=2)


@dataclass(frozen=True)
class Patient:
    """One run.

    Attributes:
        name: What is done to it.
        ill: Whether it was made to fail.
        trainer: Ready to train.
        kept: Returns the share of the data's known modes that its samples have.
    """

    name: str
    ill: bool
    trainer: Trainer
    kept: Callable[[], float]


WELL = [
    ("relativistic", "r1+r2"),
    ("non_saturating", "r1"),
    ("hinge", "r1+r2"),
    ("least_squares", "r1"),
    ("relativistic_average", "r1+r2"),
]


def healthy(seed: int) -> list[Patient]:
    """Returns runs that should do well, one of each kind."""
    found = [
        _on_points(f"{name}: {loss}, {penalty}", data, loss, penalty, seed)
        for name, data in (("ring", Ring()), ("grid", Grid(side=3, spacing=0.8)))
        for loss, penalty in WELL
    ]
    return [*found, _on_digits("digits: as the recipe says", {}, seed)]


def failing(seed: int) -> list[Patient]:
    """Returns runs that are made to fail, one of each kind and each kind of data."""
    return [*(made(kind, seed) for made in (_on_ring, _on_grid, _digits) for kind in ILLNESSES)]


@dataclass(frozen=True)
class Illness:
    """What is done to a run.

    Attributes:
        signs: The alarms it should raise: what the illness itself is, and not what may follow.
        loss: Of the game, without penalties.
        generator_rate, discriminator_rate: Factors of the learning rates.
        discriminator_steps: Updates per update of the generator.
        broken: Whether the generator's last hidden layer is dead.
    """

    signs: frozenset[str]
    loss: str = "non_saturating"
    generator_rate: float = 1.0
    discriminator_rate: float = 1.0
    discriminator_steps: int = 1
    broken: bool = False


LOST = frozenset({"coverage"})
ONE_PLACE = LOST | {"support"}
ILLNESSES: dict[str, Illness] = {
    "generator runs away": Illness(ONE_PLACE, generator_rate=5.0, discriminator_rate=0.05),
    "chase": Illness(LOST | {"oscillation"}, "hinge", generator_rate=10.0, discriminator_rate=0.5),
    "discriminator is sure": Illness(
        LOST | {"saturation", "vanishing_gradient"}, "minimax", 0.01, 4.0, discriminator_steps=3
    ),
    "generator stands still": Illness(LOST | {"dead_generator"}, generator_rate=0.0),
    "generator is broken": Illness(ONE_PLACE | {"diversity"}, broken=True),
    "gradients explode": Illness(LOST, "wasserstein", 4.0, 20.0),
}


def signs_of(name: str) -> frozenset[str]:
    """Returns the alarms that a run of this name should raise; none for one left healthy."""
    illness = ILLNESSES.get(name.partition(": ")[2])
    return illness.signs if illness else frozenset()


def _on_ring(kind: str, seed: int) -> Patient:
    illness = ILLNESSES[kind]
    return _on_points(f"ring: {kind}", Ring(), illness.loss, "none", seed, illness)


def _on_grid(kind: str, seed: int) -> Patient:
    illness = ILLNESSES[kind]
    data = Grid(side=3, spacing=0.8)
    return _on_points(f"grid: {kind}", data, illness.loss, "none", seed, illness)


def _digits(kind: str, seed: int) -> Patient:
    illness = ILLNESSES[kind]
    changes = {"loss": illness.loss, "regularizers.r1": None, "regularizers.r2": None}
    return _on_digits(f"digits: {kind}", changes, seed, illness)


def _on_points(
    name: str, data: Ring | Grid, loss: str, penalty: str, seed: int, illness: Illness | None = None
) -> Patient:
    trainer = make_trainer(data, loss, PENALTIES[penalty], [seed], SETTING)
    trainer.schedules = {}

    def kept() -> float:
        samples = _samples(trainer)
        found = mode_coverage(samples, data.centers, data.std, radius=NEAR)
        least = FAIR * len(samples) / found.total
        return sum(count >= least for count in found.counts) / found.total

    return _patient(name, trainer, kept, illness)


def _on_digits(
    name: str, changes: Mapping[str, Any], seed: int, illness: Illness | None = None
) -> Patient:
    chosen = _digits_recipe(seed).changed(changes)
    loaded, engine = load_data(chosen), Engine()
    parts = build_parts(chosen, loaded, engine)
    trainer = build_trainer(chosen, parts, engine)
    raw, classes = loaded.source.read(torch.arange(len(loaded.source)))
    assert classes is not None
    real = parts.modality.encode(raw).flatten(1)

    def kept() -> float:
        nearest = torch.cdist(_samples(trainer).flatten(1), real).argmin(1)
        counts = classes[nearest].bincount(minlength=10)
        return float((counts >= FAIR * SAMPLES / 10).float().mean())

    return _patient(name, trainer, kept, illness)


def _digits_recipe(seed: int) -> Recipe:
    changes = {
        "seed": seed,
        "conditional": False,
        "generator.width": 8,
        "discriminator.width": 8,
        "batch_size": 32,
        "steps": SETTING.steps,
        "schedules": {},
        "latent_dim": 16,
    }
    return recipe("digits").changed(changes)


def _patient(
    name: str, trainer: Trainer, kept: Callable[[], float], illness: Illness | None
) -> Patient:
    if illness is None:
        return Patient(name, False, trainer, kept)
    game = trainer.objective
    assert isinstance(game, AdversarialGame)
    trainer.knobs["generator.rate_scale"].set(illness.generator_rate)
    trainer.knobs["discriminator.rate_scale"].set(illness.discriminator_rate)
    game.discriminator_steps = illness.discriminator_steps
    if illness.broken:
        _break(game.generator)
    return Patient(name, True, trainer, kept)


def _break(generator: nn.Module) -> None:
    """Makes the generator deaf to its latent: the first weights are zero and stay so."""
    first = next(p for p in generator.parameters() if p.ndim > 1)
    with torch.no_grad():
        first.zero_()
    first.requires_grad_(False)


@torch.no_grad()
def _samples(trainer: Trainer) -> Tensor:
    """Returns samples of the EMA generator; one that is not finite is far from all modes."""
    game = trainer.objective
    assert isinstance(game, AdversarialGame)
    with seeded("patients"):
        samples: Tensor = trainer.average["generator"](game.prior.sample(SAMPLES), None)
    return samples.nan_to_num(1e6, 1e6, -1e6)
