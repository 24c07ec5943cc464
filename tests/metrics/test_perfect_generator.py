"""A perfect generator gets what real samples get in its place, however the data lies."""

import pytest
import torch
from torch import nn

from multigan.core import registries
from multigan.core.condition import ConditionSpec
from multigan.core.prior import Prior
from multigan.core.registries import build_modality
from multigan.data.source import TensorSource
from multigan.metrics.conditions_like import conditions_like
from multigan.modalities.audio.load.load import load_audio
from multigan.modalities.image.load.load import load_images
from multigan.modalities.kind import kind_of
from multigan.modalities.recipes import recipe
from multigan.modalities.text.load.load import load_text
from multigan.runs.checkpoint import load_checkpoint
from multigan.runs.evaluate import WHILE_TRAINING, evaluate_in_training, evaluate_pipeline
from multigan.runs.session import start
from multigan.sampling.pipeline import Pipeline

COUNT, SHARE = 4000, 0.95


class Perfect(nn.Module):
    """Draws real samples (N, *S) under the condition it is given, by the latent's first number.

    `beyond` is added to whatever lies at the limits of [-1, 1]: decoding takes it away again.
    """

    def __init__(self, samples, labels, beyond=0.0):
        super().__init__()
        self.register_buffer("samples", samples + beyond * samples.sign() * (samples.abs() == 1))
        self.known, numbers = torch.unique(_rows(labels), dim=0, return_inverse=True)
        self.groups = [torch.nonzero(numbers == n).flatten() for n in range(len(self.known))]
        self.weight = nn.Parameter(torch.zeros(()))  # where samples are made is where weights are

    def forward(self, latent, condition=None):
        uniform = torch.special.ndtr(latent[:, 0]).clamp(0, 1 - 1e-6)
        numbers = torch.cdist(_rows(condition), self.known, p=1).argmin(1)
        groups = [self.groups[number] for number in numbers.tolist()]
        picked = [group[int(u * len(group))] for u, group in zip(uniform, groups, strict=True)]
        return self.samples[torch.stack(picked)] + self.weight


def _rows(labels):
    return labels.float().reshape(len(labels), -1)


def unequal(count=COUNT, share=SHARE):
    return (torch.arange(count) >= share * count).long()


def perfect_pipeline(data, name, beyond=0.0):
    """Returns a pipeline whose samples are real ones of some data, of the conditions asked for."""
    kind = kind_of(name)
    modality = build_modality(kind.component(data, None))
    raw, labels = data.source.read(torch.arange(len(data.source)))
    generator = Perfect(modality.encode(raw), labels, beyond)
    return kind.pipeline(generator, modality, Prior(2), condition=data.condition)


def value_and_control(data, name, *, beyond=0.0, **asked):
    """Returns a metric of a perfect generator of some data, and of real samples in its place."""
    (result,) = evaluate_pipeline(perfect_pipeline(data, name, beyond), data, **asked)
    return result.value, result.control


def noise(count):
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 80, (count, 1, 8, 8), generator=generator)


def two_kinds_of_pictures(labels):
    """Bright squares of class 0, dark frames of class 1, on noise: (N, 1, 8, 8) uint8."""
    raw = noise(len(labels))
    raw[labels == 0, :, 2:6, 2:6] = 255
    raw[labels == 1, :, :, :2] = 0
    raw[labels == 1, :, :, 4:] += 150
    return load_images((raw.to(torch.uint8), labels))


def unequal_attributes(count):
    """Returns two attributes (N, 2) of which most samples have the first one alone."""
    place = torch.arange(count) / count
    return torch.stack([place < 0.9, place > 0.85], 1).float()


def unequal_numbers(count):
    """Returns a number (N, 1), most of them small."""
    return ((torch.arange(count) % 100) / 100)[:, None] ** 4


def pictures_with(labels):
    """A bright square and a bright edge on noise, as bright as the labels (N, 1 or 2) say."""
    raw = noise(len(labels))
    raw[:, :, 2:6, 2:6] += (170 * labels[:, 0, None, None, None]).long()
    raw[:, :, :, :1] += (170 * labels[:, -1, None, None, None]).long()
    return load_images((raw.to(torch.uint8), labels))


def sounds_with(labels):
    """Tones, as high as the first label says and as loud as the last."""
    count, time = len(labels), torch.arange(2048) / 8000
    first, last = _rows(labels)[:, 0], _rows(labels)[:, -1]
    off = 1 + 0.02 * torch.randn(count, generator=torch.Generator().manual_seed(0))
    pitch = (300 + 1200 * first) * off
    loud = 0.3 + 0.3 * last
    sound = loud[:, None] * (2 * torch.pi * pitch[:, None] * time).sin()
    return load_audio((sound, labels), sample_rate=8000, trim_db=None, length=2048)


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
    data = sounds_with(unequal(600))
    assert data.condition.kind == "class"
    asked = {"metrics": ["frechet"], "extractor": "random-conv", "num_samples": 250}
    value, control = value_and_control(data, "audio", **asked)
    assert value < 3 * control


