"""A fourth kind of data in one file outside the package: curves of 24 numbers."""

import math
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import nn

from multigan.config import Recipe
from multigan.core.modality import Modality
from multigan.core.registries import DISCRIMINATORS, GENERATORS, KINDS
from multigan.data.loader_options import LoaderOptions
from multigan.data.source import TensorSource
from multigan.files import write_atomic
from multigan.modalities.kind import Kind
from multigan.modalities.recipes import RECIPES
from multigan.typed import Component, Count

POINTS = 24


@dataclass(frozen=True)
class CurveOptions(LoaderOptions):
    waves: Annotated[int, Count] = 3
    """How many waves a built-in curve has at most."""


def load_curves(data, options):
    if data == "waves":
        time, phase = torch.linspace(0, 1, POINTS), torch.linspace(0, 1, 600)[:, None]
        count = 1 + torch.arange(600)[:, None] % options.waves
        values = (2 * math.pi * (count * time + phase)).sin()
    else:
        values = torch.from_numpy(np.load(data, allow_pickle=False)).float()
    source = TensorSource(values[: options.limit])
    told = f"{len(source)} curves from {data}."
    report = SimpleNamespace(summary=lambda: told, to_json=lambda: {"where": str(data)})
    return SimpleNamespace(source=source, condition=None, report=report, fingerprint=told)


class Curves(Modality):
    name = "curves"
    sample_shape = (POINTS,)

    def encode(self, raw):
        return raw

    def decode(self, samples):
        return list(samples.numpy())

    def write(self, item, stem):
        return write_atomic(Path(f"{stem}.csv"), "\n".join(map(str, item.tolist())))

    def write_sheet(self, items, stem, *, columns):
        page = Image.new("L", (50 * columns, 50 * -(-len(items) // columns)), 255)
        for index, item in enumerate(items):
            down, right = divmod(index, columns)
            ys = 50 * down + 25 - 20 * item
            ImageDraw.Draw(page).line([(50 * right + 2 * x, y) for x, y in enumerate(ys)], 0)
        page.save(content := BytesIO(), "PNG")
        return write_atomic(Path(f"{stem}.png"), content.getvalue())


class Perceptron(nn.Sequential):
    def __init__(self, inputs, width, outputs):
        super().__init__(nn.Linear(inputs, width), nn.LeakyReLU(), nn.Linear(width, outputs))

    def forward(self, values, condition=None):
        return super().forward(values)


@GENERATORS.register("perceptron")
def generator(latent_dim, sample_shape, condition, width: Count = 32):
    return Perceptron(latent_dim, width, *sample_shape)


@DISCRIMINATORS.register("perceptron")
def discriminator(sample_shape, condition, width: Count = 32):
    return Perceptron(*sample_shape, width, 1)


@RECIPES.register("curves")
def curves():
    return Recipe(
        "curves",
        "Curves of 24 numbers.",
        modality="curves",
        data=Component("waves"),
        generator=Component("perceptron"),
        discriminator=Component("perceptron"),
        latent_dim=8,
        steps=200,
    )


KINDS["curves"] = Kind(
    load_curves, CurveOptions, Curves, lambda data, representation: Component("curves"), explored=9
)
