"""The size of pictures, and what few of them need.

Shapes: N images, C channels, H height, W width.
"""

import statistics
from collections import Counter

import torch

from multigan.config import Recipe
from multigan.data.loaded import Loaded
from multigan.data.reading import scan
from multigan.modalities.image.load.decode import quiet, read_header, reason
from multigan.modalities.image.load.load import FORMAT, load_images
from multigan.modalities.image.load.loaded import ImageSet
from multigan.modalities.image.load.options import SIZE_STEP, ImageOptions
from multigan.modalities.image.load.stacked import is_stacked
from multigan.modalities.image.sight import FEW
from multigan.modalities.suit import Budget, Suited
from multigan.typed import from_plain

SIZES = (256, 128, 96, 64, 48, 32)
TIMED = 32  # pixels; other sizes take as much longer as they have more pixels
LEAST_STEPS = 1000  # of which a recipe for any pictures makes something that one recognizes
HEADERS = 2000  # that are read, spread evenly
SMALLEST_BATCH = 8
VARIED = "diffaugment"  # made for a hundred pictures; see Zhao et al. (2020)

Size = tuple[int, int]


def suit_images(recipe: Recipe, budget: Budget) -> Suited:
    """Chooses a size that is learned in time, where pictures have several or are too large."""
    options = from_plain(ImageOptions, recipe.data.options, "data")
    if options.size is not None or is_stacked(recipe.data.name):
        return Suited()
    sizes = _sizes(recipe.data.name, options)
    if not sizes:
        return Suited()  # the loader says what is wrong
    typical = int(statistics.median(min(size) for size in sizes.elements()))
    one = next(iter(sizes)) if len(sizes) == 1 else None
    usable = one is not None and not any(side % SIZE_STEP for side in one)
    if usable and (not budget.free or typical <= SIZES[-1]):
        return Suited()
    largest = _affordable(recipe, budget)
    if usable and typical <= largest:
        return Suited()
    size = min(largest, max(typical // SIZE_STEP * SIZE_STEP, SIZE_STEP))
    size = next((s for s in SIZES if s <= size), size)
    return Suited({"data.size": size}, (_why(sizes, typical, size, largest),))


def suit_number_of_images(recipe: Recipe, loaded: Loaded) -> Suited:
    """Chooses augmentation where there are few images, and a batch that is not all of them."""
    changes: dict[str, object] = {}
    reasons = []
    if len(loaded) < FEW and recipe.augment is None:
        changes["augment"] = VARIED
        reasons.append(f"augment={VARIED}, because {len(loaded)} images are few")
    batch = recipe.batch_size
    while batch > SMALLEST_BATCH and batch > len(loaded) // 4:
        batch //= 2
    if batch != recipe.batch_size:
        changes["batch_size"] = batch
        reasons.append(f"batches of {batch}, because there are {len(loaded)}")
    return Suited(changes, tuple(reasons))


def _sizes(name: str, options: ImageOptions) -> Counter[Size]:
    with quiet(), FORMAT.origins.open(name, options) as reader:
        if reader.rows is not None:
            height, width = reader.rows.shape[-2:]
            return Counter({(height, width): len(reader.rows)})
        headers, _ = scan(reader.limited(HEADERS), read_header, reason)
    sizes = Counter[Size]()
    for header, count in headers.items():
        sizes[header.height, header.width] += count
    return sizes


def _affordable(recipe: Recipe, budget: Budget) -> int:
    """Returns the largest size of which enough steps can be done in time."""
    seconds = budget.time_step(recipe, _noise(TIMED))
    pixels = budget.seconds / (LEAST_STEPS * max(seconds, 1e-6)) * TIMED**2
    return next((size for size in SIZES if size**2 <= pixels), SIZES[-1])


def _noise(size: int) -> ImageSet:
    return load_images(torch.randint(0, 256, (64, 3, size, size), dtype=torch.uint8))


def _why(sizes: Counter[Size], typical: int, size: int, largest: int) -> str:
    height, width = sizes.most_common(1)[0][0]
    found = f"{width}x{height}" if len(sizes) == 1 else f"of {len(sizes)} sizes, about {typical}"
    limit = "what can be learned in the time" if size == largest else "which they have"
    return f"{size}x{size} pixels, {limit} (they are {found})"
