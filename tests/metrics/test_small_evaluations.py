"""What cannot be measured is left out, with the reason; the rest is measured, of every kind."""

import re

import pytest
import torch
from torch import nn

from multigan.core.prior import Prior
from multigan.core.registries import build_modality
from multigan.errors import ConfigError, MeasureError
from multigan.modalities.image.load.load import load_images
from multigan.modalities.kind import kind_of
from multigan.modalities.text.load.load import load_text
from multigan.runs.evaluate import evaluate_pipeline
from tests.metrics.test_perfect_generator import (
    Quoting,
    perfect_pipeline,
    pictures_with,
    sounds_with,
)

FEW = torch.tensor([0, 0, 0, 1, 1])
NEIGHBORS = {"precision", "recall", "density", "coverage"}


def few(name, labels=FEW):
    """Returns as many pictures or sounds as there are labels."""
    if name == "audio":
        return sounds_with(labels)
    raw, _ = pictures_with(labels[:, None].float()).source.read(torch.arange(len(labels)))
    return load_images((raw, labels))


def measured(data, pipeline, **asked):
    """Returns results by name, and what was said."""
    notes = []
    found = evaluate_pipeline(pipeline, data, on_note=notes.append, num_samples=20, **asked)
    return {result.name: result for result in found}, "\n".join(notes)


def of_few(name, **asked):
    data = few(name)
    return measured(data, perfect_pipeline(data, name), **asked)


@pytest.mark.parametrize("name", ["image", "audio"])
def test_five_samples_are_measured_by_what_suits_them(name):
    found, said = of_few(name)
    assert {"frechet", "kernel", "precision", "recall"} <= found.keys()
    assert "No classifier of the data's classes" in said
    assert "density, coverage: k=5 asks for the neighbor number 5 among 5 real" in said
    assert "agreement" not in found
    assert "gives no class probabilities" in said
    assert found["precision"].control is None
    assert "precision, recall: k=3 asks for the neighbor number 3 among 2 real" in said


@pytest.mark.parametrize("name", ["image", "audio"])
def test_an_extractor_without_probabilities_measures_the_rest_of_a_conditional_generator(name):
    data = few(name, torch.arange(60) % 2)
    found, said = measured(data, perfect_pipeline(data, name), extractor="random-conv")
    assert {"frechet", "diversity", *NEIGHBORS} <= found.keys()
    assert not {"agreement", "score"} & found.keys()
    assert "agreement" in said
    assert "'random-conv' gives no class probabilities" in said
    assert all(found[each].control is not None for each in NEIGHBORS)


@pytest.mark.parametrize("name", ["image", "audio"])
def test_the_neighbor_is_chosen_and_said(name):
    found, said = of_few(name, extractor="random-conv", k=2)
    assert {found[each].k for each in NEIGHBORS} == {2}
    assert "k=2" in str(found["density"])
    assert re.search(
        r"agreement(, score)?: The extractor .random-conv. gives no class probabil", said
    )


def test_what_is_asked_for_by_name_is_refused_with_the_reason():
    data = few("image")
    pipeline = perfect_pipeline(data, "image")
    for asked, reason in (
        ({"metrics": ["density"]}, "k=5 asks for"),
        ({"metrics": ["agreement"]}, "no class probabilities"),
        ({"extractor": "classifier"}, "keeps 0 of 5"),
        ({"k": 0}, "k=0 is no neighbor's number"),
    ):
        with pytest.raises(ConfigError, match=reason):
            measured(data, pipeline, **{"extractor": "random-conv", **asked})


def test_one_picture_says_that_nothing_can_be_measured():
    data = few("image", torch.tensor([0]))
    with pytest.raises(MeasureError, match=r"Nothing can be measured\. frechet: .* at least 2"):
        measured(data, perfect_pipeline(data, "image"), extractor="random-conv")


@pytest.mark.parametrize(
    ("texts", "left_out"),
    [
        (
            "apples fell\npears grow\nplums taste\nfigs burst\nkiwis roll\n",
            "frechet, two-sample-auc: Fewer than two words",
        ),
        ("apples fell\npears grow\n", "self-bleu-2, self-bleu-3, self-bleu-4, self-bleu-5: "),
    ],
)
def test_few_texts_are_measured_by_what_suits_them(tmp_path, texts, left_out):
    file = tmp_path / "texts.txt"
    file.write_text(texts)
    data = load_text(file, length=20, tokenizer="char")
    modality = build_modality(kind_of("text").component(data, None))
    pipeline = Quoting(nn.Linear(1, 1), modality, Prior(2))
    pipeline.texts = [texts.splitlines()]
    found, said = measured(data, pipeline)
    assert {"bleu-2", "unique", "copied", "lm", "distinct-1"} <= found.keys()
    assert left_out in said
    assert "distinct-4: No text has 4 words in a row" in said
