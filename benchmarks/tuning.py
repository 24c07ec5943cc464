"""A hundred pictures of a class that a generator has never seen: what does tuning it gain?

A generator learns MNIST's digits 0 to 8, without classes. Then each of these has the same hundred
nines and the same number of steps, with every seed:

    tune    `multigan tune`: frozen layers, quiet rates, adaptive augmentation, a new average
    fork    `multigan fork --set data=`: the parent's own recipe goes on with the nines
    anew    what `multigan train` begins for a hundred pictures: the parent's recipe, augmented

Measured against the nines of the test images: Fréchet distance and coverage, in features of
random convolutions; the parent, which has seen none, stands beside them.

    python -m benchmarks tuning TRAIN.parquet TEST.parquet --json RESULT.json

Each seed is written down when it is done; what the file already has is not measured again.
"""

import tempfile
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import torch
from torch import Tensor

from benchmarks.augmentation import read
from benchmarks.common.frame import finish, make_parser, start
from multigan.core.draws import seeded
from multigan.files import read_object
from multigan.modalities.image.suit import VARIED
from multigan.modalities.recipes import recipe
from multigan.runs.evaluate import evaluate_run
from multigan.runs.fork import fork
from multigan.runs.run import Run
from multigan.runs.session import start as begin
from multigan.runs.tune import tune

NEW, FEW = 9, 100
SMALL = {
    "generator.width": 16,
    "discriminator.width": 16,
    "batch_size": 32,
    "conditional": False,
    "look_every": 0,
    "checkpoint_every": 0,
    "health_every": 0,
}
METRICS = ("frechet", "coverage")
WAYS = ("tune", "fork", "anew")
Row = dict[str, Any]


def save(pixels: Tensor, folder: Path) -> Path:
    """Writes pictures (N, 1, H, W) uint8 into a folder, and returns it."""
    from PIL import Image

    folder.mkdir(parents=True)
    for index, picture in enumerate(pixels):
        Image.fromarray(picture[0].numpy()).save(folder / f"{index:05d}.png")
    return folder


def some(pixels: Tensor, count: int, seed: int) -> Tensor:
    """Returns `count` of the pictures, drawn at random."""
    with seeded(seed, "few"):
        return pixels[torch.randperm(len(pixels))[:count]]


def trained(way: str, parent: Run, nines: Path, steps: int, seed: int, out: Path) -> Run:
    """Returns a run that learned from the nines in one way."""
    how: dict[str, Any] = {"out": out, "device": "cpu"}
    if way == "tune":
        return tune(parent, nines, steps=steps, changes={"seed": seed}, **how).fit()
    done = parent.status()["step"]
    if way == "fork":
        changes = {"data": str(nines), "seed": seed}
        return fork(parent, steps=done + steps, changes=changes, **how).fit()
    asked = parent.recipe.changed({"schedules": {}, "augment": VARIED, "seed": seed})
    schedules = recipe("image").schedules
    anew = asked.changed({"steps": steps}).with_data(str(nines))
    return begin(type(anew)(**{**vars(anew), "schedules": schedules}), **how).fit()


def measured(run: Run, reference: Path) -> dict[str, float]:
    """Returns what is measured of a run's samples beside real ones."""
    found = evaluate_run(
        run,
        metrics=METRICS,
        num_samples=500,
        extractor="random-conv",
        reference=str(reference),
        device="cpu",
    )
    return {result.name: result.value for result in found}


def table(rows: list[Row]) -> list[str]:
    """Returns a line for each way: mean and standard deviation over the seeds."""
    lines = ["| Way | " + " | ".join(METRICS) + " |", "|---" * (len(METRICS) + 1) + "|"]
    for way in WAYS:
        cells = []
        for metric in METRICS:
            found = [row[metric] for row in rows if row["way"] == way]
            spread = stdev(found) if len(found) > 1 else 0.0
            cells.append(f"{mean(found):.3f} ± {spread:.3f}" if found else "")
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Measures what the result does not have yet, and prints the rows and the table."""
    parser = make_parser(__doc__)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=300, help="on the nines")
    parser.add_argument("--parent-steps", type=int, default=1500)
    args, result = start(parser)
    rows: list[Row] = read_object(args.json).get("rows", []) if args.json else []
    pixels, labels = read(args.train)
    tests, test_labels = read(args.test)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        known = save(some(pixels[labels != NEW], 20_000, 0), work / "known")
        reference = save(tests[test_labels == NEW], work / "reference")
        asked = recipe("image").changed(SMALL | {"steps": args.parent_steps})
        parent = begin(asked.with_data(str(known)), out=work / "parent", device="cpu").fit()
        result["parent"] = measured(parent, reference)
        print("parent, which has seen no nine:", result["parent"], flush=True)
        for seed in range(args.seeds):
            nines = save(some(pixels[labels == NEW], FEW, seed), work / f"nines-{seed}")
            for way in WAYS:
                if any((row["way"], row["seed"]) == (way, seed) for row in rows):
                    continue
                run = trained(way, parent, nines, args.steps, seed, work / f"{way}-{seed}")
                rows.append({"way": way, "seed": seed, **measured(run, reference)})
                print(rows[-1], flush=True)
                finish(result | {"rows": rows}, args.json)
    print(*table(rows), sep="\n")


if __name__ == "__main__":
    main()
