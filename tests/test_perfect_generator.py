"""A perfect generator gets what real samples get in its place, however the data lies."""

import pytest
import torch
from torch import nn

from multigan.core.condition import ConditionSpec
from multigan.core.prior import Prior
from multigan.core.registries import build_modality
from multigan.data.source import TensorSource
from multigan.metrics.conditions_like import conditions_like
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.image.load.load import load_images
from multigan.modalities.kind import kind_of
from multigan.modalities.text.load.load import load_text
from multigan.runs.evaluate import evaluate_pipeline
from multigan.sampling.pipeline import Pipeline

COUNT, SHARE = 4000, 0.95


class Perfect(nn.Module):
    """Draws real samples (N, *S) of the class that it is asked for, by the latent's first number.

    `beyond` is added to whatever lies at the limits of [-1, 1]: decoding takes it away again.
    """

    def __init__(self, samples, labels, beyond=0.0):
        super().__init__()
        self.register_buffer("samples", samples + beyond * samples.sign() * (samples.abs() == 1))
        self.groups = [torch.nonzero(labels == n).flatten() for n in range(int(labels.max()) + 1)]
        self.weight = nn.Parameter(torch.zeros(()))  # where samples are made is where weights are

    def forward(self, latent, condition=None):
        uniform = torch.special.ndtr(latent[:, 0]).clamp(0, 1 - 1e-6)
        groups = [self.groups[number] for number in condition.tolist()]
        picked = [group[int(u * len(group))] for u, group in zip(uniform, groups, strict=True)]
        return self.samples[torch.stack(picked)]


def unequal(count=COUNT, share=SHARE):
    return (torch.arange(count) >= share * count).long()


def value_and_control(data, name, *, beyond=0.0, **asked):
    """Returns a metric of a perfect generator of some data, and of real samples in its place."""
    kind = kind_of(name)
    modality = build_modality(kind.component(data, None))
    raw, labels = data.source.read(torch.arange(len(data.source)))
    generator = Perfect(modality.encode(raw), labels, beyond)
    pipeline = kind.pipeline(generator, modality, Prior(2), condition=data.condition)
    (result,) = evaluate_pipeline(pipeline, data, **asked)
    return result.value, result.control


def two_kinds_of_pictures(labels):
    """Bright squares of class 0, dark frames of class 1, on noise: (N, 1, 8, 8) uint8."""
    generator = torch.Generator().manual_seed(0)
    raw = torch.randint(0, 80, (len(labels), 1, 8, 8), generator=generator)
    raw[labels == 0, :, 2:6, 2:6] = 255
    raw[labels == 1, :, :, :2] = 0
    raw[labels == 1, :, :, 4:] += 150
    return load_images((raw.to(torch.uint8), labels))


@pytest.mark.parametrize("share", [0.95, 0.6])
def test_pictures_of_unequal_classes(share):
    data = two_kinds_of_pictures(unequal(share=share))
    asked = {"metrics": ["frechet"], "extractor": "random-conv", "num_samples": 1500}
    value, control = value_and_control(data, "image", **asked)
    assert value < 3 * control


def test_pictures_are_judged_as_people_get_them():
    data = two_kinds_of_pictures(unequal())
    asked = {"metrics": ["frechet"], "extractor": "random-conv", "num_samples": 1500}
    plain, _ = value_and_control(data, "image", **asked)
    beyond, _ = value_and_control(data, "image", beyond=0.5, **asked)
    assert beyond == plain


def test_sounds_of_unequal_classes():
    count = 600
    labels, time = unequal(count), torch.arange(2048) / 8000
    generator = torch.Generator().manual_seed(0)
    pitch = torch.where(labels == 0, 300, 1500) * (
        1 + 0.02 * torch.randn(count, generator=generator)
    )
    sound = 0.5 * (2 * torch.pi * pitch[:, None] * time).sin()
    data = load_audio((sound, labels), sample_rate=8000, trim_db=None, length=2048)
    asked = {"metrics": ["frechet"], "extractor": "random-conv", "num_samples": 250}
    value, control = value_and_control(data, "audio", **asked)
    assert value < 3 * control


class Quoting(Pipeline):
    """Writes real texts of the class that it is asked for."""

    texts: list[list[str]]

    def __call__(self, num_samples=1, *, condition=None, seed=0, **_):
        uniform = torch.rand(num_samples, generator=torch.Generator().manual_seed(seed))
        groups = [self.texts[number] for number in condition.tolist()]
        return [group[int(u * len(group))] for u, group in zip(uniform, groups, strict=True)]


def test_texts_of_unequal_classes(tmp_path):
    # One class says much, the other always nearly the same.
    many = [f"the {a} {b} walks over the {c}" for a in "abcdefg" for b in "hijklm" for c in "nopqr"]
    groups = [many * 4, [f"no {c}" for c in "xy"] * 22]
    file = tmp_path / "texts.csv"
    rows = [f"{text},{label}" for label, group in enumerate(groups) for text in group]
    file.write_text("text,label\n" + "\n".join(rows) + "\n")
    data = load_text(file, length=10)
    modality = build_modality(kind_of("text").component(data, None))
    pipeline = Quoting(nn.Linear(1, 1), modality, Prior(2), condition=data.condition)
    pipeline.texts = groups
    (result,) = evaluate_pipeline(pipeline, data, metrics=["self-bleu-2"], num_samples=400)
    assert result.value == pytest.approx(result.control, abs=0.05)


def test_numbers_are_drawn_as_the_data_has_them():
    spec = ConditionSpec("vector", 2, ("warmth", "size"), examples=((0.0, 0.0),))
    labels = torch.stack([torch.arange(50.0), torch.arange(50.0) ** 2], 1)
    data = load_images((torch.zeros(50, 1, 8, 8, dtype=torch.uint8), labels))
    assert data.condition.kind == "vector"
    spec = data.condition
    modality = build_modality(kind_of("image").component(data, None))
    pipeline = Pipeline(nn.Linear(1, 1), modality, Prior(2), condition=spec)
    drawn = conditions_like(pipeline, data, count=50, split="the data", seed=0)
    assert sorted(drawn[:, 0].tolist()) == list(range(50))
    assert drawn[:, 0].tolist() != list(range(50))
    torch.testing.assert_close(drawn[:, 1], drawn[:, 0] ** 2)


def test_a_reference_without_labels_takes_the_training_data_s():
    data = two_kinds_of_pictures(unequal(200))
    raw, _ = data.source.read(torch.arange(200))
    plain = load_images(raw)
    modality = build_modality(kind_of("image").component(data, None))
    pipeline = Pipeline(nn.Linear(1, 1), modality, Prior(2), condition=data.condition)
    drawn = conditions_like(pipeline, plain, data, count=400, split="the reference", seed=0)
    assert drawn.sum().item() == 20  # 5 % of 400
    assert isinstance(plain.source, TensorSource)
