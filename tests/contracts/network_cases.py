"""The networks whose contract is tested: each name, with its options, shapes and conditions."""

from itertools import product
from typing import Any, NamedTuple

from multigan.core.condition import ConditionSpec

B, Z = 3, 5
IMAGES = [(1, 28, 28), (3, 32, 32), (4, 8, 8), (3, 20, 28), (1, 4, 4)]
SPECTROGRAMS = [(1, 16, 16), (2, 32, 16), (1, 8, 24)]
WAVEFORMS = [(1, 256), (2, 192), (1, 128)]
ENDLESS = {"width": 8, "style_dim": 3, "stride": 4}
VOCOS = {"n_fft": 16, "hop_length": 8, "n_mels": 4, "width": 8, "depth": 2}
CLASSES = ConditionSpec("class", 3)
VECTORS = ConditionSpec("vector", 2)


class Case(NamedTuple):
    """A network as small as it comes: its name, options, sample shape and condition."""

    name: str
    options: dict[str, Any]
    shape: tuple[int, ...]
    condition: ConditionSpec | None
    latent_dim: int = Z

    def __str__(self) -> str:
        told = self.condition.kind if self.condition else "alone"
        options = "-".join(str(value) for value in self.options.values())
        return f"{self.name}-{options}-{'x'.join(map(str, self.shape))}-{told}"


def every(name: str, shapes: list[tuple[int, ...]], *options: dict[str, Any]) -> list[Case]:
    """All shapes and conditions with the first options; the others with one shape."""
    first, *others = options
    cases = [Case(name, first, *each) for each in product(shapes, [None, CLASSES])]
    cases.append(Case(name, first, shapes[-2], VECTORS))
    return cases + [Case(name, each, shapes[-2], CLASSES) for each in others]


GENERATOR_CASES = [
    *every(
        "dcgan",
        IMAGES,
        {"width": 4},
        {"width": 4, "conditioning": "norm"},
        {"width": 4, "norm": "pixel", "conditioning": "norm"},
        {"width": 4, "norm": "none"},
    ),
    *every(
        "resnet",
        IMAGES,
        {"width": 4},
        {"width": 4, "conditioning": "concat"},
        {"width": 4, "norm": "none"},
        {"width": 4, "attention": True, "spectral_norm": True},
    ),
    *every("biggan", IMAGES, {"width": 4, "embedding_dim": 6}, {"width": 8, "attention": False}),
    *every("r3gan", IMAGES, {"width": 8, "group_width": 4}, {"width": 8, "blocks": 2}),
    *every("specgan", SPECTROGRAMS, {"width": 4}, {"width": 4, "uniform": True}),
    *every(
        "wavegan",
        WAVEFORMS,
        {"width": 4},
        {"width": 4, "post_filter": 16},
        {"width": 4, "uniform": True},
    ),
    *every(
        "frames",
        [*SPECTROGRAMS, (1, 5, 12)],
        {"width": 8},
        {"width": 8, "blocks": 2},
        {"width": 8, "mapping": 2, "smooth": True},
    ),
    *every("progressive", IMAGES, {"width": 4}, {"width": 4, "embedding_dim": 0, "bounded": True}),
    Case("progressive", {"width": 4, "embedding_dim": 0}, (1, 8, 8), VECTORS),
    *(Case("endless", ENDLESS, (2, 4, 16), told, 3 + 2 * 12) for told in (None, CLASSES, VECTORS)),
    *(Case("vocos", VOCOS, (1, 64), told, 4 * 8) for told in (None, CLASSES, VECTORS)),
    Case("vocos", VOCOS | {"griffin_lim": 2}, (1, 64), None, 4 * 8),
    *every(
        "stylegan2",
        IMAGES,
        {"width": 4, "style_dim": 6},
        {"width": 4, "style_dim": 6, "mixing": 0.0},
    ),
]
DISCRIMINATOR_CASES = [
    *every(
        "dcgan",
        IMAGES,
        {"width": 4},
        {"width": 4, "conditioning": "concat"},
        {"width": 4, "spectral_norm": True},
        {"width": 4, "norm": "batch"},
        {"width": 4, "conditioning": "classifier"},
        {"width": 4, "conditioning": "contrastive"},
        {"width": 4, "hidden": 6},
        {"width": 4, "hidden": 6, "shared_channels": True},
    ),
    *every(
        "resnet",
        IMAGES,
        {"width": 4},
        {"width": 4, "conditioning": "concat"},
        {"width": 4, "spectral_norm": False},
        {"width": 4, "conditioning": "classifier"},
        {"width": 4, "attention": True, "initialization": "orthogonal"},
    ),
    *every("r3gan", IMAGES, {"width": 8, "group_width": 4}, {"width": 8, "blocks": 2}),
    *every("specgan", SPECTROGRAMS, {"width": 4}, {"width": 4, "phase_shuffle": 2}),
    *every("wavegan", WAVEFORMS, {"width": 4}, {"width": 4, "phase_shuffle": 0}),
    *every(
        "frames",
        [*SPECTROGRAMS, (1, 5, 12)],
        {"width": 8},
        {"width": 8, "blocks": 2},
        {"width": 8, "conditioning": "classifier"},
        {"width": 8, "conditioning": "contrastive"},
    ),
    *every(
        "progressive",
        IMAGES,
        {"width": 4},
        {"width": 4, "group": 0},
        {"width": 4, "conditioning": "classifier"},
    ),
    *every(
        "waveform",
        WAVEFORMS,
        {"width": 2, "widest": 4, "windows": [64, 256]},
        {"width": 2, "periods": [], "windows": [32]},
        {"width": 2, "widest": 2, "periods": [3], "windows": []},
    ),
    *every("stylegan2", IMAGES, {"width": 4}, {"width": 4, "group": 0}),
]
