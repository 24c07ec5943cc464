"""Does the doctor find a discriminator that is blind? Weak ones beside ordinary ones.

    python -m benchmarks blindness --seeds 0 1 2 3 --json RESULT.json

Points, digits and sounds. Some discriminators are as their recipe says, or play another loss or
with twice the penalties; others are made blind: penalties of a thousand times the weight, a rate a
fiftieth as high, or, of pictures and sounds, a single filter. What a fresh network and the
discriminator see is measured once, at the end. Each run is written down when it is done; what the
file already has is not measured again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.common.frame import finish, make_parser, start
from multigan.cli.bench.mixture_games import PENALTIES, Setting
from multigan.cli.bench.mixture_games import make_trainer as make_points
from multigan.core.engine import Engine
from multigan.core.game import AdversarialGame
from multigan.core.trainer import Trainer
from multigan.data.synthetic import Grid, Ring
from multigan.files import read_object
from multigan.modalities.recipes import recipe
from multigan.runs.assemble import build_parts, build_trainer, load_data
from multigan.runs.health import ALARMS, Vitals
from multigan.runs.health.blindness import look
from multigan.runs.health.findings import SEEN

POINTS = Setting(steps=600, batch=64, width=32, depth=2)
SMALL = {"generator.width": 8, "schedules": {}}


@dataclass(frozen=True)
class Kind:
    """What is done to a run.

    Attributes:
        blind: Whether that blinds its discriminator.
        penalty, rate: Factors of the penalties' weights and of the discriminator's learning rate.
        discriminator: Another network for pictures and sounds; of points it means nothing.
        changes: Of the recipe, for pictures and sounds.
    """

    blind: bool
    penalty: float = 1.0
    rate: float = 1.0
    discriminator: str = ""
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def for_points(self) -> bool:
        """Whether points can have it."""
        return not self.discriminator and not self.changes


KINDS = {
    "as it is": Kind(blind=False),
    "twice the penalties": Kind(blind=False, penalty=2.0),
    "non-saturating": Kind(blind=False, changes={"loss": "non_saturating"}),
    "a thousand times the penalties": Kind(blind=True, penalty=1000.0),
    "a fiftieth of the rate": Kind(blind=True, rate=0.02),
    "one filter": Kind(blind=True, discriminator="dcgan:width=1"),
}
Build = Callable[[Kind, int], Trainer]


def points(data: Ring | Grid) -> Build:
    """Returns what builds a game on points."""

    def build(kind: Kind, seed: int) -> Trainer:
        trainer = make_points(data, "relativistic", PENALTIES["r1+r2"], [seed], POINTS)
        trainer.schedules = {}
        return trainer

    return build


def of_recipe(name: str, **sizes: Any) -> Build:
    """Returns what builds a small run of a recipe."""

    def build(kind: Kind, seed: int) -> Trainer:
        network = {"discriminator": kind.discriminator} if kind.discriminator else {}
        width = {} if network else {"discriminator.width": 8}
        changes = {"seed": seed, **SMALL, **sizes, **network, **width, **kind.changes}
        chosen, engine = recipe(name).changed(changes), Engine()
        return build_trainer(chosen, build_parts(chosen, load_data(chosen), engine), engine)

    return build


DATA: dict[str, tuple[Build, int]] = {  # and how many steps
    "ring": (points(Ring()), 600),
    "grid": (points(Grid(side=3, spacing=0.8)), 600),
    "digits": (of_recipe("digits", batch_size=32), 400),
    "sounds": (of_recipe("speech", batch_size=8, **{"data.limit": 600}), 80),
}


def train(data: str, kind: str, seed: int) -> dict[str, Any]:
    """Trains one run and returns what both networks see."""
    build, steps = DATA[data]
    asked = KINDS[kind]
    trainer = build(asked, seed)
    game = trainer.objective
    assert isinstance(game, AdversarialGame)
    for penalty in (one for one in game.regularizers if one.per_sample):
        knob = trainer.knobs[f"{penalty.name}.weight"]
        knob.set(asked.penalty * knob.get())
    trainer.knobs["discriminator.rate_scale"].set(asked.rate)
    trainer.fit(steps)
    began = time.process_time()
    seen = look(trainer, game)
    return {
        "data": data, "kind": kind, "seed": seed, "blind": asked.blind,
        "fresh": round(seen.fresh, 4), "own": round(seen.own, 4),
        "cpu_seconds": round(time.process_time() - began, 2),
    }  # fmt: skip


def alarmed(row: dict[str, Any]) -> bool:
    """Returns whether the doctor would say so of what was seen."""
    (alarm,) = (one for one in ALARMS if one.name == "blindness")
    return alarm.is_bad(Vitals(0, fresh_auc=row["fresh"], own_auc=row["own"]))


def main() -> None:
    """Trains what the result does not have yet, and says how far the alarm can be trusted."""
    parser = make_parser(__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3])
    parser.add_argument("--data", nargs="+", choices=list(DATA), default=list(DATA))
    args, place = start(parser)
    rows: list[dict[str, Any]] = read_object(args.json).get("rows", []) if args.json else []
    done = {(row["data"], row["kind"], row["seed"]) for row in rows}
    for seed in args.seeds:
        for data in args.data:
            for kind, made in KINDS.items():
                fits = made.for_points or data not in ("ring", "grid")
                if fits and (data, kind, seed) not in done:
                    rows.append(train(data, kind, seed))
                    print(rows[-1], flush=True)
                    finish({**place, "rows": rows}, args.json)
    print(verdict(rows))


def verdict(rows: list[dict[str, Any]]) -> str:
    """Returns precision and recall of the alarm in a few words.

    A discriminator that was made blind, and whose generator a fresh network can hardly tell from
    the data all the same, has done no harm that an alarm could be of; those are counted apart.
    """
    raised = [row for row in rows if alarmed(row)]
    right = sum(row["blind"] for row in raised)
    blind = [row for row in rows if row["blind"]]
    harmless = sum(row["fresh"] <= SEEN for row in blind)
    return (
        f"{len(rows)} runs, {len(blind)} of them made blind, {harmless} of these without harm: "
        f"precision {right} of {len(raised)}, recall {right} of {len(blind) - harmless}."
    )