LABELS = {"attributes": unequal_attributes, "vector": unequal_numbers}


@pytest.mark.parametrize("name", ["image", pytest.param("audio", marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", LABELS)
def test_attributes_and_numbers(name, kind):
    make, count = {"image": (pictures_with, 1200), "audio": (sounds_with, 500)}[name]
    data = make(LABELS[kind](count))
    assert data.condition.kind == kind
    asked = {"metrics": ["frechet"], "extractor": "random-conv", "num_samples": 2 * count // 5}
    value, control = value_and_control(data, name, **asked)
    assert value < 3 * control


class Quoting(Pipeline):
    """Writes real texts of the class that it is asked for."""

    texts: list[list[str]]

    def __call__(self, num_samples=1, *, condition=None, seed=0, **_):
        uniform = torch.rand(num_samples, generator=torch.Generator().manual_seed(seed))
        numbers = [0] * num_samples if condition is None else condition.tolist()
        groups = [self.texts[number] for number in numbers]
        return [group[int(u * len(group))] for u, group in zip(uniform, groups, strict=True)]


def quoting(tmp_path):
    """Returns texts of a class that says much and one that repeats itself; and their pipeline."""
    many = [f"the {a} {b} walks over the {c}" for a in "abcdefg" for b in "hijklm" for c in "nopqr"]
    groups = [many * 4, [f"no {c}" for c in "xy"] * 22]
    file = tmp_path / "texts.csv"
    rows = [f"{text},{label}" for label, group in enumerate(groups) for text in group]
    file.write_text("text,label\n" + "\n".join(rows) + "\n")
    data = load_text(file, length=10)
    modality = build_modality(kind_of("text").component(data, None))
    pipeline = Quoting(nn.Linear(1, 1), modality, Prior(2), condition=data.condition)
    pipeline.texts = groups
    return data, pipeline


def test_texts_of_unequal_classes(tmp_path):
    data, pipeline = quoting(tmp_path)
    (result,) = evaluate_pipeline(pipeline, data, metrics=["self-bleu-2"], num_samples=400)
    assert result.value == pytest.approx(result.control, abs=0.05)


def while_training(pipeline, data, metric):
    """Returns a metric as training measures it, and what real samples get in the same place."""
    notes = []
    found = evaluate_in_training(pipeline, data, [metric], notes)
    (result,) = evaluate_pipeline(pipeline, data, metrics=[metric], num_samples=WHILE_TRAINING)
    assert not notes
    return found[metric], result.control


@pytest.mark.parametrize("name", ["image", pytest.param("audio", marks=pytest.mark.slow)])
def test_samples_while_training(name):
    make, count = {"image": (pictures_with, 1500), "audio": (sounds_with, 500)}[name]
    data = make(unequal_attributes(count))
    value, control = while_training(perfect_pipeline(data, name), data, "frechet")
    assert value < 3 * control


def test_texts_while_training(tmp_path):
    data, pipeline = quoting(tmp_path)
    value, control = while_training(pipeline, data, "self-bleu-2")
    assert value == pytest.approx(control, abs=0.05)


@pytest.mark.slow
def test_the_best_step_of_a_run_is_found_by_what_a_perfect_generator_gets(tmp_path):
    data = pictures_with(unequal_attributes(1500))
    perfect = perfect_pipeline(data, "image")
    registries.GENERATORS["perfect"] = lambda latent_dim, sample_shape, condition: perfect.generator
    try:
        asked = recipe("image").changed({
            "steps": 2, "batch_size": 8, "generator": {"name": "perfect", "options": {}},
            "discriminator.width": 4, "evaluate_every": 1, "best_by": "frechet",
            "optimizers.generator.learning_rate": 1e-6, "look_every": 0, "health_every": 0,
        })  # fmt: skip
        arrays = data.source.read(torch.arange(1500))
        run = start(asked, data=arrays, out=tmp_path, device="cpu").fit()
    finally:
        del registries.GENERATORS["perfect"]
    measured = [row["metric/frechet"] for row in run.metrics() if "metric/frechet" in row]
    _, control = while_training(perfect, data, "frechet")
    assert len(measured) == 2
    assert max(measured) < 3 * control
    saved = load_checkpoint(run.checkpoint_folders()[-1])["callbacks"]["Evaluate"]["best"]
    assert saved[1] == min(measured)


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
