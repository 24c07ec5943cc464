"""A reference is compared class by class, by name; a moved data set is found; devices are used."""

import shutil
import threading
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from multigan.errors import ConfigError
from multigan.metrics import ModuleExtractor, evaluation
from multigan.metrics import data_classifier as own_labels
from multigan.metrics.data_classifier import data_classifier
from multigan.metrics.real_samples import places
from multigan.modalities.image.load.load import load_images
from multigan.modalities.recipes import recipe
from multigan.runs.evaluate import evaluate_pipeline, evaluate_run
from multigan.runs.run import Run
from multigan.runs.session import start
from tests.sampling.test_pipelines import make_pipeline

SMALL = {
    "steps": 1,
    "batch_size": 8,
    "generator.width": 4,
    "discriminator.width": 4,
    "look_every": 0,
}
METRICS = ["frechet", "agreement"]


def write_digits(root: Path, digits: str, count: int, *, labelled: bool = True) -> Path:
    """Writes `count` pictures of each digit into a folder of its own, or all into one."""
    images = load_images("digits")
    raw, labels = images.source.read(torch.arange(len(images)))
    for digit in digits:
        folder = root / digit if labelled else root
        folder.mkdir(parents=True, exist_ok=True)
        for number, pixels in enumerate(raw[labels == int(digit)][:count]):
            Image.fromarray(pixels[0].numpy()).save(folder / f"{digit}-{number}.png")
    return root


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Run, Path]:
    """A run, and the folder of digits that it was trained on."""
    root = tmp_path_factory.mktemp("trained")
    data = write_digits(root / "digits", "0123456789", 50)
    asked = recipe("digits").changed({**SMALL, "data": {"name": str(data), "options": {}}})
    run = start(asked, out=root / "runs", device="cpu").fit()
    return Run(run.path), data


@pytest.fixture(autouse=True)
def quick_classifier(monkeypatch):
    monkeypatch.setattr(own_labels, "CLASSIFIER_STEPS", 150)


def controls(results) -> dict[str, float]:
    return {result.name: result.control for result in results}


def test_real_samples_stand_in_the_generators_place_and_are_no_others_twice():
    own, again = load_images("digits", limit=100), load_images("digits", limit=100)
    other = load_images("digits", limit=40)
    for compared in (own, again):  # the same data, read twice
        real, beside = places(own, compared, 50, seed=0)
        assert sorted([*real.tolist(), *beside.tolist()]) == list(range(100))
        real, beside = places(own, compared, 60, seed=0)
        assert (len(real), len(beside)) == (60, 40)
        assert places(own, compared, 80, seed=0)[1] is None  # halves of 80 are larger than 20
    real, beside = places(own, other, 60, seed=0)
    assert (len(real), len(beside)) == (40, 60)


def test_a_reference_that_holds_the_training_data_is_not_compared_with_itself():
    own, more = load_images("digits", limit=400), load_images("digits")
    real, beside = places(own, more, 1000, seed=0)
    assert beside is None or not {*rows(own, beside)} & {*rows(more, real)}
    real, beside = places(own, more, 200, seed=0)
    assert len(beside) == 200
    assert not {*rows(own, beside)} & {*rows(more, real)}


def rows(images, which) -> list[bytes]:
    return [row.numpy().tobytes() for row in images.source.read(which)[0]]


def test_a_reference_with_some_of_the_classes_is_mapped_by_name(trained, tmp_path):
    reference = write_digits(tmp_path / "some", "73", 60)
    results = evaluate_run(trained[0], metrics=METRICS, num_samples=120, reference=str(reference))
    assert controls(results)["agreement"] > 0.9  # were 3 and 7 taken for 0 and 1, it would be 0
    assert results[0].split == "some"


def test_a_reference_with_an_unknown_class_is_refused(trained, tmp_path):
    reference = write_digits(tmp_path / "some", "37", 4)
    (reference / "7").rename(reference / "cat")
    with pytest.raises(ConfigError, match=r"classes cat, which the run .* Its classes 0, 1"):
        evaluate_run(trained[0], num_samples=8, reference=str(reference))


