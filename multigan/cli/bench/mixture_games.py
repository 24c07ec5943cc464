"""Which games reach every mode of a mixture whose modes are known.

Every loss with every penalty, on a ring of 8 and a grid of 25 Gaussians, ten seeds each. The games
are those of the package, played by its trainer; see `multigan.cli.bench.replicas` for how ten
seeds train at once. A mixture has one setting, with which all its games are played.

A mode counts as captured if at least half of its fair share of the samples lies within three
standard deviations of it. The literature counts a mode with a single such sample (Srivastava et al.
2017, "VEEGAN"), which a blob spread over all modes passes; that count is reported as `touched`.
"""

import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from multigan.cli.bench.replicas import ReplicaMLP, adam, replica_loss
from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.prior import Prior
from multigan.core.regularizers import REGULARIZERS
from multigan.core.schedules import Schedule
from multigan.core.trainer import Trainer
from multigan.data.stream import Stream
from multigan.data.synthetic import Grid, Ring
from multigan.errors import ConfigError
from multigan.metrics.modes import mode_coverage
from multigan.runs.assemble import Unconditional
from multigan.typed import Component

MIXTURES: dict[str, Ring | Grid] = {"ring": Ring(), "grid": Grid()}

# What is combined with every loss. Weights are the papers', but those of the zero-centered
# penalties, which depend on the data: `Setting.zero_centered` says how `play` weighs them.
PENALTIES: dict[str, dict[str, dict[str, float]]] = {
    "none": {},
    "r1": {"r1": {"weight": 0.02}},
    "r2": {"r2": {"weight": 0.02}},
    "r1+r2": {"r1": {"weight": 0.02}, "r2": {"weight": 0.02}},
    "gradient_penalty": {"gradient_penalty": {"weight": 10.0}},
    "dragan": {"dragan": {"weight": 10.0}},
    "lecam": {"lecam": {"weight": 0.3}},
    "weight_clipping": {"weight_clipping": {"limit": 0.1}},
}

DEFAULT = ("relativistic", "r1+r2")
TOGETHER = frozenset(PENALTIES) - {"lecam"}  # it averages the logits of the whole batch
NUM_SAMPLES = 2500
SHARE = 0.5  # of a mode's fair share of the samples, for it to count as captured


@dataclass(frozen=True)
class Setting:
    """How every game on a mixture is played, whatever its loss and penalty.

    Attributes:
        steps: Of the trainer; one update of each player.
        batch: Real samples a step.
        width, depth: Of the hidden layers of both players, perceptrons with ReLU.
        latent_dim: Z.
        learning_rate: At the start; it falls along half a cosine to a twentieth.
        beta2: Adam's, at the start; it rises along half a cosine to 0.99.
        half_life: Of the generator's exponential moving average (EMA), in samples.
        scale: What the mixture is multiplied by for the players. A perceptron of ReLU is smooth on
            the scale of 1, so more modes want more room.
        zero_centered: The weight of R1 and of R2, wherever they play.

    Raises:
        ConfigError: No step is left to play.
    """

    steps: int = 1200
    batch: int = 64
    width: int = 64
    depth: int = 3
    latent_dim: int = 2
    learning_rate: float = 5e-3
    beta2: float = 0.99
    half_life: int = 10_000
    scale: float = 1.0
    zero_centered: float = 0.02

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ConfigError(f"Every game takes at least 1 step, not {self.steps}.")


# Both were chosen by the default game on seeds 100 to 109.
SETTINGS = {
    "ring": Setting(steps=800),
    "grid": Setting(steps=3500, batch=256, beta2=0.9, scale=3.0, zero_centered=0.05),
}


@dataclass(frozen=True)
class Outcome:
    """What one seed reached.

    Attributes:
        seed: Of weights and draws.
        captured: Modes with at least half of their share.
        touched: Modes with at least one sample of high quality.
        total: How many modes there are.
        high_quality: The share of samples within three deviations of a mode.
        finite: Whether all samples were finite.
    """

    seed: int
    captured: int
    touched: int
    total: int
    high_quality: float
    finite: bool


