"""A fourth kind of data in one file outside the package: curves of 24 numbers."""

import math
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

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
from multigan.modalities.shared.contact_sheet import draw_sheet
from multigan.typed import Component, Count

POINTS = 24


@dataclass(frozen=True)
class CurveOptions(LoaderOptions):
    waves: Count = 3
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


@dataclass(frozen=True)
class Curve:
    values: np.ndarray

    def picture(self):
        page = Image.new("L", (3 * POINTS, 3 * POINTS), 255)
        points = [(3 * x, (1 - y) * 1.5 * POINTS) for x, y in enumerate(self.values)]
        ImageDraw.Draw(page).line(points, 0)
        return page

    def _repr_png_(self):  # as any page of a notebook asks for it
        return self.picture()._repr_png_()


class Curves(Modality):
    name = "curves"
    sample_shape = (POINTS,)

    def encode(self, raw):
        return raw

    def decode(self, samples):
        return [Curve(values) for values in samples.numpy()]

    def write(self, item, stem):
        return write_atomic(Path(f"{stem}.csv"), "\n".join(map(str, item.values)))

    def write_sheet(self, items, stem, *, columns):
        sheet = draw_sheet([item.picture() for item in items], columns=columns)
        return write_atomic(Path(f"{stem}.png"), sheet._repr_png_())


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
