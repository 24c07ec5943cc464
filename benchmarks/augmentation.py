"""Does a generator help a classifier that has few labels? Measured on MNIST, whatever comes out.

For each number of labels and each seed, a subset of the training images is drawn, and that is all
that anybody sees: the GAN learns from it, the filters judge by it, and the classifiers train on

    real              the subset alone
    mixed             the subset and as many generated images
    mixed, classifier     the same, those kept that a classifier of the subset agrees with
    mixed, discriminator  the same, the half kept that the discriminator finds more real
    generated         generated images alone: the classification accuracy score of Ravuri & Vinyals
                      (2019), "Classification Accuracy Score for Conditional Generative Models"

with the same network, budget and shifts. Accuracy is on the 10,000 test images.

    python -m benchmarks augmentation TRAIN.parquet TEST.parquet --json RESULT.json

Each seed is written down when it is done; what the file already has is not measured again.
"""

import json
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import torch
from torch import Tensor

from benchmarks.common.frame import finish, make_parser, start
from multigan import ImageTrainer, synthesize
from multigan.core.draws import seeded
from multigan.errors import ConfigError
from multigan.files import read_object
from multigan.metrics import train_classifier
from multigan.modalities.image.load.load import load_images
from multigan.runs.run import Run
from multigan.runs.synthesis import Mixture

Images = tuple[Tensor, Tensor]  # uint8 (N, C, H, W) and classes (N,)
Row = dict[str, Any]

CHANGES = {
    "generator.width": 16,
    "discriminator.width": 16,
    "augment": "diffaugment",
    "look_every": 0,
    "checkpoint_every": 0,
}
KINDS = {
    "real": None,
    "mixed": {"ratio": 0.5},
    "mixed, classifier": {"ratio": 0.5, "filter": "classifier"},
    "mixed, discriminator": {"ratio": 0.5, "filter": "discriminator"},
    "generated": {"ratio": 1.0},
}


def read(path: str) -> Images:
    """Returns all images and labels of a data set."""
    loaded = load_images(path)
    raw, labels = loaded.source.read(torch.arange(len(loaded)))
    if labels is None:
        raise SystemExit(f"{path} has no labels, and this counts by class.")
    return raw, labels


def subset(images: Images, per_class: int, seed: int) -> Images:
    """Returns `per_class` random images of each class."""
    raw, labels = images
    with seeded(seed, "subset"):
        order = torch.randperm(len(raw))
    chosen = torch.cat([order[labels[order] == number][:per_class] for number in range(10)])
    return raw[chosen], labels[chosen]


def as_images(mixture: Mixture) -> Images:
    """Returns a mixture's samples as bytes, with their labels."""
    samples, labels = zip(*(mixture[index] for index in range(len(mixture))), strict=True)
    pixels = ((torch.stack(samples) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return pixels, torch.tensor(labels)


def train_gan(few: Images, seed: int, steps: int, out: str) -> Run:
    """Trains a small conditional GAN on the few images."""
    return ImageTrainer(few, steps=steps, seed=seed, out=out, device="cpu", changes=CHANGES).fit()


def measure(train: Images, test: Images, per_class: int, seed: int, args: Namespace) -> list[Row]:
    """Returns the accuracy of every classifier with one subset of the training images."""
    few = subset(train, per_class, seed)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as out:
        run = train_gan(few, seed, args.gan_steps, out)
        for kind, options in KINDS.items():
            used = few if options is None else mixed(few, run, seed, options)
            judge = used and train_classifier(
                *used, 10, seed=seed, steps=args.classifier_steps, test=test
            )
            accuracy = judge.report.accuracy if judge else None
            rows.append(
                {"labels": per_class, "seed": seed, "trained_on": kind, "accuracy": accuracy}
            )
    return rows


def mixed(few: Images, run: Run, seed: int, options: dict[str, Any]) -> Images | None:
    """Returns a mixture's images; None where too few generated ones pass the filter."""
    try:
        return as_images(synthesize(few, run, seed=seed, **options))
    except ConfigError as error:
        print(error)
        return None


def table(rows: list[Row]) -> list[str]:
    """Returns a line for each kind: mean and standard deviation of the accuracy by labels."""
    counts = sorted({row["labels"] for row in rows})
    lines = ["| Trained on | " + " | ".join(f"{c} labels a class" for c in counts) + " |"]
    lines.append("|---" * (len(counts) + 1) + "|")
    for kind in KINDS:
        cells = []
        for count in counts:
            found = [
                row["accuracy"]
                for row in rows
                if (row["trained_on"], row["labels"]) == (kind, count) and row["accuracy"]
            ]
            spread = stdev(found) if len(found) > 1 else 0.0
            cells.append(f"{mean(found):.4f} ± {spread:.4f}" if found else "too few passed")
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Measures what the result does not have yet, and prints the rows and the table."""
    parser = make_parser(__doc__)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--labels", type=int, nargs="+", default=[10, 50, 100])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--gan-steps", type=int, default=1000)
    parser.add_argument("--classifier-steps", type=int, default=400)
    args, place = start(parser)
    place["command"] = place["command"].replace(args.train, Path(args.train).name)
    place["command"] = place["command"].replace(args.test, Path(args.test).name)
    before = read_object(args.json) if args.json else {}
    rows: list[Row] = before.get("rows", [])
    done = {(row["labels"], row["seed"]) for row in rows}
    train, test = read(args.train), read(args.test)
    for per_class in args.labels:
        for seed in range(args.seeds):
            if (per_class, seed) in done:
                continue
            began = time.process_time()
            found = measure(train, test, per_class, seed, args)
            found[0]["cpu_seconds"] = round(time.process_time() - began)
            print("\n".join(map(json.dumps, found)), flush=True)
            rows += found
            finish({**place, "rows": rows}, args.json)
    print("\n".join(table(rows)))
