"""Every recipe's whole life on a GPU: it trains, is looked at, resumes on another one, samples."""

import pytest

from multigan.modalities.recipes import RECIPES
from multigan.runs.evaluate import evaluate_run
from multigan.runs.session import resume
from tests.pretend_gpu import pretend_gpu
from tests.pretend_gpu.sessions import STEPS, WaitsOfSteps, begin, data_of, inspecting_few, small

# transformers asks the device whether a mask masks anything, and sends its caches empty tensors.
OTHERS = {"hf-text": "modalities/text/networks/pretrained.py"}


@pytest.mark.parametrize("name", list(RECIPES))
def test_every_recipe_on_a_gpu(name, tmp_path):
    with pretend_gpu(devices=2) as record:
        asked, waits = small(name), WaitsOfSteps(record)
        run = begin(asked, tmp_path, "cuda", waits).fit()
        assert not record.unseeded
        assert not unexpected(name, waits), waits.undisturbed
        assert not record.uncompacted()
        again = resume(run, steps=STEPS + 1, data=data_of(asked), device="cuda:1")
        assert inspecting_few(again).fit().status()["step"] == STEPS + 1
        assert not record.unseeded
        sample(run, asked.modality)
        if name != "vocoder":  # which makes no samples of its own to measure
            evaluate(run, asked)


def unexpected(name: str, waits: WaitsOfSteps) -> set[str]:
    """Returns the lines at which steps made the host wait, but for those of other libraries."""
    places = {place for found in waits.undisturbed.values() for _, place in found}
    return {place for place in places if place.partition(":")[0] != OTHERS.get(name)}


def evaluate(run, asked) -> None:
    """Without a classifier, which would have to be trained."""
    is_text = asked.modality == "text"
    extractor, metrics = ("", ["unique", "bleu-2"]) if is_text else ("random-conv", ["frechet"])
    given = {"data": data_of(asked), "device": "cuda", "extractor": extractor}
    assert evaluate_run(run, num_samples=8 if is_text else 32, metrics=metrics, **given)


def sample(run, modality: str) -> None:
    pipeline = run.pipeline(device="cuda")
    assert len(pipeline(3, seed=3)) == 3
    if pipeline.writes:
        assert len(pipeline(2, prompt="the cat", temperature=0.7)) == 2
    else:
        assert len(pipeline.interpolate(3)) == 3
        directions = pipeline.directions(2)
        moved, told = directions.move(pipeline.latents(2), 0, 2.5), pipeline.conditions(None, 2)
        assert len(pipeline.modality.decode(pipeline.generate(moved, told))) == 2


# One of each kind of networks and of representations: what is not tokens or sound has no float64.
WITHOUT_FLOAT64 = ["r3gan", "stylegan2", "text", "scratchgan", "hf-text", "notes", "gansynth"]


@pytest.mark.parametrize("name", WITHOUT_FLOAT64)
def test_a_recipe_on_a_device_without_float64(name, tmp_path):
    with pretend_gpu(float64=False):
        asked = small(name)
        run = begin(asked, tmp_path, "cuda").fit()
        sample(run, asked.modality)
