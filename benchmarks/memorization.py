"""Does the doctor find a discriminator that overfits its data? Few images beside many.

    python -m benchmarks memorization --seeds 0 1 2 3 4 --json RESULT.json

Each run learns scikit-learn's digits, 256 of them held out: all others, or 100. A discriminator
can overfit to 100 images, and cannot 1,541 in this time. Each run is written down when it is
done, with the number of every inspection; what the file already has is not measured again.
"""

import time
from typing import Any

from benchmarks.common.frame import finish, make_parser, start
from multigan.core.engine import Engine
from multigan.files import read_object
from multigan.modalities.recipes import recipe
from multigan.runs.assemble import build_parts, build_trainer, held_out, load_data
from multigan.runs.health import Doctor, Vitals, diagnose

ALL, FEW, ASIDE = 1797, 100, 256
EVERY = 50  # steps between inspections
GAMES: dict[str, dict[str, Any]] = {
    "relativistic, R1 and R2": {},
    "hinge, no penalty": {"loss": "hinge", "regularizers.r1": None, "regularizers.r2": None},
}


def train(game: str, images: int, seed: int, steps: int) -> dict[str, Any]:
    """Trains one run and returns what the doctor measured at each inspection."""
    changes = {
        "seed": seed,
        "data.limit": images + ASIDE,
        "held_out": ASIDE / (images + ASIDE),
        "conditional": False,
        "generator.width": 16,
        "discriminator.width": 16,
        "batch_size": 32,
        "schedules": {},
    }
    began = time.process_time()
    chosen = recipe("digits").changed(changes | GAMES[game])
    engine = Engine()
    parts = build_parts(chosen, load_data(chosen), engine)
    trainer = build_trainer(chosen, parts, engine)
    doctor = Doctor(every=EVERY, held_out=held_out(chosen, parts, engine))
    trainer.callbacks = [doctor]
    values = []
    while trainer.steps_done < steps:
        trainer.fit(EVERY)
        values.append(round(doctor.history[-1].memory, 3))
    return {
        "game": game,
        "images": images,
        "seed": seed,
        "values": values,
        "cpu_seconds": round(time.process_time() - began, 1),
    }


def main() -> None:
    """Trains what the result does not have yet, and says what was measured in the end."""
    parser = make_parser(__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--steps", type=int, default=1000)
    args, place = start(parser)
    rows: list[dict[str, Any]] = read_object(args.json).get("rows", []) if args.json else []
    done = {(row["game"], row["images"], row["seed"]) for row in rows}
    for seed in args.seeds:
        for game in GAMES:
            for images in (FEW, ALL - ASIDE):
                if (game, images, seed) in done:
                    continue
                rows.append(train(game, images, seed, args.steps))
                print(rows[-1], flush=True)
                finish({**place, "rows": rows}, args.json)
    for images, name in ((FEW, "overfitted"), (ALL - ASIDE, "too many for that")):
        ends = [verdict(row["values"]) for row in rows if row["images"] == images]
        told = {word: ends.count(word) for word in ("alarm", "warning", "ok")}
        print(f"{images} images, {name}: {told} of {len(ends)} at the end")


def verdict(values: list[float]) -> str:
    """Returns what the doctor says at the end of these inspections."""
    history = [Vitals(step, memory=v, unseen=ASIDE) for step, v in enumerate(values)]
    found = {finding.name: finding for finding in diagnose(history, {})}
    return found["memory"].severity