@dataclass(frozen=True)
class Cell:
    """One loss with one penalty on one mixture.

    Attributes:
        mixture, loss, penalty: Which.
        outcomes: One for each seed.
        cpu_seconds: Of all seeds together, this process's.
    """

    mixture: str
    loss: str
    penalty: str
    outcomes: tuple[Outcome, ...]
    cpu_seconds: float

    @property
    def captured(self) -> float:
        """The share of modes captured, over all seeds."""
        return sum(o.captured for o in self.outcomes) / sum(o.total for o in self.outcomes)

    @property
    def complete(self) -> int:
        """How many seeds captured every mode."""
        return sum(o.captured == o.total for o in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """Returns plain values."""
        return {**asdict(self), "captured": round(self.captured, 4), "complete": self.complete}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Cell":
        """Reads what `to_json` returned."""
        outcomes = tuple(Outcome(**outcome) for outcome in value["outcomes"])
        named = {name: value[name] for name in ("mixture", "loss", "penalty", "cpu_seconds")}
        return cls(outcomes=outcomes, **named)


def play(
    mixture: str,
    loss: str,
    penalty: str,
    seeds: Sequence[int],
    setting: Setting,
    *,
    together: bool = True,
) -> Cell:
    """Trains one cell and measures its EMA generator.

    Args:
        mixture: "ring" or "grid".
        loss, penalty: Names in `LOSSES` and `PENALTIES`.
        seeds: One game each.
        setting: How they are played.
        together: Train all seeds at once where the penalty allows; else one after another.

    Raises:
        UnknownNameError: There is no such loss or penalty.
    """
    began = _cpu_seconds()
    penalties = {
        name: {**options, "weight": setting.zero_centered} if name in ("r1", "r2") else options
        for name, options in PENALTIES[penalty].items()
    }
    groups = [list(seeds)] if together and penalty in TOGETHER else [[seed] for seed in seeds]
    outcomes: list[Outcome] = []
    for group in groups:
        trainer = make_trainer(MIXTURES[mixture], loss, penalties, group, setting)
        trainer.fit(setting.steps)
        outcomes += measure(trainer, MIXTURES[mixture], group, setting.scale)
    return Cell(mixture, loss, penalty, tuple(outcomes), round(_cpu_seconds() - began, 2))


def make_trainer(
    data: Ring | Grid,
    loss: str,
    penalties: Mapping[str, Mapping[str, float]],
    seeds: Sequence[int],
    setting: Setting,
) -> Trainer:
    """Returns the trainer of one game for each seed."""
    count, hidden = len(seeds), [setting.width] * setting.depth
    game = AdversarialGame(
        ReplicaMLP(seeds, [setting.latent_dim, *hidden, 2]),
        ReplicaMLP(seeds, [2, *hidden, 1]),
        Prior(setting.latent_dim),
        replica_loss(LOSSES[loss], count),
        regularizers=[REGULARIZERS.build(Component(n, dict(o))) for n, o in penalties.items()],
    )
    rate = setting.learning_rate
    over = setting.steps * setting.batch * count
    return Trainer(
        game,
        {p.name: adam(p.player, count, rate, setting.beta2) for p in game.phases},
        Unconditional(
            Stream(
                data.source(100_000),
                lambda raw: setting.scale * raw,
                setting.batch * count,
                seed=seeds[0],
            )
        ),
        schedules={
            "learning_rate": Schedule(rate, rate / 20, over=over),
            "beta2": Schedule(setting.beta2, 0.99, over=over),
        },
        seed=seeds[0],
        half_life=setting.half_life * count,
    )


@torch.no_grad()
def measure(
    trainer: Trainer, data: Ring | Grid, seeds: Sequence[int], scale: float = 1.0
) -> list[Outcome]:
    """Counts the modes that each seed's EMA generator reaches with 2,500 samples.

    Args:
        trainer: Of all seeds.
        data: The mixture.
        seeds: In the trainer's order.
        scale: What the mixture was multiplied by for the players.
    """
    game = trainer.objective
    assert isinstance(game, AdversarialGame)
    with seeded("modes", *seeds):
        latents = game.prior.sample(len(seeds) * NUM_SAMPLES)
    samples = trainer.average["generator"](latents).view(len(seeds), NUM_SAMPLES, -1) / scale
    return [_outcome(seed, own, data) for seed, own in zip(seeds, samples, strict=True)]


def _outcome(seed: int, samples: torch.Tensor, data: Ring | Grid) -> Outcome:
    found = mode_coverage(samples, data.centers, data.std)
    least = SHARE * len(samples) / found.total
    return Outcome(
        seed=seed,
        captured=sum(count >= least for count in found.counts),
        touched=found.covered,
        total=found.total,
        high_quality=round(found.high_quality, 4),
        finite=bool(samples.isfinite().all()),
    )


def play_all(
    cells: Sequence[tuple[str, str, str]],
    seeds: Sequence[int],
    settings: Mapping[str, Setting],
    *,
    known: Sequence[Cell] = (),
    together: bool = True,
    on_cell: Callable[[Cell], None] | None = None,
) -> list[Cell]:
    """Trains the cells (mixture, loss, penalty) that are not `known`; returns all, in order.

    Args:
        cells: Which.
        seeds: One game each.
        settings: How every mixture's games are played.
        known: Cells that were trained before.
        together: As in `play`.
        on_cell: Called with each cell that was trained.
    """
    done = {(c.mixture, c.loss, c.penalty): c for c in known}
    for name in cells:
        if name not in done:
            done[name] = play(*name, seeds, settings[name[0]], together=together)
            if on_cell:
                on_cell(done[name])
    return [done[name] for name in cells]


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