def test_a_reference_without_labels_serves_metrics_that_need_none(trained, tmp_path):
    reference = str(write_digits(tmp_path / "flat", "0123456789", 5, labelled=False))
    with pytest.raises(ConfigError, match=r"agreement needs .* labels, and flat has none"):
        evaluate_run(trained[0], metrics=METRICS, num_samples=50, reference=reference)
    notes: list[str] = []
    results = evaluate_run(trained[0], num_samples=50, reference=reference, on_note=notes.append)
    assert {result.name for result in results} == set(evaluation.WITHOUT_CLASSES)
    assert any("flat has no labels" in note for note in notes)


def test_what_selects_training_data_does_not_select_from_the_reference(tmp_path):
    options = {"limit": 40, "split": "all"}  # which the reference has not
    asked = recipe("digits").changed({**SMALL, "data": {"name": "digits", "options": options}})
    run = Run(start(asked, out=tmp_path / "runs", device="cpu").fit().path)
    reference = tmp_path / "parts"
    write_digits(reference / "train", "01", 40)
    write_digits(reference / "test", "01", 3)
    (result,) = evaluate_run(
        run,
        metrics=["frechet"],
        num_samples=80,
        extractor="random-conv",
        reference=str(reference),
    )
    assert result.n_real == 80


@pytest.mark.parametrize("kind", [str, Path])
def test_moved_data_is_given_by_its_path(trained, tmp_path, kind):
    run, data = trained
    moved = shutil.copytree(data, tmp_path / "moved")
    asked = {"metrics": METRICS, "num_samples": 100, "device": "cpu"}
    values = [result.value for result in evaluate_run(run, data=kind(moved), **asked)]
    assert values == [result.value for result in evaluate_run(run, **asked)]


def test_data_of_other_classes_is_not_the_runs_own(trained, tmp_path):
    other = write_digits(tmp_path / "other", "37", 10)
    with pytest.raises(ConfigError, match=r"classes 3, 7.*learned from.*--reference"):
        evaluate_run(trained[0], num_samples=8, data=other)


def test_the_checkpoint_is_chosen_by_step_or_as_the_best(trained, monkeypatch):
    asked = []

    def pipeline(self, **options):
        asked.append(options)
        raise ConfigError("enough")

    monkeypatch.setattr(Run, "pipeline", pipeline)
    for options in ({}, {"step": 3}, {"best": True}):
        with pytest.raises(ConfigError, match="enough"):
            evaluate_run(trained[0], device="cpu", **options)
    assert asked == [
        {"device": "cpu", "step": None, "best": False},
        {"device": "cpu", "step": 3, "best": False},
        {"device": "cpu", "step": None, "best": True},
    ]


def test_threads_train_one_classifier(monkeypatch):
    calls, images = [], load_images("digits", limit=60)
    train = own_labels.train_classifier

    def counted(*given, **options):
        calls.append(1)
        return train(*given, **options)

    monkeypatch.setattr(own_labels, "train_classifier", counted)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(data_classifier(images))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len({classifier.report.data for classifier in found}) == 1
    assert len(found) == 4


def test_the_extractor_goes_to_the_pipelines_device(monkeypatch):
    moved = []

    class Watched(ModuleExtractor):
        def to(self, device):
            moved.append(torch.device(device))
            return super().to(device)

    monkeypatch.setattr(evaluation, "build_extractor", lambda spec: Watched(nn.Flatten()))
    images = load_images("digits", limit=40)
    evaluate_pipeline(
        make_pipeline(images.condition), images, metrics=["spread"], num_samples=20,
        extractor="flat",
    )  # fmt: skip
    assert moved == [torch.device("cpu")]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("extractor", ["random-conv", "classifier"])
def test_a_gpu_measures_what_a_cpu_does(extractor):
    images = load_images("digits")
    asked = {"metrics": ["frechet"], "num_samples": 500, "extractor": extractor}
    pipeline = make_pipeline(images.condition)
    (on_cpu,) = evaluate_pipeline(pipeline, images, **asked)
    (on_gpu,) = evaluate_pipeline(pipeline.to("cuda"), images, **asked)
    assert on_gpu.value == pytest.approx(on_cpu.value, rel=0.01)
    assert on_gpu.extractor == on_cpu.extractor
