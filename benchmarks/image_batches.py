"""Images per second: decoded once, or by a DataLoader each time.

    python -m benchmarks image-batches
    python -m benchmarks image-batches --images 512 --epochs 3

A folder of PNGs is written first: smooth random pictures with a little noise. Then one side reads
it with `load_images` and hands out its batches by a `Stream`; the others are torch's DataLoader
around a data set that opens and decodes one file per item, without and with two workers, which stay
alive between epochs. All give shuffled batches (B, 3, S, S) of floats in [-1, 1], and before
anything is timed, an epoch of each must hold the same pictures. The epochs take turns.

What decoding once costs is told apart, with the number of epochs after which it has paid.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate
from torch.utils.data import DataLoader, Dataset

from benchmarks.common.frame import finish, make_parser, start
from benchmarks.common.turns import medians, ratio, show_ratio, take_turns
from multigan.core.draws import seeded
from multigan.data.stream import Stream
from multigan.modalities.image.load.load import load_images
from multigan.modalities.image.modality import ImageModality

WORKERS = (0, 2)


def write_images(folder: Path, count: int, size: int) -> None:
    """Writes PNGs that compress about as well as photographs of their size do."""
    with seeded("bench_data"):
        for index in range(count):
            smooth = interpolate(torch.rand(1, 3, 5, 5), (size, size), mode="bicubic")[0]
            noisy = (smooth + 0.03 * torch.randn_like(smooth)).clamp(0, 1)
            pixels = (noisy * 255).to(torch.uint8).permute(1, 2, 0).numpy()
            Image.fromarray(pixels).save(folder / f"{index:06d}.png")


class Files(Dataset):
    """One picture per item, opened and decoded whenever it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.paths = sorted(folder.glob("*.png"))

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor:
        with Image.open(self.paths[index]) as image:
            pixels = np.array(image.convert("RGB"))
        return torch.from_numpy(pixels).permute(2, 0, 1).float() / 127.5 - 1


def loader_side(folder: Path, batch: int, workers: int) -> Callable[[], Iterable[Tensor]]:
    """Returns what gives an epoch of a DataLoader's batches."""
    loader = DataLoader(
        Files(folder),
        batch,
        shuffle=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    return lambda: loader


def our_side(folder: Path, batch: int) -> tuple[Callable[[], Iterable[Tensor]], float]:
    """Returns what gives an epoch of our batches, and how many seconds decoding took."""
    images = load_images(folder)
    modality = ImageModality(images.channels, images.height, images.width)
    stream = Stream(images.source, modality.encode, batch)
    batches = stream.batches()  # goes on where the epoch before ended
    samples = (each.samples for each in batches)
    return lambda: islice(samples, len(images) // batch), images.report.seconds


def consume(epoch: Callable[[], Iterable[Tensor]]) -> None:
    """Takes every batch of an epoch; a trainer would now use it."""
    for _ in epoch():
        pass


def check_that_they_agree(sides: dict[str, Callable[[], Iterable[Tensor]]]) -> None:
    """Raises an AssertionError unless an epoch of each side holds the same pictures."""
    seen = {}
    for name, epoch in sides.items():
        means = torch.cat([batch.double().flatten(1).mean(1) for batch in epoch()])
        seen[name] = means.sort().values
    first, *others = seen.values()
    for other in others:
        torch.testing.assert_close(other, first)


def measure(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    ours, load_seconds = our_side(folder, options.batch)
    sides = {"Stream": ours}
    for workers in WORKERS:
        sides[f"{workers} workers"] = loader_side(folder, options.batch, workers)
    check_that_they_agree(sides)
    work = {name: lambda epoch=epoch: consume(epoch) for name, epoch in sides.items()}
    times = take_turns(work, options.epochs, 1, options.clock)
    spent = medians(times)
    loaders = [name for name in sides if name != "Stream"]
    return {
        "images": options.images,
        "epochs": options.epochs,
        "load_seconds": load_seconds,
        "seconds_per_epoch": spent,
        "images_per_second": {name: round(options.images / s) for name, s in spent.items()},
        "loader_over_stream": {name: ratio(times, name, "Stream") for name in loaders},
        "paid_after_epochs": {
            name: round(load_seconds / (spent[name] - spent["Stream"]), 2) for name in loaders
        },
    }


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--images", type=int, default=4096, help="a multiple of the batch")
    parser.add_argument("--size", type=int, default=32, help="height and width of the images")
    parser.add_argument("--batch", type=int, default=64, help="images in a batch")
    parser.add_argument("--epochs", type=int, default=9, help="timed epochs of each side")
    options, result = start(parser)
    if options.images % options.batch:
        parser.error("--images must be a multiple of --batch")
    if options.clock != "wall":
        parser.error("workers compute in other processes: only --clock wall sees them")
    print(f"torch {result['torch']}, {result['machine']}, {options.threads} thread(s)")
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder), options.images, options.size)
        row = measure(Path(folder), options)
    result["rows"] = [row]
    print(f"    Stream  {row['images_per_second']['Stream']:>9,} images/s")
    print(f"            after {row['load_seconds']:.2f} s of decoding, once")
    for name, times_as_long in row["loader_over_stream"].items():
        print(
            f" {name:>9}  {row['images_per_second'][name]:>9,} images/s  "
            f"DataLoader / Stream {show_ratio(times_as_long)}, "
            f"paid after {row['paid_after_epochs'][name]} epochs"
        )
    finish(result, options.json)
