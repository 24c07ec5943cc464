"""What earlier versions wrote still loads and goes on; made by `python -m tests.golden.make`.

No number is compared with one of then: processors differ in the last bits of theirs. That they are
the same on one machine is shown by `python -m benchmarks same-numbers`.
"""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from PIL import Image

from multigan import Pipeline, Recipe, Run, fork, recipe, resume
from multigan.core.registries import DISCRIMINATORS
from multigan.errors import ConfigError
from multigan.runs.evaluate import evaluate_run
from tests.golden import FIXTURES, unpack

RUNS = {
    "digits": ("0001-digits", "0002-digits"),
    "progressive": ("0001-progressive",),
    "packs": ("0001-image",),
    "adaptive": ("0001-digits",),
    "text": ("0001-text",),
    "latent-text": ("0001-latent-text",),
    "hf-text": ("0001-hf-text", "0002-hf-text"),
    "notes": ("0001-notes",),
    "learned-inverter": ("0001-vocoder", "0002-speech"),
}
EACH = [(name, run) for name, runs in RUNS.items() for run in runs]
QUICK = {"image": ("frechet", "coverage"), "text": ("bleu-2", "distinct-1"), "audio": ("frechet",)}


@pytest.fixture(params=EACH, ids="/".join)
def run(request, tmp_path, monkeypatch) -> Run:
    name, number = request.param
    if name == "hf-text":
        pytest.importorskip("transformers", reason="needs the extra 'text'")
    folder = unpack(name, tmp_path)
    monkeypatch.chdir(folder)  # one run names a model's folder relative to where it was trained
    return Run(folder / "runs" / number)


def check_samples(pipeline: Pipeline, **asked: Any) -> None:
    samples, again = pipeline(3, seed=1, **asked), pipeline(3, seed=1, **asked)
    assert len(samples) == 3
    CHECKS[pipeline.modality.name](samples)
    assert [as_bytes(one) for one in samples] == [as_bytes(one) for one in again]


def check_images(images: list[Image.Image]) -> None:
    assert {(image.size, image.mode) for image in images} <= {((8, 8), "L"), ((8, 8), "RGB")}


def check_texts(texts: list[str]) -> None:
    assert all(isinstance(text, str) for text in texts)


def check_sounds(sounds: list) -> None:
    for sound in sounds:
        assert sound.sample_rate == 8000
        assert sound.waveform.shape == (1, 1024)
        assert sound.waveform.isfinite().all()


CHECKS: dict[str, Callable] = {"image": check_images, "text": check_texts, "audio": check_sounds}


def as_bytes(sample: Any) -> bytes:
    if isinstance(sample, str):
        return sample.encode()
    waveform = getattr(sample, "waveform", None)
    return sample.tobytes() if waveform is None else waveform.numpy().tobytes()


def check_evaluation(run: Run) -> None:
    asked = run.recipe
    extractor = "" if asked.modality == "text" else "random-conv"
    measured = {"metrics": QUICK[asked.modality], "num_samples": 12, "extractor": extractor}
    if asked.name == "vocoder":  # its samples are copies of a few of the data's spectrograms
        with pytest.raises(ConfigError, match="multigan inspect"):
            evaluate_run(run, device="cpu", **measured)
        return
    results = evaluate_run(run, device="cpu", **measured)
    assert [result.name for result in results] == list(measured["metrics"])
    assert all(math.isfinite(result.value) for result in results)


def check_discriminator(run: Run) -> None:
    if run.recipe.modality == "text" or run.recipe.pack > 1:  # judges no single sample as it is
        return
    shape = run.pipeline().modality.sample_shape
    discriminator, told = run.discriminator(), run.pipeline().condition
    condition = None if told is None else torch.zeros(2, dtype=torch.long)
    assert discriminator(torch.zeros(2, *shape), condition).isfinite().all()


