"""Generators in ONNX make what they make in torch: for any number of samples, class and style."""

import json

import numpy as np
import pytest
import torch

from multigan.errors import ConfigError
from multigan.export import to_onnx
from multigan.modalities.recipes import RECIPES
from multigan.sampling.graph import condition_weights
from tests.export.untrained import untrained

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

NEEDS_A_MODEL = {"hf-text": "a language model of somebody else"}
SMALL = {"generator.width": 4}


def run(exported, **inputs):
    """Returns the first output of a model for tensors."""
    session = onnxruntime.InferenceSession(exported.model)
    return session.run(None, {name: value.numpy() for name, value in inputs.items()})[0]


def test_a_generator_of_images_leaves_with_its_classes_and_says_what_it_is():
    pipeline = untrained("digits", **SMALL)
    exported = to_onnx(pipeline, about={"recipe": "digits"})
    latent, classes = pipeline.latents(7, seed=3), torch.arange(7)
    truncation = torch.full((7,), 0.5)
    found = run(
        exported,
        latent=latent,
        condition=condition_weights(pipeline, classes),
        truncation=truncation,
    )
    np.testing.assert_allclose(found, pipeline.generate(0.5 * latent, classes), atol=1e-4)
    model = onnx.load_from_string(exported.model)
    facts = {entry.key: json.loads(entry.value) for entry in model.metadata_props}
    assert facts["recipe"] == "digits"
    assert facts["condition"]["names"] == list("0123456789")
    assert facts["sample_shape"] == [1, 8, 8]


@pytest.mark.slow
def test_a_generator_that_makes_no_numbers_is_not_exported():
    pipeline = untrained("digits", **SMALL)
    with torch.no_grad():
        next(pipeline.generator.parameters()).fill_(torch.nan)
    with pytest.raises(ConfigError, match="no numbers"):
        to_onnx(pipeline)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted({*RECIPES} - {*NEEDS_A_MODEL}))
def test_every_recipe_exports(name):
    pipeline = untrained(name)
    whole = to_onnx(pipeline)
    assert whole.difference <= 1e-4
    if name == "vocoder":  # its phases amplify what rounding weights leaves: refused or not by luck
        return
    rows = to_onnx(pipeline, precision="int16")
    assert rows.difference <= 4 / 255
    assert len(rows.model) < 0.85 * len(whole.model)
    print(f"{name}: {len(whole.model)} bytes, {whole.difference:.1g}")


@pytest.mark.slow
def test_weights_in_float16_are_as_near_as_they_can_be():
    exported = to_onnx(untrained("digits", **SMALL), precision="float16")
    assert 0 < exported.difference < 0.01
    small = {tensor.data_type for tensor in onnx.load_from_string(exported.model).graph.initializer}
    assert onnx.TensorProto.FLOAT16 in small


@pytest.mark.slow
def test_styles_are_mixed_and_truncated_as_in_torch():
    pipeline = untrained("stylegan2", **{"generator.width": 8, "generator.style_dim": 8})
    exported = to_onnx(pipeline)
    latent, other = pipeline.latents(2, seed=1), pipeline.latents(2, seed=2)
    classes = torch.tensor([3, 3])
    told = condition_weights(pipeline, classes)
    half = torch.full((2,), 0.5)
    plain = run(
        exported,
        latent=latent,
        condition=told,
        truncation=half,
        fine_latent=latent,
        coarse_styles=torch.zeros(2, dtype=torch.int64),
    )
    wanted = pipeline.generate(0.5 * latent, classes, truncation=0.5)
    np.testing.assert_allclose(plain, wanted, atol=1e-4)
    mixed = run(
        exported,
        latent=latent,
        condition=told,
        truncation=torch.ones(2),
        fine_latent=other,
        coarse_styles=torch.full((2,), 3),
    )
    table = pipeline.mix_styles(latent, other, condition=3, layers=3)
    diagonal = [np.asarray(table[index]) for index in (0, 3)]
    levels = np.rint((mixed[:, 0].clip(-1, 1) + 1) * 127.5)
    np.testing.assert_allclose(levels, diagonal, atol=1)
