"""What a person should know of pictures before a generator learns from them.

Shapes: K images looked at, C channels, H height, W width.
"""

import torch
from torch import Tensor

from multigan.data.sight import Sight, evenly_read, look_at, percentiles
from multigan.modalities.image.load.loaded import ImageSet

FEW = 500  # images, of which a discriminator soon knows every one
FLAT = 2.0  # of 255: pictures whose pixels deviate by less show nothing
MANY_FLAT = 0.05
OPAQUE = 254.5  # of 255: mean alpha of pictures without a hole
DIM, GLARING = 0.1, 0.95  # mean brightness from 0 to 1


def look_at_images(images: ImageSet) -> Sight:
    """Returns what can be seen of pictures: brightness, contrast, transparency."""
    pixels = evenly_read(images.source).float()  # (K, C, H, W) in [0, 255]
    colors = pixels[:, :3] if pixels.shape[1] == 4 else pixels
    brightness = colors.mean((1, 2, 3)) / 255
    deviation = colors.flatten(1).std(1)
    facts = [
        ("brightness", f"{percentiles(brightness, digits=2)} (0 is black, 1 is white)"),
        ("contrast", f"{percentiles(deviation / 255, digits=2)} (deviation of a picture's pixels)"),
        *_colors(pixels),
    ]
    return look_at(images).with_facts(facts, _warnings(images, brightness, deviation))


def _colors(pixels: Tensor) -> list[tuple[str, str]]:
    if pixels.shape[1] == 4:
        clear = (pixels[:, 3].mean((1, 2)) < OPAQUE).float().mean()
        return [("alpha", f"{clear:.0%} of the pictures are transparent somewhere")]
    if pixels.shape[1] == 3 and torch.equal(pixels[:, 0], pixels[:, 2]):
        return [("colors", "all are grey: --set data.channels=1 learns them faster")]
    return []


def _warnings(images: ImageSet, brightness: Tensor, deviation: Tensor) -> list[str]:
    warnings = []
    flat = (deviation < FLAT).float().mean().item()
    if flat > MANY_FLAT:
        warnings.append(
            f"{flat:.0%} of the pictures have one color only, and will be learned, too."
        )
    mean = brightness.mean().item()
    if not DIM < mean < GLARING:
        dark = "dark" if mean <= DIM else "bright"
        warnings.append(f"The pictures are very {dark} ({mean:.2f} on average). Is that right?")
    enlarged = sum(n for change, n in images.report.resized.items() if change == "enlarged")
    if enlarged > len(images) / 2:
        warnings.append(
            f"{enlarged} of {len(images)} pictures are smaller than {images.width}x{images.height} "
            "and were enlarged: a smaller data.size learns faster and loses nothing."
        )
    return warnings