def test_an_old_run_is_sampled_measured_forked_and_resumed(run):
    done = run.status()["step"]
    assert Recipe.from_json(run.recipe.to_json()) == run.recipe
    assert run.metrics()[-1]["step"] == done
    for folder in run.checkpoint_folders():
        check_samples(run.pipeline(step=int(folder.name.removeprefix("step-"))))
    check_discriminator(run)
    check_evaluation(run)
    child = fork(run, steps=done + 1, device="cpu")
    assert (child.status()["step"], child.parent()["step"]) == (done + 1, done)
    assert resume(run, steps=done + 2, device="cpu").status()["state"] == "finished"
    assert run.metrics()[-1]["step"] == done + 2
    check_samples(run.pipeline())


def test_the_best_checkpoint_and_an_average_of_another_length_are_still_there(tmp_path):
    first, second = (Run(unpack("digits", tmp_path) / "runs" / name) for name in RUNS["digits"])
    check_samples(first.pipeline(best=True), condition=3)
    check_samples(first.pipeline(average=0.1), condition=[1, 2, 3])
    assert second.parent()["run"] == first.name
    again = fork(first, step=4, steps=5, changes={"loss": "least_squares"}, device="cpu")
    assert again.recipe.loss == "least_squares"
    assert resume(second, steps=6, device="cpu").recipe.loss == "hinge"


def test_a_run_stopped_in_a_fade_goes_on_in_it(tmp_path):
    run = Run(unpack("progressive", tmp_path) / "runs" / RUNS["progressive"][0])
    before = run.pipeline().generator.level
    resume(run, steps=7, device="cpu")
    assert 0 < before < run.pipeline().generator.level < 1


def test_an_adaptive_strength_goes_on_from_where_it_was(tmp_path):
    run = Run(unpack("adaptive", tmp_path) / "runs" / RUNS["adaptive"][0])
    resume(run, steps=8, device="cpu")
    rows = [row for row in run.metrics() if "knob/augment.strength" in row]
    strengths = {row["step"]: row["knob/augment.strength"] for row in rows}
    one_adjustment = 2 * 8 / 200  # interval x batch / samples to full strength
    assert abs(strengths[8] - strengths[6]) == pytest.approx(one_adjustment, rel=1e-5)


def test_data_that_has_moved_is_named_again(tmp_path):
    folder = unpack("text", tmp_path)
    moved = (folder / "texts.txt").rename(tmp_path / "elsewhere.txt")
    run = Run(folder / "runs" / RUNS["text"][0])
    assert resume(run, steps=7, data=str(moved), device="cpu").recipe.data.name == str(moved)


SAMPLING = {
    "image": {"condition": 3, "truncation": 0.8},
    "text": {"prompt": "a sees", "temperature": 0.8},
    "audio": {"condition": 1},
    "learned": {"condition": 2},
}


@pytest.mark.parametrize("name", SAMPLING)
def test_an_old_pipeline_samples_and_is_saved_again(name, tmp_path):
    pipeline = Pipeline.from_pretrained(unpack("pipelines", tmp_path) / name)
    check_samples(pipeline, **SAMPLING[name])
    again = Pipeline.from_pretrained(pipeline.save_pretrained(tmp_path / "again"))
    check_samples(again, **SAMPLING[name])


OLD_RECIPES = json.loads((FIXTURES / "recipes.json").read_text())


# What has been changed on purpose since: those recipes are read as they were written.
RETUNED = {
    "digits": {"discriminator"},
    "image": {"discriminator"},
}


@pytest.mark.parametrize("name", OLD_RECIPES)
def test_an_old_recipe_is_that_of_today_but_for_what_was_changed_on_purpose(name):
    old, now = Recipe.from_json(OLD_RECIPES[name]), recipe(name)
    differing = {field for field in vars(now) if getattr(old, field) != getattr(now, field)}
    assert differing == RETUNED.get(name, set())
    assert Recipe.from_json(old.to_json()) == old


def test_an_option_that_an_old_recipe_lacks_means_the_network_it_had():
    old = Recipe.from_json(OLD_RECIPES["image"]).discriminator
    made = DISCRIMINATORS.build(old, sample_shape=(1, 8, 8), condition=None)
    assert made.whole is None
    assert not made.shared


def test_every_archive_is_tried():
    assert {path.stem for path in FIXTURES.glob("*.zip")} == {*RUNS, "pipelines"}
